import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { axeFindings } from './axe.ts';
import type { ClassifyPage } from './classifyPage.ts';
import { expect } from './expect.ts';
import { overflow, showPage, wear, type Clothes } from './pageWindow.ts';
import { copySample, openSession, root, sampleName, type Session } from './session.ts';
import { shownPages } from './shownPages.ts';

const themes = [
  { name: 'Dark Modern', body: 'vscode-dark' },
  { name: 'Light Modern', body: 'vscode-light' },
  { name: 'Dark High Contrast', body: 'vscode-high-contrast' },
  { name: 'Light High Contrast', body: 'vscode-high-contrast-light' },
] as const;

/** In CSS pixels. At 200 % zoom a window has half as many of them. */
const windows = [
  { name: 'wide', width: 900, height: 800 },
  { name: 'zoomed', width: 466, height: 400 },
  { name: 'narrow', width: 320, height: 800 },
] as const;

/**
 * The real panel in a real VS Code, and every page with something in all of its parts: in what VS Code gives its webviews in
 * each theme, in a window of its own that can be made narrow.
 */
describe('the pages can be used by everybody', () => {
  let session: Session;
  let panel: ClassifyPage;
  /** By the class that the body has in the theme. */
  const clothes = new Map<string, Clothes>();

  before(async () => {
    session = await openSession('accessibility', copySample);
    panel = await session.workbench.deployAndClassify(sampleName);
    await panel.drop('coffee.jpg', await readFile(path.join(session.workspace, sampleName, 'photos', 'coffee.jpg')));
    await panel.predictions('coffee.jpg');
    await panel.body.getByText('Request and response').click();
    await panel.body.getByText('What the model sees').click();
    await expect(panel.body.getByTestId('seen-image')).toBeVisible();
  });
  after(() => session?.close());

  for (const theme of themes) {
    it(`the panel in ${theme.name}`, async () => {
      const { workbench } = session;
      await workbench.chooseTheme(theme.name);
      await panel.body.locator(`xpath=self::body[contains(concat(@class, ' '), '${theme.body} ')]`).waitFor();
      await workbench.screenshot(`panel-${theme.body}`);
      clothes.set(theme.body, await clothesOf(panel));
      assert.deepEqual(await axeFindings(panel.body), []);
    });
  }

  for (const shown of shownPages) {
    it(`the page ${shown.title}, in every theme, narrow and zoomed`, async () => {
      assert.equal(clothes.size, themes.length);
      const browser = session.workbench.page.context().browser();
      assert.ok(browser);
      const page = await browser.newPage();
      await showPage(page, shown);
      const findings: string[] = [];
      for (const [theme, worn] of clothes) {
        await wear(page, worn);
        for (const { name, ...size } of windows) {
          await page.setViewportSize(size);
          const found = [...(await axeFindings(page.locator('body'))), ...(await overflow(page))];
          findings.push(...found.map((finding) => `${theme}, ${name}: ${finding}`));
          await page.screenshot({
            path: await screenshotFile(`${shown.title}-${name}-${theme}`),
            fullPage: true,
            animations: 'disabled',
          });
        }
      }
      await page.close();
      assert.deepEqual(findings, []);
    });
  }

  async function clothesOf({ body }: ClassifyPage): Promise<Clothes> {
    const clothes = await body.evaluate(
      `({
        style: document.documentElement.getAttribute('style') ?? '',
        bodyClass: document.body.className,
        defaultStyles: document.getElementById('_defaultStyles')?.textContent ?? '',
      })`,
    );
    return clothes as Clothes;
  }

  async function screenshotFile(name: string): Promise<string> {
    const folder = path.join(root, 'artifacts', 'ui', 'pages');
    await mkdir(folder, { recursive: true });
    return path.join(folder, `${name}.png`);
  }
});

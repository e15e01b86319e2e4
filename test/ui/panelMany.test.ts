import assert from 'node:assert/strict';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ClassifyPage } from './classifyPage.ts';
import { expect } from './expect.ts';
import { copySample, openSession, sampleName, type Session } from './session.ts';

const many = 16;

describe('the panel with many pictures, over a reload, and side by side', () => {
  let session: Session;
  let panel: ClassifyPage;
  const folder = (): string => path.join(session.workspace, 'scans');

  before(async () => {
    session = await openSession('panelMany', async (workspace) => {
      await copySample(workspace);
      const photos = path.join(workspace, sampleName, 'photos');
      const scans = path.join(workspace, 'scans');
      await mkdir(path.join(scans, 'cats'), { recursive: true });
      const names = (await readdir(photos)).filter((name) => /\.(jpg|png)$/.test(name));
      for (let index = 0; index < many - 2; index += 1) {
        const name = names[index % names.length] ?? '';
        await cp(path.join(photos, name), path.join(scans, `scan${index + 1}${path.extname(name)}`));
      }
      await cp(path.join(photos, 'chelsea.jpg'), path.join(scans, 'cats', 'chelsea.jpg'));
      await writeFile(path.join(scans, 'broken.png'), 'no picture');
      await writeFile(path.join(scans, 'notes.txt'), 'no picture either');
    });
    panel = await session.workbench.deployAndClassify(sampleName);
  });
  after(() => session?.close());

  it('shows no more than 20 predictions, and says so', async () => {
    const k = panel.body.getByTestId('k');
    await k.fill('50');
    await expect(k).toHaveValue('20');
    await expect(panel.body.getByTestId('k-note')).toHaveText('20 is the most that can be shown.');
    await session.workbench.screenshot('1-k');
    await k.fill('3');
    await expect(panel.body.getByTestId('k-note')).toBeEmpty();
  });

  it('takes the pictures of a dropped folder, counts them, and lists failures first', async () => {
    const { workbench } = session;
    await panel.dropUri(pathToFileURL(folder()).toString());
    await expect(panel.body.getByTestId('progress')).toHaveText(new RegExp(`^\\d+ of ${many} done`));
    await workbench.screenshot('2-progress');
    await expect(panel.body.getByTestId('cancel-all')).toBeHidden();
    const rows = panel.body.getByTestId('result');
    await expect(rows).toHaveCount(many);
    await expect(rows.first()).toContainText('broken.png');
    await expect(rows.first()).toHaveAttribute('data-state', 'failed');
    await expect(panel.card('chelsea.jpg').getByTestId('line-label')).toHaveText('Egyptian cat');
    await expect(panel.body.getByTestId('spoken')).toHaveText(`${many} images done, 1 failed.`);
    await workbench.screenshot('3-compact');
    const row = panel.card('chelsea.jpg');
    await row.locator('summary').first().click();
    await expect(row.getByTestId('prediction')).toHaveCount(3);
    await expect(row.getByTestId('probability').first()).toHaveText(/^\d\d\.\d%$/);
    await workbench.screenshot('4-opened');
  });

  it('shows the response with its lines, and whole in an editor', async () => {
    const { workbench } = session;
    const row = panel.card('chelsea.jpg');
    await row.locator('summary', { hasText: 'Request and response' }).click();
    await expect(row.getByTestId('exchange').locator('pre').last()).toContainText('{\n  "predictions": [');
    await row.getByTestId('open-response').click();
    const tab = workbench.page.locator('.tab', { hasText: 'Response to chelsea.jpg.json' });
    await tab.waitFor();
    await workbench.page.locator('.editor-container .view-line', { hasText: '"Egyptian cat"' }).first().waitFor();
    await workbench.screenshot('5-response');
    await workbench.runFromPalette('View: Close Editor');
    await tab.waitFor({ state: 'hidden' });
  });

  it('has a second panel to the side, with results of its own', async () => {
    const { workbench } = session;
    await panel.body.getByTestId('open-beside').click();
    const [left, right] = await workbench.classifyPages(2);
    assert.ok(left && right);
    await expect(right.body.getByTestId('result')).toHaveCount(0);
    await right.dropUri(pathToFileURL(path.join(folder(), 'cats', 'chelsea.jpg')).toString());
    assert.equal((await right.labels('chelsea.jpg'))[0], 'Egyptian cat');
    await expect(left.body.getByTestId('result')).toHaveCount(many);
    await workbench.page
      .locator('.tab', { hasText: `Classify Images: ${sampleName}` })
      .first()
      .waitFor();
    await workbench.screenshot('6-side-by-side');
  });

  it('compares the answer with that of an endpoint that the user chooses', async () => {
    const { workbench } = session;
    const [, right] = await workbench.classifyPages(2);
    assert.ok(right);
    await right.card('chelsea.jpg').getByTestId('compare').click();
    await workbench.question('Endpoint');
    await workbench.answer();
    const comparison = right.card('chelsea.jpg').getByTestId('comparison');
    await expect(comparison.getByTestId('verdict')).toHaveAttribute('data-verdict', 'same');
    await expect(comparison).toContainText('Their contracts are the same.');
    await workbench.screenshot('7-compared');
  });

  it('keeps results, thumbnails and history over a reload of the window', async () => {
    const { workbench } = session;
    await workbench.runFromPalette('View: Close Editor');
    await workbench.classifyPages(1);
    await expect.poll(async () => (await readdir(await panelFolder())).length).toBe(1);
    await workbench.reload();
    // The browser may bring the second panel back, too: that it was closed is not written down at once.
    const left = new ClassifyPage(await workbench.frameWith('result'));
    await expect(left.body.getByTestId('result')).toHaveCount(many);
    await expect(left.body.getByTestId('result').first()).toHaveAttribute('data-state', 'failed');
    await expect(left.body.getByTestId('history-entry')).toHaveCount(many - 1);
    await expect(left.body.getByTestId('k')).toHaveValue('3');
    await expect(left.card('scan1.png').locator('.thumbnail img').first()).toBeVisible();
    await workbench.screenshot('8-reloaded');
  });

  /** Where the extension keeps what panels show. */
  async function panelFolder(): Promise<string> {
    const storage = path.join(session.workspace, '..', 'user', 'User', 'workspaceStorage');
    const [window] = await readdir(storage);
    return path.join(storage, window ?? '', 'model-deck.model-deck', 'panels');
  }
});

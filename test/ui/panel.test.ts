import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { transferOf, type ClassifyPage } from './classifyPage.ts';
import { expect } from './expect.ts';
import { copySample, openSession, sampleName, type Session } from './session.ts';

describe('the panel', () => {
  let session: Session;
  let panel: ClassifyPage;
  const photo = (name: string): string => path.join(session.workspace, sampleName, 'photos', name);
  const sent = async (name: string): Promise<string> =>
    JSON.stringify([{ name, base64: (await readFile(photo(name))).toString('base64') }]);

  before(async () => {
    session = await openSession('panel', copySample);
    const { workbench } = session;
    await workbench.chooseFromMenu(await workbench.explorerRow(sampleName), 'Deploy Model…');
    await workbench.question('Advanced…');
    await workbench.answer('Advanced');
    await workbench.question('Name of the deployment');
    await workbench.answer('cats');
    await workbench.question('(3/3)');
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.answer();
    await workbench.notification('cats is ready').getByRole('button', { name: 'Classify Image…' }).click();
    panel = await workbench.classifyPage();
    await workbench.clearNotifications();
  });
  after(() => session?.close());

  it('takes a dropped photo, by V2', async () => {
    await panel.drop('coffee.jpg', await readFile(photo('coffee.jpg')));
    assert.equal((await panel.labels('coffee.jpg'))[0], 'espresso');
  });

  it('takes a pasted photo', async () => {
    const files = await sent('china.jpg');
    await panel.body.evaluate(
      `document.body.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: (${transferOf})(${files}) }))`,
    );
    assert.equal((await panel.labels('china.jpg'))[0], 'palace');
  });

  it('takes what is browsed for', async () => {
    const { workbench } = session;
    await panel.body.getByTestId('browse').click();
    await workbench.chooseFile('Choose images to classify', photo('chelsea.jpg'));
    assert.deepEqual((await panel.labels('chelsea.jpg')).slice(0, 2), ['Egyptian cat', 'tabby']);
  });

  it('gives a broken image its reason and goes on with the others', async () => {
    const { workbench } = session;
    const whole = await readFile(photo('rocket.jpg'));
    await writeFile(photo('cut.jpg'), whole.subarray(0, 2000));
    await writeFile(photo('page.png'), '<html><b>no image</b>');
    for (const name of ['cut.jpg', 'page.png', 'rocket.jpg']) {
      await workbench.chooseFromMenu(await workbench.explorerRow(sampleName, 'photos', name), 'Classify Image…');
    }
    assert.equal((await panel.labels('rocket.jpg'))[0], 'missile');
    await assert.rejects(panel.predictions('cut.jpg'), /cut\.jpg.*cannot be decoded/s);
    await assert.rejects(panel.predictions('page.png'), /page\.png/);
    await workbench.screenshot('1-broken');
  });

  it('is used with the keyboard alone', async () => {
    const { page } = session.workbench;
    await panel.body.getByTestId('clear').click();
    await panel.body.getByTestId('result').first().waitFor({ state: 'hidden' });
    await panel.body.getByTestId('drop').focus();
    await page.keyboard.press('Enter');
    await session.workbench.chooseFile('Choose images to classify', photo('camera.png'));
    await panel.predictions('camera.png');
    const reached: string[] = [];
    for (let presses = 0; presses < 25; presses++) {
      await page.keyboard.press('Tab');
      const name = await panel.body.evaluate(
        `document.activeElement?.getAttribute('data-testid') ?? document.activeElement?.textContent?.trim() ?? ''`,
      );
      reached.push(String(name));
    }
    for (const name of ['remove', 'curl', 'python']) assert.ok(reached.includes(name), `${name} in ${reached.join()}`);
    await expect(panel.body.getByTestId('spoken'), 'a screen reader is told the answer').toHaveText(/\S/);
  });

  it('is clear in light and in high contrast', async () => {
    const { workbench } = session;
    for (const theme of ['Light Modern', 'Dark High Contrast']) {
      await workbench.chooseTheme(theme);
      const name = theme.includes('Contrast') ? 'vscode-high-contrast' : 'vscode-light';
      await panel.body.locator(`xpath=self::body[contains(@class, '${name}')]`).waitFor();
      await workbench.screenshot(`2-${theme}`);
    }
  });
});

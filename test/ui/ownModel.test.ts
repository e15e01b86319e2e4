import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { oneChannelEach, toyGraph } from '../unit/local/toyGraph.ts';
import { openSession, type Session } from './session.ts';

const background = { r: 200, g: 100, b: 10 };

/** Counts what a user does in the window; pages of ours are frames of their own, and are not used here. */
const countInputs = `(() => {
  globalThis.inputs = { keys: 0 };
  addEventListener('keydown', () => (globalThis.inputs.keys += 1), true);
})()`;

describe('a folder with a model of the user', () => {
  let session: Session;
  before(async () => {
    session = await openSession('own-model', async (workspace) => {
      const folder = path.join(workspace, 'colours');
      await mkdir(folder);
      await writeFile(
        path.join(folder, 'colours.onnx'),
        toyGraph({ shape: [-1, 3, 32, 32], weights: oneChannelEach }).graph,
      );
      await writeFile(path.join(folder, 'labels.txt'), 'red\ngreen\nblue\n');
      const picture = sharp({ create: { width: 60, height: 40, channels: 3, background } });
      await writeFile(path.join(folder, 'orange.png'), await picture.png().toBuffer());
    });
  });
  after(() => session?.close());

  it('gets its first prediction by four clicks, and no letter is typed', async () => {
    const { workbench } = session;
    const row = await workbench.explorerRow('colours');
    // The menu has our commands when VS Code has read the extension.
    await workbench.openMenu(row, 'Deploy to This Computer');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.evaluate(countInputs);
    const clicks: string[] = [];

    await workbench.openMenu(row, 'Deploy to This Computer');
    clicks.push('the folder, with the right button');
    await workbench.choose('Deploy to This Computer');
    clicks.push('Deploy to This Computer');
    const ready = workbench.notification('colours is ready on This computer');
    await ready.waitFor();
    await workbench.screenshot('1-ready');
    await ready.getByRole('button', { name: 'Classify Image…' }).click();
    clicks.push('Classify Image…');
    const offered = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'orange.png' });
    await offered.waitFor();
    await workbench.screenshot('2-offered');
    await offered.click();
    clicks.push('the picture');

    const panel = await workbench.classifyPage();
    assert.deepEqual(await panel.labels('orange.png'), ['red', 'green', 'blue']);
    await workbench.screenshot('3-prediction');
    assert.equal(await workbench.page.evaluate('globalThis.inputs.keys'), 0, 'nothing is typed');
    assert.ok(clicks.length <= 4, clicks.join(', '));
  });

  it('keeps in model-deck.yaml how it was packaged, with what is assumed marked as such', async () => {
    const spec = await readFile(path.join(session.workspace, 'colours', 'model-deck.yaml'), 'utf8');
    assert.match(spec, /labels: labels\.txt/);
    assert.match(spec, /assumed/);
  });

  it('offers to classify what VS Code shows as a picture, and the pictures of a folder', async () => {
    const { workbench } = session;
    await workbench.openFile('colours', 'orange.png');
    const button = workbench.page.locator('.editor-actions .action-label[aria-label^="Classify Image…"]');
    await button.waitFor();
    await workbench.screenshot('4-preview');
    await button.click();
    const panel = await workbench.classifyPage();
    assert.deepEqual((await panel.labels('orange.png'))[0], 'red');
    await workbench.chooseFromMenu(await workbench.explorerRow('colours'), 'Classify Pictures in Folder');
    await workbench.screenshot('5-folder');
  });
});

import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { expect } from './expect.ts';
import { openSession, root, sampleName, type Session } from './session.ts';

describe('the first packaging of a folder, from the palette', () => {
  let session: Session;
  before(async () => {
    session = await openSession('wizard', async (workspace) => {
      const sample = path.join(root, 'media', 'samples', sampleName);
      await mkdir(path.join(workspace, 'my model'));
      for (const file of [`${sampleName}.onnx`, 'index_to_name.json']) {
        await cp(path.join(sample, file), path.join(workspace, 'my model', file));
      }
    });
  });
  after(() => session?.close());

  it('writes nothing when it is left', async () => {
    const { workbench } = session;
    await workbench.runFromPalette('Model Deck: Package Model…');
    await workbench.question('my model');
    await workbench.answer();
    await workbench.question('Package my model');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.locator('.statusbar-item', { hasText: 'Model Deck: cancelled' }).waitFor();
    assert.deepEqual((await readdir(path.join(session.workspace, 'my model'))).sort(), [
      `${sampleName}.onnx`,
      'index_to_name.json',
    ]);
  });

  it('asks what it cannot read, lets go back, and writes model-deck.yaml', async () => {
    const { workbench } = session;
    await workbench.chooseFromMenu(await workbench.explorerRow('my model'), 'Package Model…');
    const first = await workbench.question('Name, version, handler, labels');
    await expect(first).toHaveText(/Package my model \(1\)/);
    await workbench.screenshot('0-extent');
    await workbench.answer('Advanced');
    const name = await workbench.question('Model name');
    await workbench.screenshot('1-name');
    await expect(name).toHaveText(/Package my model \(2\/6\)/);
    await workbench.answer('not a name');
    await workbench.question('Use letters, digits');
    await workbench.screenshot('2-refused');
    await workbench.answer('my-model');
    await workbench.question('Version of the model');
    await workbench.page.locator('.quick-input-widget').getByRole('button', { name: 'Back' }).click();
    await workbench.question('Model name');
    await workbench.answer();
    await workbench.question('Version of the model');
    await workbench.answer('2.1');
    await workbench.question('predictions have class numbers');
    await workbench.screenshot('3-labels');
    await workbench.answer();
    await workbench.question('Source of the model');
    await workbench.answer('a test');
    await workbench.question('Licence of the model');
    await workbench.answer('Apache-2.0');
    const page = await workbench.frameWith('use');
    await page.getByTestId('skip').click();
    await workbench.notification('my-model.mar is packaged').waitFor();
    await workbench.screenshot('4-packaged');
    const spec = await readFile(path.join(session.workspace, 'my model', 'model-deck.yaml'), 'utf8');
    for (const line of [
      'name: my-model',
      'source: a test',
      'licence: Apache-2.0',
      'width: 224',
      'labels: index_to_name.json',
    ]) {
      assert.ok(spec.includes(line), `${line} in\n${spec}`);
    }
    assert.match(spec, /version: ['"]?2\.1/);
    assert.match(spec, /sha256: ca2996e84f68/);
  });

  it('does not ask again', async () => {
    const { workbench } = session;
    await workbench.clearNotifications();
    await workbench.chooseFromMenu(await workbench.explorerRow('my model'), 'Package Model…');
    await workbench.notification('my-model.mar is packaged').waitFor();
  });

  it('opens the archive as a page that shows what is in it', async () => {
    const { workbench } = session;
    await workbench.notification('my-model.mar is packaged').getByRole('button', { name: 'Open' }).click();
    const page = await workbench.frameWith('manifest');
    await page.getByTestId('entry').first().waitFor();
    await workbench.screenshot('5-archive');
    await expect(page.getByTestId('manifest')).toHaveText(/my-model/);
    await expect(page.getByTestId('entry')).toHaveCount(6);
    await expect(page.getByTestId('entry').filter({ hasText: 'onnx_image_classifier.py' })).toHaveCount(1);
  });
});

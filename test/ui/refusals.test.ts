import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { axeFindings } from './axe.ts';
import { expect } from './expect.ts';
import { openSession, type Session } from './session.ts';

describe('what is wrong is said, with a next step', () => {
  let session: Session;
  const folder = (name: string): string => path.join(session.workspace, name);
  before(async () => {
    session = await openSession('refusals', async (workspace) => {
      for (const name of ['hostile', 'two classes', 'empty', 'archive']) await mkdir(path.join(workspace, name));
      await writeFile(path.join(workspace, 'hostile', 'weights.pth'), "cposix\nsystem\n(S'touch hacked'\ntR.");
      await writeFile(path.join(workspace, 'two classes', 'traced.onnx'), '');
      await writeFile(
        path.join(workspace, 'two classes', 'model.py'),
        'import torch\n\nclass A(torch.nn.Module):\n    pass\n\nclass B(A):\n    pass\n',
      );
      await writeFile(
        path.join(workspace, 'two classes', 'model-deck.yaml'),
        'name: two\nversion: "1"\nmodelFile: model.py\nweights: traced.onnx\nhandler: image_classifier\n',
      );
      await writeFile(path.join(workspace, 'archive', 'broken.mar'), 'PK no archive');
    });
  });
  after(() => session?.close());

  it('refuses a pickle that runs code, by its name', async () => {
    const { workbench } = session;
    await workbench.chooseFromMenu(await workbench.explorerRow('hostile'), 'Package Model…');
    const message = workbench.notification('posix.system');
    await message.waitFor();
    await workbench.screenshot('1-hostile');
    assert.deepEqual(await readdir(folder('hostile')), ['weights.pth']);
    await workbench.clearNotifications();
  });

  it('shows findings on their lines, and opens the first', async () => {
    const { workbench } = session;
    await workbench.chooseFromMenu(await workbench.explorerRow('two classes'), 'Package Model…');
    const message = workbench.notification(/Package|package/);
    await message.waitFor();
    await workbench.screenshot('2-findings');
    await message.getByRole('button').filter({ hasText: /Open/ }).first().click();
    await workbench.page
      .locator('.tab', { hasText: /model\.py|traced\.onnx|model-deck\.yaml/ })
      .first()
      .waitFor();
    await workbench.page.keyboard.press('Control+Shift+M');
    await workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'Expected only one class' }).waitFor();
    await workbench.screenshot('3-problems');
    await workbench.clearNotifications();
    assert.deepEqual((await readdir(folder('two classes'))).sort(), ['model-deck.yaml', 'model.py', 'traced.onnx']);
  });

  it('says what a model folder holds when there is none', async () => {
    const { workbench } = session;
    await workbench.chooseFromMenu(await workbench.explorerRow('empty'), 'Package Model…');
    await workbench.notification('holds nothing that can be packaged').waitFor();
    await workbench.screenshot('4-empty');
    await workbench.clearNotifications();
  });

  it('shows a broken archive with its reason', async () => {
    const { workbench } = session;
    await workbench.openFile('archive', 'broken.mar');
    const page = await workbench.frameWith('failure');
    await expect(page.getByTestId('failure')).toHaveText(/broken\.mar/);
    assert.deepEqual(await axeFindings(page), []);
    await workbench.screenshot('5-broken-archive');
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { expect } from './expect.ts';
import { multiRootFile, openSession, type Session } from './session.ts';

const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'lab',
  clusters: [{ name: 'lab', cluster: { server: 'https://127.0.0.1:1' } }],
  contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me' } }],
  users: [{ name: 'me', user: { token: 'x' } }],
};

describe('a deck with nothing in it', () => {
  let session: Session | undefined;
  afterEach(async () => {
    await session?.close();
    session = undefined;
  });

  it('shows the ways in, and takes a kubeconfig that is chosen', async () => {
    session = await openSession(
      'welcome',
      (workspace) => writeFile(path.join(workspace, 'lab.yaml'), JSON.stringify(kubeconfig)),
      {},
      {},
      'empty',
    );
    const { workbench } = session;
    await workbench.showDeck();
    for (const button of ['Open Sample', 'Open Folder', 'Get Started', 'Choose a Kubeconfig…']) {
      await expect(workbench.welcomeButton(button)).toBeVisible();
    }
    await expect(workbench.pane('Clusters').locator('.monaco-list-row')).toHaveCount(0);
    await expect(workbench.welcomeButton('Deploy Model…', 'Model Stores')).toBeVisible();
    await workbench.screenshot('1-empty');
    await workbench.welcomeButton('Choose a Kubeconfig…').click();
    await workbench.chooseFile('Choose a kubeconfig', path.join(session.workspace, 'lab.yaml'));
    await workbench.deckRow('lab').waitFor();
    await workbench.deckRow('This computer').waitFor();
    await workbench.screenshot('2-contexts');
  });

  it('refuses a file that is no kubeconfig, and lets another one be chosen', async () => {
    session = await openSession(
      'welcome-refused',
      async (workspace) => {
        await writeFile(path.join(workspace, 'notes.yaml'), 'shopping: [milk]');
        await writeFile(path.join(workspace, 'lab.yaml'), JSON.stringify(kubeconfig));
      },
      {},
      {},
      'empty',
    );
    const { workbench, workspace } = session;
    await workbench.showDeck();
    await workbench.welcomeButton('Choose a Kubeconfig…').click();
    await workbench.chooseFile('Choose a kubeconfig', path.join(workspace, 'notes.yaml'));
    const refused = workbench.notification('notes.yaml names no cluster');
    await refused.waitFor();
    await workbench.screenshot('1-refused');
    await refused.getByRole('button', { name: 'Choose Kubeconfig…' }).click();
    await workbench.chooseFile('Choose a kubeconfig', path.join(workspace, 'lab.yaml'));
    await workbench.deckRow('lab').waitFor();
  });

  it('names the folders of a window with several', async () => {
    session = await openSession(
      'welcome-multi-root',
      async (workspace) => {
        for (const folder of ['north', 'south']) {
          await mkdir(path.join(workspace, folder, 'model'), { recursive: true });
          await writeFile(path.join(workspace, folder, 'model', 'net.onnx'), '');
        }
        const folders = [{ path: 'north' }, { path: 'south' }];
        await writeFile(path.join(workspace, multiRootFile), JSON.stringify({ folders }));
      },
      {},
      {},
      'multi-root',
    );
    const { workbench } = session;
    await workbench.runFromPalette('Model Deck: Package Model…');
    const question = await workbench.question('Package Model');
    for (const label of ['north/model', 'south/model']) {
      await expect(question.locator('.label-name', { hasText: label }).first()).toBeVisible();
    }
    await workbench.screenshot('1-folders');
    await workbench.page.keyboard.press('Escape');
  });
});

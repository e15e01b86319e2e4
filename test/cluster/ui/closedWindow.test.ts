import assert from 'node:assert/strict';
import { readdir, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { bindKey, openSession, type Session } from '../../ui/session.ts';
import { catModel } from '../harness/catModel.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';
import { waitUntil } from '../../waitUntil.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = 'closed-window';
const mebibyte = 1 << 20;

/** Large enough that the window is closed long before it has all gone up. */
const ballast = 500 * mebibyte;

describe('a window that is closed in mid-upload', { skip: cluster.cannot('claimFolder') }, () => {
  let session: Session;
  let folder: string;

  before(async () => {
    await cluster.createNamespace(namespace);
    ({ folder = '' } = await cluster.createClaim({ namespace, name: 'models' }));
  });
  after(async () => {
    await session?.close();
    await cluster.deleteNamespace(namespace);
  });

  const open = (name: string, prepare: (workspace: string) => Promise<void>): Promise<Session> =>
    openSession(name, prepare, {}, { KUBECONFIG: cluster.kubeconfig });
  const helperPods = async (): Promise<readonly string[]> => {
    const names = await cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.name}']);
    return names.split(' ').filter((name) => name !== '');
  };
  const stored = async (): Promise<readonly string[]> => (await readdir(folder, { recursive: true })).sort();
  const bytesThere = async (): Promise<number> => {
    const sizes = (await stored()).map((file) => stat(path.join(folder, file)).then(({ size }) => size));
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  };

  it('leaves no part of the model where it would be found', async () => {
    session = await open('cluster-closed-window', async (workspace) => {
      const cats = path.join(workspace, 'cats');
      await catModel(cats, { extraFiles: ['ballast.bin'], archiveFormat: 'zip-store' }, console.log);
      await writeFile(path.join(cats, 'ballast.bin'), '');
      await truncate(path.join(cats, 'ballast.bin'), ballast);
      const args = { path: cats, target: { context, namespace }, claim: 'models', name: 'cats', confirm: false };
      await bindKey(workspace, { key: 'ctrl+alt+d', command: 'modelDeck.deployModel', args });
    });
    await session.workbench.page.keyboard.press('Control+Alt+D');
    await waitUntil('the upload is under way', async () => (await bytesThere()) > 20 * mebibyte || undefined, 120);
    await session.workbench.screenshot('1-under-way');
    await session.close();
    const files = await stored();
    assert.ok(!files.includes(path.join('cats', '1.0')), files.join(' '));
    assert.ok((await bytesThere()) < ballast, 'it was closed in the middle');
  });

  it('is forgotten by the next one: no model, and no pod of the upload', async () => {
    session = await open('cluster-reopened-window', (workspace) => writeFile(path.join(workspace, 'notes.txt'), ''));
    const { workbench } = session;
    await workbench.showDeck();
    await workbench.expand(workbench.deckRow(context));
    const row = (label: string): Locator => workbench.deckRow(label, 'Model Stores');
    await workbench.expand(row(context));
    await workbench.inlineAction(row(context), 'Add Namespace…');
    await workbench.question(`Namespace of ${context}`);
    await workbench.answer(namespace);
    await workbench.expand(row(namespace));
    await workbench.expand(row('models'));
    await workbench.inlineAction(row('Models not listed yet'), 'List Models in Claim');
    await row('No models').waitFor();
    await workbench.screenshot('1-nothing');
    await waitUntil('no pod is left', async () => (await helperPods()).length === 0 || undefined);
  });
});

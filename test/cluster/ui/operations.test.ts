import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { expect } from '../../ui/expect.ts';
import { openSession, type Session } from '../../ui/session.ts';
import type { Workbench } from '../../ui/workbench.ts';
import { inferenceService } from '../harness/inferenceService.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';
import { storeCats } from '../harness/storedCats.ts';
import { waitUntilEqual } from '../../waitUntil.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = 'operations';
const patience = 60_000;

/** What the menu of a service does, seen where a user sees it. */
describe('the menu of a service', { skip: cluster.cannot('claimFolder') }, () => {
  let session: Session;
  let workbench: Workbench;
  const row = (label: string): Locator => workbench.deckRow(label);
  const editor = (text: string): Locator => workbench.page.locator('.editor-instance .view-lines', { hasText: text });
  const field = (jsonPath: string): Promise<string> =>
    cluster.kubectl(['get', '-n', namespace, 'isvc', 'cats', '-o', `jsonpath={${jsonPath}}`]);
  /** Of the TorchServe behind the service, at this moment. */
  const workerStatus = async (): Promise<string | undefined> => {
    const names = await cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'name']);
    const pod = names.split('\n').find((one) => one.includes('cats')) ?? '';
    const served = await cluster.torchServeOf(namespace, pod.replace('pod/', ''));
    const response = await fetch(`${served?.managementUrl}/models/cats`);
    const [model] = (await response.json()) as { workers: { status: string }[] }[];
    return model?.workers[0]?.status;
  };
  const becomes = (jsonPath: string, value: string): Promise<unknown> =>
    waitUntilEqual(jsonPath, () => field(jsonPath), value);

  before(async () => {
    await cluster.createNamespace(namespace);
    const { folder = '' } = await cluster.createClaim({ namespace, name: 'models' });
    await storeCats(path.join(folder, 'cats'));
    for (const [name, storageUri] of [
      ['cats', 'pvc://models/cats'],
      ['lost', 's3://models/missing'],
    ] as const) {
      await cluster.kubectl(['apply', '-f', '-'], { input: inferenceService({ namespace, name, storageUri }) });
    }
    await cluster.kubectl(['wait', '-n', namespace, 'isvc/cats', '--for=condition=Ready', '--timeout=120s']);
    const prepare = (workspace: string): Promise<void> => writeFile(path.join(workspace, 'notes.txt'), '');
    session = await openSession('cluster-operations', prepare, {}, { KUBECONFIG: cluster.kubeconfig });
    workbench = session.workbench;
    await workbench.showDeck();
    await workbench.expand(row(context));
    await workbench.expand(row(namespace));
    await row('cats').waitFor();
  });
  after(async () => {
    await session?.close();
    await cluster.deleteNamespace(namespace);
  });

  it('says in one sentence why a service does not work, with a button', async () => {
    await workbench.chooseFromMenu(row('lost'), 'Explain InferenceService');
    const said = workbench.notification('There is no model at s3://models/missing.');
    await said.waitFor({ timeout: patience });
    await workbench.screenshot('1-explained');
    await said.getByRole('button', { name: 'Describe' }).click();
    await editor('storage-initializer').waitFor();
    await workbench.screenshot('2-described');
    await workbench.clearNotifications();
  });

  it('shows its events', async () => {
    await workbench.chooseFromMenu(row('cats'), 'Show Kubernetes Events');
    await editor('Started container').or(editor('Scheduled')).first().waitFor();
    await workbench.screenshot('3-events');
  });

  it('follows its log', async () => {
    await workbench.chooseFromMenu(row('cats'), 'Show Pod Logs');
    await workbench.page.locator('.panel .view-lines', { hasText: 'WORKER_MODEL_LOADED' }).waitFor();
    await workbench.page.locator('.statusbar-item', { hasText: 'Following' }).waitFor();
    await workbench.screenshot('4-log');
    await workbench.runFromPalette('Model Deck: Stop Following Pod Logs');
    await workbench.page.locator('.statusbar-item', { hasText: 'Following' }).waitFor({ state: 'hidden' });
    await workbench.runFromPalette('View: Hide Panel');
  });

  it('applies its manifest when it is saved, and keeps what the cluster refuses', async () => {
    const { keyboard } = workbench.page;
    const add = async (line: string): Promise<void> => {
      await workbench.page.locator('.editor-instance .view-line', { hasText: 'predictor:' }).first().click();
      await keyboard.press('End');
      await keyboard.press('Enter');
      // Below what was in the line; VS Code keeps its indentation.
      await keyboard.type(`  ${line}`);
      await keyboard.press('Control+S');
    };
    await workbench.chooseFromMenu(row('cats'), 'Edit Kubernetes Manifest');
    await editor('storageUri').waitFor();
    await add('maxReplicas: 2');
    await becomes('.spec.predictor.maxReplicas', '2');
    await workbench.screenshot('5-edited');
    await add('canary: none');
    const refusal = workbench.notification('canary');
    await refusal.waitFor();
    await workbench.screenshot('6-refused');
    await expect(workbench.page.locator('.tab.dirty', { hasText: 'cats.yaml' })).toHaveCount(1);
    await workbench.clearNotifications();
    await workbench.runFromPalette('File: Revert File');
    await workbench.runFromPalette('View: Close All Editors');
  });

  it('scales', async () => {
    await workbench.chooseFromMenu(row('cats'), 'Scale InferenceService…');
    await workbench.question('Number of pods');
    await workbench.screenshot('7-scale');
    await workbench.answer('1-3');
    await becomes('.spec.predictor.maxReplicas', '3');
  });

  it('stops, and starts again until the model answers', async () => {
    await workbench.chooseFromMenu(row('cats'), 'Stop Deployment');
    await row('cats').filter({ hasText: 'Stopped' }).waitFor({ timeout: patience });
    await workbench.screenshot('8-stopped');
    await workbench.chooseFromMenu(row('cats'), 'Start Deployment');
    await row('cats').filter({ hasText: 'Stopped' }).waitFor({ state: 'detached', timeout: patience });
    await row('cats').locator('[class*=codicon-pass-filled]').waitFor({ timeout: patience });
    // KServe calls it ready before the model is: it is waited for by ourselves.
    await workbench.notification('Starting cats').waitFor({ state: 'hidden', timeout: patience });
    assert.equal(await workerStatus(), 'READY');
    await workbench.screenshot('9-started');
  });
});

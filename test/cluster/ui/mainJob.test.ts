import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { expect } from '../../ui/expect.ts';
import { bindKey, openSession, type Session } from '../../ui/session.ts';
import type { Workbench } from '../../ui/workbench.ts';
import { catLabels, catModel, catPhoto } from '../harness/catModel.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';
import { PlanPage } from './planPage.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = 'ml';
/** A server of real weights takes its time to start on two busy cores. */
const patience = 180_000;

describe('the main job in a real cluster', () => {
  let session: Session;
  let workbench: Workbench;
  const specFile = (): string => path.join(session.workspace, 'cats', 'model-deck.yaml');
  const screenshot = (name: string): Promise<string> => workbench.screenshot(name);
  const row = (label: string): Locator => workbench.deckRow(label);
  const field = (path: string): Promise<string> =>
    cluster.kubectl(['get', '-n', namespace, 'isvc', 'cats', '-o', `jsonpath={${path}}`]);
  const told = async (text: string | RegExp): Promise<void> => {
    const failure = workbench.page.locator('.notification-list-item:has(.codicon-error)');
    const said = workbench.notification(text).or(failure).last();
    await said.waitFor({ timeout: patience });
    await expect(said).toContainText(text);
  };

  before(async () => {
    await cluster.createNamespace(namespace);
    await cluster.createClaim({ namespace, name: 'models' });
    const prepare = async (workspace: string): Promise<void> => {
      await catModel(path.join(workspace, 'cats'), {}, console.log);
      const target = { context, namespace };
      const args = { path: path.join(workspace, 'cats'), target, claim: 'models', name: 'scripted', confirm: false };
      await bindKey(workspace, { key: 'ctrl+alt+d', command: 'modelDeck.deployModel', args });
    };
    session = await openSession('cluster-main-job', prepare, {}, { KUBECONFIG: cluster.kubeconfig });
    workbench = session.workbench;
  });
  after(async () => {
    await session?.close();
    await cluster.deleteNamespace(namespace);
  });

  it('packages the folder', async () => {
    await workbench.chooseFromMenu(await workbench.explorerRow('cats'), 'Package Model…');
    await told(/packaged/i);
    await workbench.clearNotifications();
  });

  it('asks where and how, with what the cluster has', async () => {
    await workbench.chooseFromMenu(await workbench.explorerRow('cats'), 'Deploy Model…');
    await workbench.question('This computer');
    await screenshot('01-target');
    await workbench.answer(context);
    await workbench.question('Other namespace…');
    await screenshot('02-namespace');
    await workbench.answer(namespace);
    await workbench.question('No claim that fits?');
    await screenshot('03-claim');
    await workbench.answer();
    await workbench.question('Name of the InferenceService');
    await screenshot('04-name');
    await workbench.answer();
    await workbench.question('Chosen: kserve-torchserve');
    await screenshot('05-runtime');
    await workbench.answer();
    await workbench.question('Open Inference Protocol');
    await workbench.answer();
    await workbench.question('CPU and memory');
    await screenshot('06-resources');
    await workbench.answer('cpu=500m, memory=1Gi');
    await workbench.question('Number of pods');
    await workbench.answer();
  });

  it('shows the plan, names the line of a mistake, and takes an edit', async () => {
    const page = await PlanPage.open(workbench);
    await expect(page.verdict).toHaveText(/would take it/);
    await screenshot('07-plan');
    await expect(page.manifest).toHaveValue(/storageUri: pvc:\/\/models\/cats\/1\.0/);
    await page.body.getByTestId('others').click();
    await expect(page.body.getByTestId('others')).toHaveText(/kserve-tritonserver/);
    await page.edit('minReplicas: 1', 'minReplicas: one');
    await expect(page.failure).toHaveText(/Line \d+: minReplicas/);
    await screenshot('08-mistake');
    await page.edit('minReplicas: one', 'minReplicas: 1\n    timeout: 90');
    await expect(page.verdict).toHaveText(/would take it/);
  });

  it('deploys it, until the model answers', async () => {
    const page = await PlanPage.open(workbench);
    await page.click('deploy');
    await told('cats is ready in');
    await screenshot('09-ready');
    assert.equal(await field('.spec.predictor.timeout'), '90');
    await expect.poll(() => field('.status.clusterServingRuntimeName')).toBe('kserve-torchserve');
    await expect
      .poll(() => readFile(specFile(), 'utf8'))
      .toMatch(/deploy:\n {2}context: model-deck-test\n {2}namespace: ml\n/);
    const uploads = ['get', 'pods', '-n', namespace, '-l', 'model-deck.dev/purpose', '-o', 'name'];
    await expect.poll(() => cluster.kubectl(uploads), 'the pod that uploads is gone').toBe('');
  });

  it('classifies a photo that is dropped on the panel', async () => {
    await workbench.notification('cats is ready in').getByRole('button', { name: 'Classify Image…' }).click();
    const panel = await workbench.classifyPage();
    await workbench.clearNotifications();
    await panel.drop('chelsea.jpg', await readFile(catPhoto));
    const labels = await panel.labels('chelsea.jpg');
    await screenshot('10-classified');
    assert.deepEqual(labels.slice(0, 3), catLabels);
  });

  it('deploys a second version, asking nothing again, with the difference to look at', async () => {
    await writeFile(specFile(), (await readFile(specFile(), 'utf8')).replace(/version: .*/, 'version: "2.0"'));
    await workbench.showDeck();
    await workbench.expand(row(context));
    await workbench.expand(row(namespace));
    await row('cats').waitFor();
    await screenshot('11-tree');
    await workbench.chooseFromMenu(await workbench.explorerRow('cats'), 'Deploy Model…');
    for (const question of [
      'This computer',
      'Other namespace…',
      'No claim that fits?',
      'Name of the InferenceService',
      'Chosen: kserve-torchserve',
      'Open Inference Protocol',
      'CPU and memory',
      'Number of pods',
    ]) {
      await workbench.question(question);
      await workbench.answer();
    }
    const page = await PlanPage.open(workbench);
    await expect(page.verdict).toHaveText(/would take it/);
    await expect(page.manifest).toHaveValue(/pvc:\/\/models\/cats\/2\.0/);
    await screenshot('12-second-plan');
    await page.click('difference');
    const changed = workbench.page.locator('.monaco-diff-editor .line-insert').first();
    await changed.waitFor();
    await screenshot('13-difference');
    await workbench.runFromPalette('View: Close Editor');
    await (await PlanPage.open(workbench)).click('deploy');
    await told('cats is ready in');
    assert.equal(await field('.spec.predictor.model.storageUri'), 'pvc://models/cats/2.0');
    await workbench.clearNotifications();
  });

  it('rolls back to the first', async () => {
    await workbench.showDeck();
    await row('cats').filter({ hasText: '2.0' }).waitFor();
    await workbench.chooseFromMenu(row('cats'), 'Roll Back InferenceService…');
    await workbench.question('1.0');
    await screenshot('14-roll-back');
    await workbench.answer();
    await told('serves version 1.0 again');
    assert.equal(await field('.spec.predictor.model.storageUri'), 'pvc://models/cats/1.0');
    await row('cats').filter({ hasText: '1.0' }).waitFor();
    await workbench.clearNotifications();
  });

  it('deletes it, having said what goes', async () => {
    await workbench.chooseFromMenu(row('cats'), 'Delete InferenceService…');
    await workbench.dialogButton('Delete').waitFor();
    await screenshot('15-delete');
    await workbench.dialogButton('Delete').click();
    await row('cats').waitFor({ state: 'detached', timeout: patience });
    await expect.poll(() => cluster.kubectl(['get', 'isvc', '-n', namespace, '-o', 'name'])).toBe('');
  });

  it('deploys at a key, with all that it needs to know bound to it', async () => {
    await workbench.page.keyboard.press('Control+Alt+D');
    await told('scripted is ready in');
    await screenshot('16-scripted');
    const uri = ['get', '-n', namespace, 'isvc', 'scripted', '-o', 'jsonpath={.spec.predictor.model.storageUri}'];
    assert.equal(await cluster.kubectl(uri), 'pvc://models/cats/2.0');
  });
});

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openSession, type Session } from '../../ui/session.ts';
import type { Workbench } from '../../ui/workbench.ts';
import { catLabels, catModel } from '../harness/catModel.ts';
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
  const model = (): string => path.join(session.workspace, 'cats');

  before(async () => {
    await cluster.createNamespace(namespace);
    await cluster.createClaim({ namespace, name: 'models' });
    const prepare = (workspace: string): Promise<void> => catModel(path.join(workspace, 'cats'), {}, console.log);
    session = await openSession('cluster-main-job', prepare, {}, { KUBECONFIG: cluster.kubeconfig });
    workbench = session.workbench;
  });
  after(async () => {
    await session?.close();
    await cluster.deleteNamespace(namespace);
  });

  const isReady = async (): Promise<void> => {
    await workbench.notification(`cats is ready in`).waitFor({ timeout: patience });
    await workbench.screenshot(`ready`);
    await workbench.clearNotifications();
  };

  it('packages the folder', async () => {
    await workbench.chooseFromMenu(await workbench.explorerRow('cats'), 'Package Model…');
    await workbench.notification(/packaged/i).waitFor();
    await workbench.clearNotifications();
  });

  it('asks where and how, offers what the cluster has, and shows the plan', async () => {
    await workbench.chooseFromMenu(await workbench.explorerRow('cats'), 'Deploy Model…');
    await workbench.question('This computer');
    await workbench.screenshot('1-target');
    await workbench.answer(context);
    await workbench.question('Other namespace…');
    await workbench.screenshot('2-namespace');
    await workbench.answer(namespace);
    await workbench.question('No claim that fits?');
    await workbench.screenshot('3-claim');
    await workbench.answer();
    await workbench.question('Name of the InferenceService');
    await workbench.screenshot('4-name');
    await workbench.answer();
    await workbench.question('KServe chooses: kserve-torchserve');
    await workbench.screenshot('5-runtime');
    await workbench.answer();
    await workbench.question('Open Inference Protocol');
    await workbench.answer();
    await workbench.question('CPU and memory');
    await workbench.screenshot('6-resources');
    await workbench.answer('cpu=500m, memory=1Gi');
    await workbench.question('Number of pods');
    await workbench.answer();
    const page = await PlanPage.open(workbench);
    assert.match(await page.verdict(), /would take it/);
    await workbench.screenshot('7-plan');
    assert.match(await page.manifest(), /storageUri: pvc:\/\/models\/cats\/1\.0/);
  });

  it('names the line of a mistake, and takes an edit that is right', async () => {
    const page = await PlanPage.open(workbench);
    await page.edit((text) => text.replace(/minReplicas: 1/, 'minReplicas: one'));
    assert.match(await page.failure(), /Line \d+: minReplicas/);
    await workbench.screenshot('8-mistake');
    await page.edit((text) => text.replace('minReplicas: one', 'minReplicas: 1\n    timeout: 90'));
    assert.match(await page.verdict(), /would take it/);
    await workbench.screenshot('9-edited');
  });

  it('deploys it, until the model answers', async () => {
    const page = await PlanPage.open(workbench);
    await page.click('deploy');
    await isReady();
    const service = await cluster.kubectl(['get', '-n', namespace, 'isvc', 'cats', '-o', 'jsonpath={.spec.predictor}']);
    assert.match(service, /"timeout":90/);
    assert.match(
      await readFile(path.join(model(), 'model-deck.yaml'), 'utf8'),
      /deploy:\n {2}context: model-deck-test/,
    );
  });

  it('classifies a photo', async () => {
    await workbench.showDeck();
    await workbench.screenshot('12-deck');
    assert.ok(catLabels.length > 0 && writeFile);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';
import { openClusters } from '../../../src/targets/index.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';
import { failingRequest } from '../provokedFailures.ts';
import { TreeEditor } from '../treeEditor.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = 'kserve-away';
const many = ['many-0', 'many-1'];

/** KServe's controller does not run: what is asked of it is refused, and what is there stays as it is. */
describe('a cluster whose KServe is away', { skip: cluster.cannot('stopKServe') }, () => {
  before(async () => {
    await cluster.createNamespace(namespace);
    await cluster.stopKServe();
  });
  after(async () => {
    await cluster.startKServe();
    await cluster.deleteNamespace(namespace);
  });

  it('its webhook does not answer: told by the plan, nothing is made', async () => {
    const clusters = openClusters({
      files: () => Promise.resolve([cluster.kubeconfig]),
      environment: {},
      extensionVersion: '1.0.0',
    });
    try {
      const target = await clusters.target(context, namespace);
      const request = failingRequest(namespace, 'cats', {});
      const { objects = [] } = await target.plan(request);
      const dryRun = objects[0]?.dryRun;
      assert.ok(dryRun?.ok === false);
      assert.match(dryRun.reason, /webhook .*inferenceservice.* does not answer/);
      assert.match(dryRun.remedy ?? '', /kserve-controller-manager/);
      await assert.rejects(target.deploy(request), { message: /webhook/ });
    } finally {
      clusters.close();
    }
    assert.equal(await cluster.kubectl(['get', '-n', namespace, 'isvc', '-o', 'name']), '');
  });

  describe('and has 1,200 InferenceServices', { skip: cluster.cannot('manyInferenceServices') }, () => {
    let editor: TreeEditor;
    before(async () => {
      await cluster.createInferenceServices({ count: 1_200, namespaces: many.length });
      editor = new TreeEditor(cluster.kubeconfig);
      await editor.open();
    });
    after(async () => {
      editor.close();
      for (const name of many) {
        const collection = `/apis/serving.kserve.io/v1beta1/namespaces/${name}/inferenceservices`;
        await cluster.kubectl(['delete', '--raw', collection]);
        await cluster.deleteNamespace(name);
      }
    });

    it('the tree groups them in little memory, and refreshes the one that changes', async () => {
      const before = heapAfterCollection();
      const row = await editor.expand(context);
      const isWhole = (name: string): boolean =>
        TreeEditor.below(row).some(([label, description]) => label === name && description === '600');
      await editor.until(
        () => many.every(isWhole),
        () => `all services; there are ${TreeEditor.below(row).join(' ')}`,
      );
      const grown = (heapAfterCollection() - before) / 1024 / 1024;
      assert.ok(grown < 30, `${grown.toFixed(0)} MiB`);
      const rows = await editor.expand(context, 'many-1');
      assert.equal(rows.children?.length, 501);
      assert.deepEqual(TreeEditor.below(rows).at(-1), ['Show 100 more…', undefined]);
      editor.refreshed.length = 0;
      // The status alone: KServe's webhooks, which look at the rest, are away.
      const change = JSON.stringify({ status: { url: 'http://elsewhere.example.com' } });
      await cluster.kubectl([
        ...['patch', 'inferenceservice', 'model-00003', '-n', 'many-1'],
        ...['--subresource=status', '--type=merge', '-p', change],
      ]);
      await editor.until(
        () => editor.refreshed.includes('model-00003'),
        () => 'the refresh',
      );
      const services = editor.refreshed.filter((label) => label.startsWith('model-0'));
      assert.deepEqual([...new Set(services)], ['model-00003']);
    });
  });
});

function heapAfterCollection(): number {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

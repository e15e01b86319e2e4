import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';
import { sharedCluster } from './harness/sharedCluster.ts';
import { TreeEditor } from './treeEditor.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';

/** An InferenceService of a container that is just there, so that it becomes ready quickly. */
function service(namespace: string, name: string, image = 'example.com/idle:1'): string {
  return JSON.stringify({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { namespace, name },
    spec: {
      predictor: {
        containers: [{ name: 'kserve-container', image, ports: [{ containerPort: 8080, protocol: 'TCP' }] }],
      },
    },
  });
}

const apply = (input: string): Promise<string> => cluster.kubectl(['apply', '-f', '-'], { input });

describe('the Clusters tree of a real cluster', () => {
  const editors: TreeEditor[] = [];
  const open = async (kubeconfig = cluster.kubeconfig): Promise<TreeEditor> => {
    const editor = new TreeEditor(kubeconfig);
    editors.push(editor);
    await editor.open();
    return editor;
  };
  afterEach(() => editors.splice(0).forEach((editor) => editor.close()));

  const namespaces = ['tree-live', 'tree-mine', 'tree-other'];
  before(async () => {
    for (const name of namespaces) await cluster.createNamespace(name);
  });
  after(async () => {
    for (const name of namespaces) await cluster.deleteNamespace(name);
  });

  it('follows an InferenceService from its beginning to its end, with its pods', async () => {
    const editor = await open();
    await editor.expand(context);
    await apply(service('tree-live', 'first'));
    const row = await editor.expand(context, 'tree-live', 'first');
    await editor.until(
      () => row.node.contextValue === 'service;ready',
      () => `ready; it is ${row.node.contextValue}, ${row.node.description}`,
    );
    const predictor = await editor.expand(context, 'tree-live', 'first', 'Predictor');
    const [pod] = await editor.until(
      () => predictor.children?.some(({ node }) => node.contextValue === 'pod;running') && predictor.children,
      () => 'a running pod',
    );
    assert.match(pod?.node.label ?? '', /^first-predictor-/);
    assert.equal(predictor.node.description, undefined);

    await apply(service('tree-live', 'broken', 'example.com/does-not-exist:1'));
    const broken = await editor.expand(context, 'tree-live', 'broken', 'Predictor');
    await editor.until(
      () => /^(ImagePullBackOff|ErrImagePull)$/.test(broken.node.description ?? ''),
      () => `the trouble of the pod; it says ${broken.node.description}`,
    );

    const namespace = await editor.row(context, 'tree-live');
    assert.equal(namespace.node.description, '2');
    await cluster.kubectl(['delete', 'inferenceservice', 'broken', '-n', 'tree-live']);
    await editor.until(
      () => namespace.node.description === '1',
      () => `one service less; it says ${namespace.node.description}`,
    );
    assert.deepEqual(TreeEditor.below(namespace), [['first', undefined]]);
  });

  it('refreshes nothing but the row that changed', async () => {
    const editor = await open();
    await apply(service('tree-live', 'quiet'));
    await editor.expand(context, 'tree-live');
    const quiet = await editor.row(context, 'tree-live', 'quiet');
    await editor.until(
      () => quiet.node.contextValue === 'service;ready',
      () => `ready; it is ${quiet.node.contextValue}`,
    );
    editor.refreshed.length = 0;
    await cluster.kubectl(['label', 'inferenceservice', 'quiet', '-n', 'tree-live', 'seen=yes']);
    await editor.until(
      () => editor.refreshed.length > 0,
      () => 'a refresh',
    );
    assert.deepEqual([...new Set(editor.refreshed)], ['quiet']);
  });

  it('shows the runtimes of the cluster', async () => {
    const editor = await open();
    const runtimes = await editor.expand(context, 'Serving Runtimes');
    await editor.until(
      () => runtimes.children?.some(({ node }) => node.label === 'kserve-torchserve'),
      () => 'kserve-torchserve',
    );
  });

  it('catches up with what happened while the view was hidden', async () => {
    const editor = await open();
    const namespace = await editor.expand(context, 'tree-live');
    editor.setVisible(false);
    await apply(service('tree-live', 'unseen'));
    editor.setVisible(true);
    await editor.until(
      () => namespace.children?.some(({ node }) => node.label === 'unseen'),
      () => 'the service that came meanwhile',
    );
  });

  it('survives a restart of the API server', { skip: cluster.cannot('restartApiServer') }, async () => {
    const editor = await open();
    const namespace = await editor.expand(context, 'tree-live');
    await editor.until(
      () => namespace.children?.some(({ node }) => node.label === 'first'),
      () => 'the rows before',
    );
    await cluster.restartApiServer();
    await apply(service('tree-live', 'afterwards'));
    await editor.until(
      () => namespace.children?.some(({ node }) => node.label === 'afterwards'),
      () => `the service that came afterwards; there are ${TreeEditor.below(namespace).join(' ')}`,
    );
    const row = await editor.row(context);
    await editor.until(
      () => row.node.description === 'current',
      () => `a healthy context; it says ${row.node.description}`,
    );
  });

  it('falls back to the namespaces that a user may see', async () => {
    await apply(service('tree-mine', 'mine'));
    const rules = [
      { apiGroups: ['serving.kserve.io'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ];
    const kubeconfig = await cluster.userKubeconfig({ name: 'ada', namespace: 'tree-mine', rules });
    const editor = await open(kubeconfig);
    editor.typed = ['tree-other'];
    const row = await editor.expand(context);
    await editor.until(
      () => row.children?.some(({ node }) => node.label === 'Add Namespace…'),
      () => `the fall-back; there are ${TreeEditor.below(row).join(' ')}`,
    );
    assert.deepEqual(
      TreeEditor.below(row).map(([label]) => label),
      ['Serving Runtimes', 'tree-mine', 'tree-other', 'Add Namespace…'],
    );
    await editor.row(context, 'tree-mine', 'mine');
    const problem = await editor.row(context, 'tree-other', 'Forbidden');
    assert.match((await problem.node.tooltip?.()) ?? '', /tree\\-other[^]*\n\n./);
  });

  it('says of whom the cluster does not know that he must sign in again', async (test) => {
    const reason = cluster.cannot('expiredToken');
    if (reason) return test.skip(reason);
    const kubeconfig = await cluster.userKubeconfig({ name: 'late', namespace: 'tree-mine', by: 'expired-token' });
    const editor = await open(kubeconfig);
    const problem = await editor.row(context, 'Unauthorized');
    assert.match((await problem.node.tooltip?.()) ?? '', /Sign in again/);
    assert.match((await editor.row(context)).node.description ?? '', /Unauthorized/);
  });

  it('has a row with cause and remedy for a cluster that cannot be reached', async () => {
    const port = await closedPort();
    const file = path.join(cluster.folder, 'unreachable.kubeconfig');
    await writeFile(
      file,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'gone', cluster: { server: `https://127.0.0.1:${port}` } }],
        contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'me' } }],
        users: [{ name: 'me', user: { token: 'x' } }],
      }),
    );
    const editor = await open(file);
    const problem = await editor.row('gone', 'Unreachable');
    const tooltip = (await problem.node.tooltip?.()) ?? '';
    assert.ok(tooltip.includes(String(port)), tooltip);
    assert.equal(tooltip.split('\n\n').length, 2, `cause and remedy: ${tooltip}`);
    assert.equal(problem.node.choose?.title, 'Try Again');
  });

  describe('with 2,000 InferenceServices', { skip: cluster.cannot('manyInferenceServices') }, () => {
    const many = Array.from({ length: 2 }, (_, index) => `many-${index}`);
    before(async () => {
      // KServe would begin to deploy them all.
      await cluster.stopKServe();
      await cluster.createInferenceServices({ count: 2_000, namespaces: many.length });
    });
    after(async () => {
      for (const name of many) {
        const collection = `/apis/serving.kserve.io/v1beta1/namespaces/${name}/inferenceservices`;
        await cluster.kubectl(['delete', '--raw', collection]);
        await cluster.deleteNamespace(name);
      }
      await cluster.startKServe();
    });

    it('groups them in little memory, and refreshes the one that changes', async () => {
      const editor = await open();
      const before = heapAfterCollection();
      const row = await editor.expand(context);
      const isWhole = (name: string): boolean =>
        TreeEditor.below(row).some(([label, description]) => label === name && description === '1000');
      await editor.until(
        () => many.every(isWhole),
        () => `all services; there are ${TreeEditor.below(row).join(' ')}`,
      );
      const grown = (heapAfterCollection() - before) / 1024 / 1024;
      assert.ok(grown < 30, `${grown.toFixed(0)} MiB`);
      const namespace = await editor.expand(context, 'many-1');
      assert.equal(namespace.children?.length, 501);
      assert.deepEqual(TreeEditor.below(namespace).at(-1), ['Show 500 more…', undefined]);
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

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function heapAfterCollection(): number {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { idleService } from '../harness/inferenceService.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';
import { TreeEditor } from '../treeEditor.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';

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
    await apply(idleService('tree-live', 'first'));
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

    await apply(idleService('tree-live', 'broken', { image: 'example.com/does-not-exist:1' }));
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
    await apply(idleService('tree-live', 'quiet'));
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
    await apply(idleService('tree-live', 'unseen'));
    editor.setVisible(true);
    await editor.until(
      () => namespace.children?.some(({ node }) => node.label === 'unseen'),
      () => 'the service that came meanwhile',
    );
  });

  it('falls back to the namespaces that a user may see', async () => {
    await apply(idleService('tree-mine', 'mine'));
    const rules = [
      { apiGroups: ['serving.kserve.io'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ];
    const kubeconfig = await cluster.userKubeconfig({ name: 'ada', namespace: 'tree-mine', rules });
    const editor = await open(kubeconfig);
    editor.typed = ['tree-other'];
    const row = await editor.expand(context);
    await editor.until(
      () => row.children?.some(({ node }) => node.label === 'tree-other'),
      () => `the fall-back; there are ${TreeEditor.below(row).join(' ')}`,
    );
    assert.deepEqual(
      TreeEditor.below(row).map(([label]) => label),
      ['Serving Runtimes', 'tree-mine', 'tree-other'],
    );
    await editor.row(context, 'tree-mine', 'mine');
    const problem = await editor.row(context, 'tree-other', 'Not allowed');
    assert.match((await problem.node.tooltip?.()) ?? '', /tree\\-other[^]*\n\n./);
  });

  it('says of whom the cluster does not know that they must sign in again', async (test) => {
    const reason = cluster.cannot('expiredToken');
    if (reason) return test.skip(reason);
    const kubeconfig = await cluster.userKubeconfig({ name: 'late', namespace: 'tree-mine', by: 'expired-token' });
    const editor = await open(kubeconfig);
    const problem = await editor.row(context, 'Sign-in expired or refused');
    assert.match((await problem.node.tooltip?.()) ?? '', /Sign in again/);
    assert.match((await editor.row(context)).node.description ?? '', /sign-in expired/);
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
    const problem = await editor.row('gone', 'Connection refused');
    const tooltip = (await problem.node.tooltip?.()) ?? '';
    assert.ok(tooltip.includes(String(port)), tooltip);
    assert.equal(tooltip.split('\n\n').length, 2, `cause and remedy: ${tooltip}`);
    assert.ok(problem.node.retry, 'its button tries again');
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * The Clusters tree in a process of its own. fork: treeProcess.ts KUBECONFIG NAMESPACES; answers `open` with the milliseconds
 * until all services are counted in their namespaces, `change` with those from sending a change to the refresh of its row,
 * `memory` with the bytes that the process has taken.
 */
import { openConnection, type ClusterConnection } from '../../../src/cluster/index.ts';
import { TreeEditor } from '../../../test/cluster/treeEditor.ts';

const [kubeconfig = '', namespaces] = process.argv.slice(2);
const context = 'model-deck-test';
const namespace = 'many-3';
const service = 'model-00003';
/** The status alone: KServe's webhooks, which look at the rest, are away. */
const statusPath = `/apis/serving.kserve.io/v1beta1/namespaces/${namespace}/inferenceservices/${service}/status`;
let editor: TreeEditor | undefined;
let connection: ClusterConnection | undefined;
let changes = 0;

async function open(): Promise<number> {
  editor?.close();
  const opened = new TreeEditor(kubeconfig);
  editor = opened;
  const started = performance.now();
  await opened.open();
  const row = await opened.expand(context);
  const whole = (): number => TreeEditor.below(row).filter(([, description]) => description === '1000').length;
  await opened.until(
    () => whole() === Number(namespaces),
    () => 'all services',
  );
  return performance.now() - started;
}

async function change(): Promise<number> {
  if (!editor) throw new Error('The tree is not open.');
  if (!connection) {
    connection = await openConnection({ files: [kubeconfig], contextName: context, environment: {} });
    await editor.expand(context, namespace);
  }
  editor.refreshed.length = 0;
  const body = JSON.stringify({ status: { url: `http://change-${changes++}.example.com` } });
  const started = performance.now();
  const seen = editor.until(
    () => editor?.refreshed.includes(service),
    () => 'the refresh',
  );
  await connection.request({ method: 'PATCH', path: statusPath, body, contentType: 'application/merge-patch+json' });
  await seen;
  return performance.now() - started;
}

const answers: Readonly<Record<string, () => number | Promise<number>>> = {
  open,
  change,
  memory: () => process.memoryUsage().rss,
};

process.on('message', (what) => {
  void Promise.resolve(answers[String(what)]?.()).then((answer) => process.send?.(answer));
});
process.once('disconnect', () => {
  editor?.close();
  connection?.close();
  process.exit(0);
});

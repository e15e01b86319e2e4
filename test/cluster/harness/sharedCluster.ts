import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hooks } from './cluster.ts';
import type { Cluster, Hook } from './cluster.ts';
import { runKubectl } from './kubectl.ts';

/** What a test file gets to know about the cluster that all share: JSON in this variable of the environment. */
const variable = 'MODEL_DECK_TEST_CLUSTER';

/** What a file of tests asks the process for that has the cluster; kubectl it runs itself. */
const calls = [
  'createNamespace',
  'deleteNamespace',
  'createClaim',
  'userKubeconfig',
  'restartApiServer',
  'stopKServe',
  'startKServe',
  'dropConnections',
  'dropAfter',
  'bytesUp',
  'torchServeOf',
  'createInferenceServices',
] as const satisfies readonly (keyof Cluster)[];
type Call = (typeof calls)[number];

type Description = Pick<
  Cluster,
  'kubeconfig' | 'url' | 'nodeNames' | 'proxiedKubeconfig' | 'folder' | 'kubectlPath'
> & {
  readonly control: string;
  readonly missing: Readonly<Partial<Record<Hook, string>>>;
};

/** Lets other processes use a cluster: they need the environment that this gives. */
export async function shareCluster(
  cluster: Cluster,
): Promise<{ readonly env: Readonly<Record<string, string>>; readonly close: () => Promise<void> }> {
  // Everybody on this machine can reach the port.
  const secret = `/${randomBytes(16).toString('hex')}/`;
  const server = createServer((request, response) => {
    const name = calls.find((call) => request.url === `${secret}${call}`);
    if (name === undefined) return void response.writeHead(404).end();
    void answer(cluster, name, request)
      .then(
        (result): [number, unknown] => [200, { result }],
        (error: unknown): [number, unknown] => [500, { error: error instanceof Error ? error.message : String(error) }],
      )
      .then(([status, body]) => response.writeHead(status).end(JSON.stringify(body)));
  });
  // A call may take as long as it takes.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { kubeconfig, url, nodeNames, proxiedKubeconfig, folder, kubectlPath } = cluster;
  const missing = hooks.flatMap((hook) => (cluster.cannot(hook) === false ? [] : [[hook, cluster.cannot(hook)]]));
  const description = {
    ...{ kubeconfig, url, nodeNames, proxiedKubeconfig, folder, kubectlPath },
    control: `http://127.0.0.1:${(server.address() as AddressInfo).port}${secret}`,
    missing: Object.fromEntries(missing) as Description['missing'],
  };
  return {
    env: { [variable]: JSON.stringify(description) },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(cluster: Cluster, name: Call, request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const args = JSON.parse(Buffer.concat(chunks).toString()) as unknown[];
  return (cluster[name] as (...args: unknown[]) => Promise<unknown>)(...args);
}

/**
 * The cluster that `npm run test:cluster` has started for all files of tests.
 *
 * @throws Error when the tests were started otherwise
 */
export function sharedCluster(): Cluster {
  const text = process.env[variable];
  if (!text)
    throw new Error('These tests need a cluster: run them by `npm run test:cluster -- <part of the file name>`.');
  const { control, missing, ...description } = JSON.parse(text) as Description;
  const call =
    (name: Call) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      const response = await fetch(`${control}${name}`, { method: 'POST', body: JSON.stringify(args) });
      const { result, error } = (await response.json()) as { readonly result?: unknown; readonly error?: string };
      if (error !== undefined) throw new Error(error);
      return result;
    };
  const remote = Object.fromEntries(calls.map((name) => [name, call(name)])) as unknown as Pick<Cluster, Call>;
  return {
    ...description,
    ...remote,
    proxiedKubeconfig: description.proxiedKubeconfig,
    cannot: (hook) => missing[hook] ?? false,
    kubectl: (args, options) => runKubectl(description, args, options),
  };
}

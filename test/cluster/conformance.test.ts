import { appendFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { openConnection } from '../../src/cluster/index.ts';
import { pods } from '../../src/kserve/resources/core.ts';
import { conformsAsClusterConnection, type ConnectionPart } from '../conformance/clusterConnection.ts';
import { waitUntil } from '../waitUntil.ts';
import { sharedCluster } from './harness/sharedCluster.ts';

const cluster = sharedCluster();
const namespace = 'conformance';
const pod = { name: 'runner', container: 'main' };
/** kwok does not pass exit codes on; where the log of a pod is written is known of our own kubelet only. */
const isOurs = cluster.cannot('torchServeOf') === false;
const parts: readonly ConnectionPart[] = ['objects', 'changes', 'watch', 'exec', isOurs ? 'logs' : 'exitCode'];

describe('a connection to a real API server', () => {
  conformsAsClusterConnection(parts, async () => {
    await cluster.createNamespace(namespace);
    await cluster.createClaim({ namespace, name: 'data' });
    const options = { files: [cluster.kubeconfig], contextName: 'model-deck-test', environment: {} };
    const connection = await openConnection(options);
    const volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
    const main = { name: pod.container, image: 'busybox', command: ['sleep', '3600'], workingDir: '/data' };
    await connection.create(pods, {
      metadata: { name: pod.name, namespace },
      spec: { containers: [{ ...main, volumeMounts: [{ name: 'data', mountPath: '/data' }] }], volumes: [volume] },
    });
    await waitUntil('the pod runs', async () => {
      const { status } = await connection.get(pods, { name: pod.name, namespace });
      return status?.phase === 'Running';
    });
    return {
      connection,
      namespace,
      pod,
      writeAs: async (manager, object) => {
        const args = ['apply', '--server-side', '--force-conflicts', `--field-manager=${manager}`, '-f', '-'];
        await cluster.kubectl(args, { input: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', ...object }) });
      },
      say: async (line) => appendFile(await logFile(), `${new Date().toISOString()} stdout F ${line}\n`),
      close: async () => {
        connection.close();
        await cluster.deleteNamespace(namespace);
      },
    };
  });
});

const logFile = (): Promise<string> =>
  cluster.kubectl([
    ...['get', 'logs.kwok.x-k8s.io', pod.name, '-n', namespace, '-o', 'jsonpath={.spec.logs[0].logsFile}'],
  ]);

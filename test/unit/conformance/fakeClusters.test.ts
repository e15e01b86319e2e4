import { describe } from 'node:test';
import { configMaps, pods, type Pod } from '../../../src/kserve/resources/core.ts';
import { conformsAsClusterConnection } from '../../conformance/clusterConnection.ts';
import { FakeCluster as ClaimCluster } from '../stores/claim/fakeCluster.ts';
import { FakeCluster as ObjectCluster } from '../targets/kserve/fakeCluster.ts';

const namespace = 'ml';

describe('the fake cluster of the deploy tests', () => {
  conformsAsClusterConnection(['objects', 'changes', 'watch', 'logs'], () => {
    const cluster = new ObjectCluster();
    cluster.missingKinds.add('absents');
    cluster.put(pods, { metadata: { name: 'speaker', namespace } }, 'installer');
    return {
      connection: cluster.connection,
      namespace,
      writeAs: (manager, object) => Promise.resolve(cluster.applyAs(manager, configMaps, object)),
      pod: { name: 'speaker', container: 'main' },
      say: (line) => {
        const lines = cluster.logs.get('speaker/main') ?? [];
        cluster.logs.set('speaker/main', [...lines, line]);
        return Promise.resolve();
      },
      close: () => undefined,
    };
  });
});

describe('the fake cluster of the claim tests', () => {
  conformsAsClusterConnection(['objects', 'exec', 'exitCode'], async () => {
    const connection = await ClaimCluster.open();
    const pod = (name: string): Pod => ({
      metadata: { name, namespace },
      spec: { containers: [{ name: 'upload', image: 'busybox' }] },
    });
    await connection.create(pods, pod('runner'));
    return {
      connection,
      namespace,
      sample: { type: pods, make: pod },
      pod: { name: 'runner', container: 'upload' },
      close: () => connection[Symbol.asyncDispose](),
    };
  });
});

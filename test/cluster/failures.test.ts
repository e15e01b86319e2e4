import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inferenceService } from './harness/inferenceService.ts';
import type { InferenceServiceOrder } from './harness/inferenceService.ts';
import type { ContainerState } from './harness/kubelet/podStatus.ts';
import { portForward } from './harness/portForward.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { storeCatsAndFaults } from './harness/storedCats.ts';
import { waitUntil } from './harness/waitUntil.ts';

const cluster = sharedCluster();
const namespace = 'failures';

interface ContainerStatus {
  readonly restartCount: number;
  readonly state: Partial<Record<'waiting' | 'terminated', { readonly reason?: string; readonly message?: string }>>;
  readonly lastState: { readonly terminated?: Extract<ContainerState, { terminated: unknown }>['terminated'] };
}

interface PodStatus {
  readonly phase: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

/** What goes wrong, by the name of its InferenceService. */
const services: Readonly<Record<string, Partial<InferenceServiceOrder>>> = {
  'missing-image': { model: { image: 'kserve/does-not-exist:1.0' } },
  'too-large': { model: { resources: { requests: { cpu: '1000' }, limits: { cpu: '1000' } } } },
  'missing-claim': { storageUri: 'pvc://nowhere/cats' },
  'pending-claim': { storageUri: 'pvc://pending/cats' },
  'wrong-node': {
    storageUri: 'pvc://elsewhere/cats',
    predictor: { nodeSelector: { 'kubernetes.io/hostname': cluster.nodeNames[0] } },
  },
  'missing-model': { storageUri: 's3://models/missing', format: 'sklearn' },
  'missing-config': { storageUri: 'pvc://models/empty' },
  'no-archive': { storageUri: 'pvc://models/no-archive' },
  'other-archive': { storageUri: 'pvc://models/other-archive', model: { runtimeVersion: '0.12.0' } },
  'dead-torchserve': { storageUri: 'pvc://models/other-archive' },
  'little-memory': { model: { resources: { requests: { memory: '256Mi' }, limits: { memory: '256Mi' } } } },
  'never-ready': { storageUri: 's3://models/fine', format: 'sklearn', labels: { 'kubelet.test/never-ready': 'true' } },
  'no-runtime': { format: 'nonesuch' },
};

/** Every failure as the cluster shows it to who asks by kubectl; what we make of them is tested elsewhere. */
describe('a failure in the cluster', { skip: cluster.cannot('playedFailures') }, () => {
  before(async () => {
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    await storeCatsAndFaults(folder);
    await cluster.createClaim({ namespace, name: 'pending', unbound: true });
    await cluster.createClaim({ namespace, name: 'elsewhere', nodeName: cluster.nodeNames[1] ?? '' });
    const manifests = Object.entries(services).map(([name, change]) =>
      inferenceService({ namespace, name, storageUri: 'pvc://models/cats', ...change }),
    );
    await cluster.kubectl(['apply', '-f', '-'], { input: manifests.join('\n---\n') });
  });
  after(() => cluster.deleteNamespace(namespace));

  it('of an image that no registry has', async () => {
    const { phase } = await podWith('missing-image', ({ containerStatuses: [container] = [] }) => {
      const { reason, message = '' } = container?.state.waiting ?? {};
      return reason === 'ImagePullBackOff' && /^Back-off pulling image ".*": ErrImagePull: .*not found$/.test(message);
    });
    assert.equal(phase, 'Pending');
    const events = await eventsOf('missing-image');
    assert.match(events, /Failed: Failed to pull image "kserve\/does-not-exist:1.0": rpc error: code = NotFound/);
    assert.match(events, /BackOff: Back-off pulling image/);
  });

  for (const [name, words] of [
    ['too-large', /0\/2 nodes are available: 2 Insufficient cpu/],
    ['missing-claim', /persistentvolumeclaim "nowhere" not found/],
    ['pending-claim', /pod has unbound immediate PersistentVolumeClaims/],
    ['wrong-node', /didn't match PersistentVolume's node affinity/],
  ] as const) {
    it(`of a pod that cannot be scheduled: ${name}`, async () => {
      const isWhy = ({ message = '' }: { readonly message?: string }): boolean => words.test(message);
      await podWith(name, ({ conditions = [] }) => conditions.some(isWhy));
      const events = await waitUntil('there is an event', async () => {
        const all = await eventsOf(name);
        return all.includes('FailedScheduling') ? all : undefined;
      });
      assert.match(events, words);
    });
  }

  it('of a storage initializer that finds no model', async () => {
    const { initContainerStatuses: [init] = [] } = await podWith(
      'missing-model',
      ({ initContainerStatuses: [container] = [] }) => container?.state.waiting?.reason === 'CrashLoopBackOff',
    );
    assert.equal(init?.lastState.terminated?.exitCode, 1);
    assert.match(init.lastState.terminated.message ?? '', /No model found in s3:\/\/models\/missing/);
    const log = await logsOf('missing-model', '-c', 'storage-initializer');
    assert.match(log, /Storage initialization failed/);
    assert.match(await failureOf('missing-model'), /ModelLoadFailed/);
  });

  for (const [name, exitCode, reason, words] of [
    ['missing-config', 1, 'Error', /--ts-config file not found: \/mnt\/models\/config\/config.properties/],
    ['no-archive', 1, 'Error', /ModelMissingError: \/mnt\/models\/model-store/],
    ['other-archive', 1, 'Error', /Model archive file for model cats, version 1.0 not found in model store/],
    ['little-memory', 137, 'OOMKilled', /./],
  ] as const) {
    it(`of a TorchServe that ends: ${name}`, async () => {
      const { containerStatuses: [container] = [] } = await podWith(
        name,
        ({ containerStatuses: [status] = [] }) => status?.state.waiting?.reason === 'CrashLoopBackOff',
      );
      assert.match(
        container?.state.waiting?.message ?? '',
        /^back-off \S+ restarting failed container=kserve-container/,
      );
      assert.ok(container && container.restartCount > 0);
      assert.equal(container.lastState.terminated?.exitCode, exitCode);
      assert.equal(container.lastState.terminated.reason, reason);
      assert.match(await logsOf(name), words);
      assert.match(await logsOf(name, '--previous'), words);
      assert.match(await eventsOf(name), /BackOff: Back-off restarting failed container kserve-container in pod/);
    });
  }

  it('of a TorchServe that has ended behind the wrapper of KServe 0.9.0, which says that all is well', async () => {
    const name = 'dead-torchserve';
    await podWith(name, ({ conditions = [] }) =>
      conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    );
    await waitUntil('TorchServe has given up', async () => {
      const log = await logsOf(name);
      return /InvalidSnapshotException/.test(log) || undefined;
    });
    const forwarding = await portForward(cluster, { namespace, target: `deployment/${name}-predictor`, port: 8080 });
    try {
      const model = `${forwarding.url}/v1/models/cats`;
      assert.deepEqual(await (await fetch(model)).json(), { name: 'cats', ready: true });
      const error = await waitUntil('nobody answers', async () => {
        const response = await fetch(`${model}:predict`, { method: 'POST', body: '{"instances":[]}' });
        return response.status === 500 ? ((await response.json()) as object) : undefined;
      });
      assert.deepEqual(error, { error: 'ConnectError : All connection attempts failed' });
    } finally {
      await forwarding.stop();
    }
  });

  it('of a pod that runs and is never ready', async () => {
    const { conditions } = await podWith('never-ready', ({ phase }) => phase === 'Running');
    const ready = conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.status, 'False');
    assert.equal(ready.message, 'containers with unready status: [kserve-container]');
  });

  it('of a format that no runtime has', async () => {
    assert.match(await failureOf('no-runtime'), /No runtime found to support specified framework.*NoSupportingRuntime/);
  });

  it('of a quota that is used up', async () => {
    const name = 'quota';
    await cluster.createNamespace(name);
    try {
      await cluster.kubectl(['create', 'quota', 'none', '-n', name, '--hard=pods=0']);
      const order = { namespace: name, name: 'cats', storageUri: 's3://models/fine', format: 'sklearn' };
      await cluster.kubectl(['apply', '-f', '-'], { input: inferenceService(order) });
      await waitUntil('the replica set has failed', async () => {
        const events = await cluster.kubectl(['get', 'events', '-n', name, '-o', 'jsonpath={.items[*].message}']);
        return (
          /is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0/.test(events) ||
          undefined
        );
      });
    } finally {
      await cluster.deleteNamespace(name);
    }
  });

  it('of somebody who has no rights, or whose token is too old', async () => {
    const list = ['get', 'inferenceservices', '-n', namespace];
    const stranger = await cluster.userKubeconfig({ name: 'stranger', namespace, rules: [] });
    await assert.rejects(
      cluster.kubectl(list, { kubeconfig: stranger }),
      /inferenceservices.* is forbidden: User "stranger"/,
    );
    const rules = [{ apiGroups: ['serving.kserve.io'], resources: ['inferenceservices'], verbs: ['get', 'list'] }];
    const reader = await cluster.userKubeconfig({ name: 'reader', namespace, rules, by: 'token' });
    assert.match(await cluster.kubectl(['get', 'inferenceservices'], { kubeconfig: reader }), /never-ready/);
    await assert.rejects(cluster.kubectl(['get', 'pods'], { kubeconfig: reader }), /pods is forbidden/);
    const expired = await cluster.userKubeconfig({ name: 'reader', namespace, rules, by: 'expired-token' });
    await assert.rejects(cluster.kubectl(list, { kubeconfig: expired }), /You must be logged in to the server/);
  });

  const select = (name: string): readonly string[] => ['-l', `serving.kserve.io/inferenceservice=${name}`];

  /** The status of the service's pod, as soon as it is so. */
  function podWith(name: string, isSo: (status: PodStatus) => boolean): Promise<PodStatus> {
    return waitUntil(
      `the pod of ${name} is so`,
      async () => {
        const text = await cluster.kubectl(['get', 'pods', '-n', namespace, ...select(name), '-o', 'json']);
        const { items } = JSON.parse(text) as { readonly items: readonly { readonly status: PodStatus }[] };
        return items.map(({ status }) => status).find(isSo);
      },
      120,
    );
  }

  function logsOf(name: string, ...options: readonly string[]): Promise<string> {
    return cluster.kubectl(['logs', '-n', namespace, `deployment/${name}-predictor`, ...options]);
  }

  /** Reasons and messages of the events about the service's pods. */
  async function eventsOf(name: string): Promise<string> {
    const template = '{range .items[*]}{.involvedObject.name} {.reason}: {.message}{"\\n"}{end}';
    const all = await cluster.kubectl(['get', 'events', '-n', namespace, '-o', `jsonpath=${template}`]);
    return all
      .split('\n')
      .filter((line) => line.startsWith(`${name}-predictor-`))
      .join('\n');
  }

  /** What KServe itself writes about it. */
  function failureOf(name: string): Promise<string> {
    return waitUntil('KServe has noticed', async () => {
      const path = 'jsonpath={.status.modelStatus.lastFailureInfo}';
      const failure = await cluster.kubectl(['get', '-n', namespace, `isvc/${name}`, '-o', path]);
      return failure === '' ? undefined : failure;
    });
  }
});

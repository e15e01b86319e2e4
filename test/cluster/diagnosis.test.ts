import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { ModelDeckError, type ErrorCategory } from '../../src/foundation/error.ts';
import { events, pods, type KubeEvent, type Pod } from '../../src/kserve/resources/core.ts';
import { openClusters, type Clusters, type KServeTarget } from '../../src/targets/index.ts';
import { diagnosisOf } from '../../src/targets/kserve/failure.ts';
import type { DeployRequest } from '../../src/targets/target.ts';
import { inferenceService, type InferenceServiceOrder } from './harness/inferenceService.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { storeCatsAndFaults } from './harness/storedCats.ts';

const cluster = sharedCluster();
const context = 'model-deck-test';
const namespace = `diagnosis-${randomBytes(3).toString('hex')}`;
const [nodeA, nodeB = ''] = cluster.nodeNames;

/** What is seen of a service at a moment. */
interface Seen {
  readonly pods: readonly Pod[];
  readonly events: readonly KubeEvent[];
}

interface Failure {
  /** Of the service, and how it is provoked. */
  readonly name: string;
  readonly order: Partial<InferenceServiceOrder>;
  /** What it has to be called; one of them, where the server tells of two at once. */
  readonly code: string | readonly string[];
  readonly category: ErrorCategory | readonly ErrorCategory[];
  readonly says: RegExp;
  /** Button of the message. */
  readonly step: string | undefined;
  /** From when on the cluster knows it. */
  readonly isKnown: (seen: Seen) => boolean;
}

const waitingFor =
  (reasons: RegExp) =>
  ({ pods: all }: Seen): boolean =>
    all.some(({ status }) =>
      [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(
        ({ state, restartCount = 0 }) =>
          reasons.test(state?.waiting?.reason ?? (restartCount > 0 ? 'Restarted' : (state?.terminated?.reason ?? ''))),
      ),
    );
const notScheduled = ({ pods: all }: Seen): boolean =>
  all.some(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'PodScheduled' && is === 'False'),
  );
const ended = waitingFor(/Error|OOMKilled|CrashLoopBackOff|Restarted/);
const hasEvent =
  (pattern: RegExp) =>
  ({ events: all }: Seen): boolean =>
    all.some(({ message = '' }) => pattern.test(message));

/** The failures of the list, each with the name that it has to be given within five seconds of the cluster knowing. */
const failures: readonly Failure[] = [
  {
    name: 'missing-image',
    order: { model: { image: 'kserve/does-not-exist:1.0' } },
    code: 'image-not-found',
    category: 'not-found',
    says: /kserve\/does-not-exist:1\.0/,
    step: 'show-manifest',
    isKnown: waitingFor(/ErrImagePull|ImagePullBackOff/),
  },
  {
    name: 'too-large',
    order: { model: { resources: { requests: { cpu: '1000' }, limits: { cpu: '1000' } } } },
    code: 'insufficient-cpu',
    category: 'no-space',
    says: /2 have too little cpu \(it asks for 1000 CPU/,
    step: 'show-manifest',
    isKnown: notScheduled,
  },
  {
    name: 'missing-claim',
    order: { storageUri: 'pvc://nowhere/cats' },
    code: 'claim-missing',
    category: 'not-found',
    says: /nowhere.*does not exist/,
    step: 'show-events',
    isKnown: notScheduled,
  },
  {
    name: 'pending-claim',
    order: { storageUri: 'pvc://pending/cats' },
    code: 'no-provisioner',
    category: 'server',
    says: /pending has no volume/,
    step: 'show-events',
    isKnown: notScheduled,
  },
  {
    name: 'wrong-node',
    order: { storageUri: 'pvc://elsewhere/cats', predictor: { nodeSelector: { 'kubernetes.io/hostname': nodeA } } },
    code: 'volume-node-conflict',
    category: 'server',
    says: /volume, which is on another node/,
    step: 'show-events',
    isKnown: notScheduled,
  },
  {
    name: 'no-model',
    order: { storageUri: 's3://models/missing', format: 'sklearn' },
    code: 'storage-not-found',
    category: 'not-found',
    says: /s3:\/\/models\/missing/,
    step: 'show-pod-logs',
    isKnown: ended,
  },
  {
    name: 'missing-config',
    order: { storageUri: 'pvc://models/empty' },
    code: 'config-missing',
    category: 'not-found',
    says: /config\.properties/,
    step: 'show-pod-logs',
    isKnown: ended,
  },
  {
    name: 'no-archive',
    order: { storageUri: 'pvc://models/no-archive' },
    code: ['archive-not-accepted', 'archive-missing'],
    category: ['invalid-input', 'not-found'],
    says: /in the model-store of no-archive/,
    step: 'show-pod-logs',
    isKnown: ended,
  },
  {
    name: 'other-archive',
    order: { storageUri: 'pvc://models/other-archive', model: { runtimeVersion: '0.12.0' } },
    code: 'archive-missing',
    category: 'not-found',
    says: /cats/,
    step: 'show-pod-logs',
    isKnown: ended,
  },
  {
    name: 'dead-torchserve',
    order: { storageUri: 'pvc://models/dead-torchserve' },
    code: 'archive-missing',
    category: 'not-found',
    says: /cats/,
    step: 'show-pod-logs',
    isKnown: () => false,
  },
  {
    name: 'little-memory',
    order: {
      storageUri: 'pvc://models/cats',
      model: { resources: { requests: { memory: '256Mi' }, limits: { memory: '256Mi' } } },
    },
    code: 'out-of-memory',
    category: 'server',
    says: /more memory than its limit of 256(\.0)? MiB/,
    step: 'show-pod-logs',
    isKnown: ended,
  },
  {
    name: 'no-runtime',
    order: { format: 'nonesuch' },
    code: 'no-runtime',
    category: 'not-found',
    says: /no runtime .*nonesuch/i,
    step: 'show-manifest',
    isKnown: hasEvent(/no runtime found to support predictor/),
  },
];

describe('a failed deploy is named', { skip: cluster.cannot('playedFailures') }, () => {
  let clusters: Clusters;
  let target: KServeTarget;
  const table: string[] = [];

  before(async () => {
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    assert.ok(folder);
    await storeCatsAndFaults(folder);
    await cp(path.join(folder, 'other-archive'), path.join(folder, 'dead-torchserve'), { recursive: true });
    await cluster.createClaim({ namespace, name: 'pending', unbound: true });
    await cluster.createClaim({ namespace, name: 'elsewhere', nodeName: nodeB });
    clusters = opened();
    target = await clusters.target(context, namespace);
  });
  after(async () => {
    console.log(table.join('\n'));
    clusters.close();
    await cluster.deleteNamespace(namespace);
  });

  // Most of it is waiting.
  describe('in a deploy', { concurrency: 3 }, () => {
    for (const failure of failures) {
      it(`${failure.name}: ${[failure.code].flat().join(' or ')}`, async () => {
        const point = await target.restorePoint(failure.name);
        const watching = knownSince(failure);
        const request = requestOf(failure.name, failure.order);
        const error = await target.deploy(request).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        const endedAt = Date.now();
        const known = await watching.stop();
        const restoration = await point.restore(request.model);
        assert.ok(ModelDeckError.is(error), 'it became ready');
        const took = known === undefined ? undefined : endedAt - known;
        table.push(`${failure.name.padEnd(16)} ${String(took ?? '-').padStart(5)} ms  ${error.message}`);
        const { code, severity } = diagnosisOf(error) ?? {};
        assert.ok([failure.code].flat().includes(code ?? ''), `${code ?? 'nothing'}: ${error.message}`);
        assert.equal(severity, 'error');
        assert.match(error.message, failure.says);
        assert.ok([failure.category].flat().includes(error.category), error.category);
        assert.equal(error.nextStep?.kind, failure.step);
        assert.ok(error.remedy);
        assert.ok(took === undefined || took <= 5000, `${took} ms after the cluster knew`);
        assert.deepEqual(restoration, { remains: [], modelInUse: false });
        const left = await cluster.kubectl(['get', '-n', namespace, 'isvc,deploy,pods', '-o', 'name']);
        assert.ok(!left.includes(`/${failure.name}`), left);
      });
    }
  });

  it('a quota that is used up', async () => {
    const other = `${namespace}-quota`;
    await cluster.createNamespace(other);
    await cluster.kubectl(['create', 'quota', 'none', '-n', other, '--hard=pods=0']);
    const place = await clusters.target(context, other);
    try {
      const request = requestOf('cats', { namespace: other, storageUri: 's3://models/fine', format: 'sklearn' });
      const { warnings } = await place.plan(request);
      assert.match(warnings.join('\n'), /quota/i);
      await assert.rejects(place.deploy(request), (error) => {
        assert.equal(diagnosisOf(error)?.code, 'quota-exceeded');
        return ModelDeckError.is(error) && error.category === 'no-space' && /quota none/.test(error.message);
      });
    } finally {
      await cluster.deleteNamespace(other);
    }
  });

  it('somebody without rights, and an expired token', async () => {
    const rules = [
      { apiGroups: ['serving.kserve.io'], resources: ['inferenceservices'], verbs: ['get', 'list', 'watch'] },
    ];
    const reader = opened(await cluster.userKubeconfig({ name: 'reader', namespace, rules }));
    const place = await reader.target((await reader.contexts())[0]?.name ?? '', namespace);
    await assert.rejects(place.plan(requestOf('cats', {})), {
      category: 'forbidden',
      message: /may not (patch|create) .*inferenceservices/,
    });
    reader.close();
    if (cluster.cannot('expiredToken') !== false) return;
    const late = opened(await cluster.userKubeconfig({ name: 'late', namespace, rules, by: 'expired-token' }));
    const there = await late.target((await late.contexts())[0]?.name ?? '', namespace);
    await assert.rejects(there.plan(requestOf('cats', {})), { category: 'unauthorized' });
    late.close();
  });

  it('no runtime: told by the plan', async () => {
    await assert.rejects(target.plan(requestOf('cats', { format: 'nonesuch' })), {
      category: 'not-found',
      message: /no runtime .*nonesuch/i,
    });
  });

  function opened(kubeconfig = cluster.kubeconfig): Clusters {
    return openClusters({ files: () => Promise.resolve([kubeconfig]), environment: {}, extensionVersion: '1.0.0' });
  }

  /** Looks as often as it can, so that the measure does not depend on what is measured. */
  function knownSince({ name, isKnown }: Failure): { readonly stop: () => Promise<number | undefined> } {
    let isOver = false;
    const looking = (async (): Promise<number | undefined> => {
      while (!isOver) {
        const [own, all] = await Promise.all([
          target.connection.list(pods, { namespace, labelSelector: `serving.kserve.io/inferenceservice=${name}` }),
          target.connection.list(events, { namespace }),
        ]);
        const about = all.items.filter(({ involvedObject }) => involvedObject?.name?.startsWith(name));
        if (isKnown({ pods: own.items, events: about })) return Date.now();
        await delay(100);
      }
      return undefined;
    })();
    return {
      stop: () => {
        isOver = true;
        return looking;
      },
    };
  }
});

function requestOf(name: string, order: Partial<InferenceServiceOrder>): DeployRequest {
  // One of its own, so that none finds that another one uses its model.
  const storageUri = `pvc://models/${name}`;
  const manifest = inferenceService({ namespace, name, storageUri, ...order });
  const stored = { storeId: 'test', name: 'cats', version: '1.0', size: 1, sha256: 'f'.repeat(64) };
  return {
    name,
    model: { ...stored, storageUri: order.storageUri ?? storageUri },
    protocol: 'v1',
    cluster: { manifest },
  };
}

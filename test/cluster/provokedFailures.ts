import assert from 'node:assert/strict';
import type { ErrorCategory } from '../../src/foundation/error.ts';
import { events, pods, type KubeEvent, type Pod } from '../../src/kserve/resources/core.ts';
import { inferenceServices, type InferenceService } from '../../src/kserve/resources/inferenceService.ts';
import type { KServeTarget } from '../../src/targets/index.ts';
import type { DeployRequest, Restoration } from '../../src/targets/target.ts';
import type { Cluster } from './harness/cluster.ts';
import { waitUntil } from '../waitUntil.ts';
import { inferenceService, type InferenceServiceOrder } from './harness/inferenceService.ts';
import { storeCatsAndFaults } from './harness/storedCats.ts';

/** What is seen of a service at a moment. */
interface Seen {
  readonly service: InferenceService | undefined;
  /** Of the servers. */
  readonly log: string;
  readonly pods: readonly Pod[];
  readonly events: readonly KubeEvent[];
}

export interface Failure {
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
const cannotReconcile = ({ service }: Seen): boolean =>
  service?.status?.conditions?.some(({ reason }) => reason === 'ReconcileFailed') === true;
const hasEvent =
  (pattern: RegExp) =>
  ({ events: all }: Seen): boolean =>
    all.some(({ message = '' }) => pattern.test(message));

/** The failures of a deploy, each with the name that it has to be given. */
export const provokedFailures = (cluster: Cluster): readonly Failure[] => [
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
    category: 'not-found',
    says: /pending has no volume/,
    step: 'show-events',
    isKnown: notScheduled,
  },
  {
    name: 'wrong-node',
    order: {
      storageUri: 'pvc://elsewhere/cats',
      predictor: { nodeSelector: { 'kubernetes.io/hostname': cluster.nodeNames[0] } },
    },
    code: 'volume-node-conflict',
    category: 'conflict',
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
    isKnown: ({ log }) => /Torchserve stopped|InvalidSnapshotException|Model archive file .* not found/.test(log),
  },
  {
    name: 'little-memory',
    order: {
      storageUri: 'pvc://models/cats',
      model: { resources: { requests: { memory: '256Mi' }, limits: { memory: '256Mi' } } },
    },
    code: 'out-of-memory',
    category: 'no-space',
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
  {
    name: 'small-limit',
    // The request is that of the runtime, one CPU.
    order: { model: { resources: { limits: { cpu: 0.1 } } } },
    code: 'limit-below-request',
    category: 'invalid-input',
    says: /more cpu .* than its limit/,
    step: 'show-manifest',
    isKnown: cannotReconcile,
  },
  {
    name: 'no-volume',
    order: { model: { volumeMounts: [{ name: 'nowhere', mountPath: '/extra' }] } },
    code: 'volume-mount-unknown',
    category: 'invalid-input',
    says: /mounts the volume nowhere/,
    step: 'show-manifest',
    isKnown: cannotReconcile,
  },
  {
    name: 'no-keda',
    order: {
      annotations: { 'serving.kserve.io/autoscalerClass': 'keda' },
      predictor: {
        ...{ minReplicas: 1, maxReplicas: 2 },
        autoScaling: {
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
            },
          ],
        },
      },
    },
    code: 'autoscaler-missing',
    category: 'not-found',
    says: /has no KEDA/,
    step: 'show-manifest',
    isKnown: cannotReconcile,
  },
  {
    // It fits into every label of KServe, and with the namespace not into the host name.
    name: `l${'o'.repeat(40)}ng`,
    order: {},
    code: 'name-too-long',
    category: 'invalid-input',
    says: /longer than the 63 characters/,
    step: 'show-manifest',
    isKnown: cannotReconcile,
  },
];

/** Makes the namespace with all that the failures need to fail as they should. */
export async function prepareFailures(cluster: Cluster, namespace: string): Promise<void> {
  await cluster.createNamespace(namespace);
  const { folder } = await cluster.createClaim({ namespace, name: 'models' });
  assert.ok(folder);
  await storeCatsAndFaults(folder);
  await cluster.createClaim({ namespace, name: 'pending', unbound: true });
  await cluster.createClaim({ namespace, name: 'elsewhere', nodeName: cluster.nodeNames[1] ?? '' });
}

export function failingRequest(namespace: string, name: string, order: Partial<InferenceServiceOrder>): DeployRequest {
  // One of its own, so that none finds that another one uses its model.
  const storageUri = `pvc://models/${name}`;
  const stored = { storeId: 'test', name: 'cats', version: '1.0', size: 1, sha256: 'f'.repeat(64) };
  return {
    name,
    model: { ...stored, storageUri: order.storageUri ?? storageUri },
    protocol: 'v1',
    cluster: { manifest: inferenceService({ namespace, name, storageUri, ...order }) },
  };
}

export interface Provoked {
  /** What the deploy ended with; undefined when it became ready. */
  readonly error: unknown;
  /** Milliseconds from when the cluster knew until the deploy ended; undefined when the cluster never knew. */
  readonly tookMs: number | undefined;
  readonly restoration: Restoration;
}

/** Deploys what fails, waits for the failure's name, and takes everything back. */
export async function provoke(target: KServeTarget, failure: Failure): Promise<Provoked> {
  const point = await target.restorePoint(failure.name);
  const watching = knownSince(target, failure);
  const request = failingRequest(target.cluster.namespace, failure.name, failure.order);
  const error = await target.deploy(request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const endedAt = Date.now();
  const known = await watching.stop();
  const restoration = await point.restore(request.model);
  return { error, tookMs: known === undefined ? undefined : endedAt - known, restoration };
}

/** Looks as often as it can, so that the measure does not depend on what is measured. */
function knownSince(
  { cluster: { connection, namespace } }: KServeTarget,
  { name, isKnown }: Failure,
): { readonly stop: () => Promise<number | undefined> } {
  let isOver = false;
  const logOf = async (pod: string): Promise<string> => {
    const lines: string[] = [];
    const of = { namespace, pod, container: 'kserve-container', previous: false };
    await connection.logs(of, (line) => lines.push(line)).catch(() => undefined);
    return lines.join('\n');
  };
  const look = async (): Promise<{ readonly since?: number } | undefined> => {
    if (isOver) return {};
    const [own, all, service] = await Promise.all([
      connection.list(pods, { namespace, labelSelector: `serving.kserve.io/inferenceservice=${name}` }),
      connection.list(events, { namespace }),
      connection.get(inferenceServices, { namespace, name }).catch(() => undefined),
    ]);
    const about = all.items.filter(({ involvedObject }) => involvedObject?.name?.startsWith(name));
    const logs = await Promise.all(own.items.map(({ metadata }) => logOf(metadata.name)));
    return isKnown({ service, pods: own.items, events: about, log: logs.join('\n') })
      ? { since: Date.now() }
      : undefined;
  };
  const looking = waitUntil(`the cluster knows of ${name}`, look, 600).then(({ since }) => since);
  return {
    stop: () => {
      isOver = true;
      return looking;
    },
  };
}

import type { DiagnosisEvidence } from '../../../src/kserve/index.ts';
import type {
  ContainerStatus,
  Deployment,
  KubeEvent,
  Node,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
} from '../../../src/kserve/resources/core.ts';
import type { InferenceService, InferenceServiceStatus } from '../../../src/kserve/resources/inferenceService.ts';

/** Objects as a cluster with KServe v0.20 and Kubernetes 1.34 shows them, for one service `resnet18` in `ml`. */

const created = '2026-10-01T10:00:00Z';
export const podCreated = '2026-10-01T10:00:02Z';
export const podName = 'resnet18-predictor-6d5f7c9b4-x2x7p';

type Deep<T> = { readonly [K in keyof T]?: T[K] extends object | undefined ? Deep<T[K]> : T[K] };

export function service(
  over: { metadata?: Partial<InferenceService['metadata']>; model?: object; predictor?: object } = {},
  status: InferenceServiceStatus = starting,
): InferenceService {
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name: 'resnet18',
      namespace: 'ml',
      uid: '3f0f8a3e-0000-4000-8000-000000000001',
      resourceVersion: '4711',
      generation: 1,
      creationTimestamp: created,
      finalizers: ['inferenceservice.finalizers'],
      annotations: { 'serving.kserve.io/deploymentMode': 'Standard', modelFormat: 'pytorch' },
      ...over.metadata,
    },
    spec: {
      predictor: {
        ...over.predictor,
        model: {
          modelFormat: { name: 'pytorch' },
          protocolVersion: 'v1',
          storageUri: 'pvc://models/resnet18',
          ...over.model,
        },
      },
    },
    status,
  };
}

/** While its pod starts. */
export const starting: InferenceServiceStatus = {
  conditions: [
    { type: 'IngressReady', status: 'False', reason: 'Predictor ingress not created', lastTransitionTime: podCreated },
    {
      type: 'PredictorReady',
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'Deployment does not have minimum availability.',
      lastTransitionTime: podCreated,
    },
    {
      type: 'Ready',
      status: 'False',
      reason: 'Predictor ingress not created',
      lastTransitionTime: podCreated,
    },
    { type: 'Stopped', status: 'False', lastTransitionTime: podCreated },
  ],
  deploymentMode: 'Standard',
  clusterServingRuntimeName: 'kserve-torchserve',
  modelStatus: { transitionStatus: 'InProgress', states: { activeModelState: '', targetModelState: 'Pending' } },
  observedGeneration: 1,
};

export const ready: InferenceServiceStatus = {
  address: { url: 'http://resnet18-predictor.ml.svc.cluster.local' },
  url: 'http://resnet18-ml.example.com',
  conditions: [
    { type: 'IngressReady', status: 'True', lastTransitionTime: '2026-10-01T10:00:30Z' },
    { type: 'PredictorReady', status: 'True', lastTransitionTime: '2026-10-01T10:00:30Z' },
    { type: 'Ready', status: 'True', lastTransitionTime: '2026-10-01T10:00:30Z' },
    { type: 'Stopped', status: 'False', lastTransitionTime: podCreated },
  ],
  components: { predictor: { url: 'http://resnet18-predictor-ml.example.com' } },
  deploymentMode: 'Standard',
  clusterServingRuntimeName: 'kserve-torchserve',
  modelStatus: {
    transitionStatus: 'UpToDate',
    states: { activeModelState: 'Loaded', targetModelState: 'Loaded' },
    copies: { failedCopies: 0, totalCopies: 1 },
  },
  observedGeneration: 1,
};

export function failed(reason: string, message: string, states = 'FailedToLoad'): InferenceServiceStatus {
  return {
    ...starting,
    conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: created }],
    modelStatus: {
      transitionStatus: 'InvalidSpec',
      states: { activeModelState: '', targetModelState: states },
      lastFailureInfo: { reason, message },
    },
  };
}

/** The predictor's pod; without statuses it has been made and has no node yet. */
export function pod(
  status: Pod['status'] = { phase: 'Pending' },
  over: { spec?: Deep<Pod['spec']>; metadata?: Partial<Pod['metadata']>; uri?: 'pvc' | 's3' | 'none' } = {},
): Pod {
  const uri = over.uri ?? 'pvc';
  const mounts = uri === 'none' ? [] : [{ name: 'model', mountPath: '/mnt/models', readOnly: true }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName,
      namespace: 'ml',
      uid: '7a1c3c52-0000-4000-8000-000000000002',
      creationTimestamp: podCreated,
      labels: {
        app: 'isvc.resnet18-predictor',
        component: 'predictor',
        'serving.kserve.io/inferenceservice': 'resnet18',
        serviceEnvelope: 'kserve',
      },
      annotations: {
        'internal.serving.kserve.io/storage-initializer-sourceuri':
          uri === 's3' ? 's3://models/resnet18' : 'pvc://models/resnet18',
      },
      ...over.metadata,
    },
    spec: {
      containers: [
        {
          name: 'kserve-container',
          image: 'pytorch/torchserve-kfs:0.9.0',
          resources: { requests: { cpu: '1', memory: '8Gi' }, limits: { cpu: '1', memory: '8Gi' } },
          volumeMounts: mounts,
        },
      ],
      ...(uri === 's3' && {
        initContainers: [
          {
            name: 'storage-initializer',
            image: 'kserve/storage-initializer:v0.20.0',
            args: ['s3://models/resnet18', '/mnt/models'],
            resources: { requests: { cpu: '100m', memory: '100Mi' }, limits: { cpu: '1', memory: '1Gi' } },
            terminationMessagePolicy: 'FallbackToLogsOnError',
          },
        ],
      }),
      volumes:
        uri === 'pvc'
          ? [{ name: 'kserve-pvc-source', persistentVolumeClaim: { claimName: 'models', readOnly: true } }]
          : [{ name: 'kserve-provision-location', emptyDir: {} }],
      ...(over.spec as object),
    },
    status,
  };
}

export function unschedulable(message: string): Pod['status'] {
  return {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: podCreated },
    ],
  };
}

const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: podCreated } as const;

/** On a node, with the given containers. */
export function onNode(containers: readonly ContainerStatus[], init: readonly ContainerStatus[] = []): Pod['status'] {
  const isReady = containers.length > 0 && containers.every((container) => container.ready === true);
  const isInitialized = init.every(({ state }) => state?.terminated?.exitCode === 0);
  return {
    phase: containers.some(({ state }) => state?.running !== undefined) ? 'Running' : 'Pending',
    conditions: [
      scheduled,
      { type: 'Initialized', status: isInitialized ? 'True' : 'False', lastTransitionTime: podCreated },
      { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: podCreated },
    ],
    containerStatuses: containers,
    ...(init.length > 0 && { initContainerStatuses: init }),
  };
}

/** A pod on the node `one` whose container has this status, its name, and another image where one is given. */
export function podOfOne(status: ContainerStatus, image?: string): Pod {
  const made = pod(onNode([status]));
  const container = { name: status.name, ...(image !== undefined && { image }) };
  const containers = (made.spec?.containers ?? []).map((each) => ({ ...each, ...container }));
  return { ...made, spec: { ...made.spec, nodeName: 'one', containers } };
}

export function waiting(reason: string, message = '', name = 'kserve-container'): ContainerStatus {
  return { name, ready: false, restartCount: 0, state: { waiting: { reason, message } } };
}

export function running(isReady = true, name = 'kserve-container'): ContainerStatus {
  return {
    name,
    ready: isReady,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: '2026-10-01T10:00:20Z' } },
  };
}

/** Ended with an error, and waiting to be started again. */
export function crashing(exitCode: number, reason = 'Error', message = '', name = 'kserve-container'): ContainerStatus {
  return {
    name,
    ready: false,
    restartCount: 3,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off 40s restarting failed container=${name} pod=${podName}_ml(7a1c3c52)`,
      },
    },
    lastState: {
      terminated: {
        exitCode,
        reason,
        ...(message !== '' && { message }),
        startedAt: '2026-10-01T10:00:20Z',
        finishedAt: '2026-10-01T10:00:31Z',
      },
    },
  };
}

export function event(
  reason: string,
  message: string,
  object: { kind: string; name: string } = { kind: 'Pod', name: podName },
  at = '2026-10-01T10:00:10Z',
): KubeEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${object.name}.17c9`, namespace: 'ml', creationTimestamp: at },
    type: reason === 'ExternalProvisioning' || reason === 'WaitForFirstConsumer' ? 'Normal' : 'Warning',
    reason,
    message,
    count: 3,
    firstTimestamp: at,
    lastTimestamp: at,
    eventTime: null,
    involvedObject: { ...object, namespace: 'ml' },
  };
}

export function claim(
  phase: 'Pending' | 'Bound' = 'Bound',
  spec: PersistentVolumeClaim['spec'] = {},
): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'models', namespace: 'ml', creationTimestamp: created },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', ...spec },
    status: { phase },
  };
}

export const replicaSetName = 'resnet18-predictor-6d5f7c9b4';

/** A ReplicaSet whose pods are refused. */
export function refusingReplicaSet(message: string): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: replicaSetName, namespace: 'ml', labels: { 'serving.kserve.io/inferenceservice': 'resnet18' } },
    spec: { replicas: 1 },
    status: {
      replicas: 0,
      conditions: [
        { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: podCreated },
      ],
    },
  };
}

export function deployment(status: Deployment['status'] = {}, annotations: Record<string, string> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'resnet18-predictor', namespace: 'ml', generation: 1 },
    spec: {
      replicas: 1,
      template: {
        metadata: {
          annotations: {
            'internal.serving.kserve.io/storage-initializer-sourceuri': 'pvc://models/resnet18',
            ...annotations,
          },
        },
      },
    },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1, ...status },
  };
}

export function node(name: string, allocatable: Record<string, string>, isReady = true): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: {
      allocatable,
      conditions: [
        isReady
          ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
          : {
              type: 'Ready',
              status: 'Unknown',
              reason: 'NodeStatusUnknown',
              message: 'Kubelet stopped posting node status.',
            },
      ],
    },
  };
}

/** Evidence of a service that is starting, and nothing else. */
export function evidence(over: Partial<DiagnosisEvidence> = {}): DiagnosisEvidence {
  return { isvc: service(), pods: [], events: [], claims: [claim()], ...over };
}

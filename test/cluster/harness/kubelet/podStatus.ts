import type { Container, Pod } from '../kubeTypes.ts';

/** Container states in Kubernetes' own form: exactly one of the three. */
export type ContainerState =
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | { readonly terminated: Terminated };

export interface Terminated {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** What a kubelet knows about a container. */
export interface ContainerPicture {
  state: ContainerState;
  lastState?: ContainerState;
  ready: boolean;
  restartCount: number;
}

/** What a kubelet knows about a pod; containers by name. */
export interface PodPicture {
  readonly podIP: string;
  readonly startTime: string;
  readonly initContainers: ReadonlyMap<string, ContainerPicture>;
  readonly containers: ReadonlyMap<string, ContainerPicture>;
  /** When each condition took its present status. */
  readonly transitions: Map<string, { readonly status: string; readonly time: string }>;
}

export function newPicture(pod: Pod, podIP: string): PodPicture {
  const inits = pod.spec.initContainers ?? [];
  const fresh =
    (reason: string) =>
    ({ name }: Container): [string, ContainerPicture] => [
      name,
      { state: { waiting: { reason } }, ready: false, restartCount: 0 },
    ];
  return {
    podIP,
    startTime: new Date().toISOString(),
    initContainers: new Map(inits.map(fresh('PodInitializing'))),
    containers: new Map(pod.spec.containers.map(fresh(inits.length > 0 ? 'PodInitializing' : 'ContainerCreating'))),
    transitions: new Map(),
  };
}

/** The `status` of a pod, as a strategic merge: its conditions join those of the scheduler. */
export function podStatus(pod: Pod, picture: PodPicture): object {
  const uninitialized = unready(picture.initContainers);
  const waiting = unready(picture.containers);
  const containersReady: Condition =
    waiting.length === 0
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${waiting.join(' ')}]`,
        };
  const initialized: Condition =
    uninitialized.length === 0
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${uninitialized.join(' ')}]`,
        };
  return {
    phase: uninitialized.length > 0 || !hasRun(picture) ? 'Pending' : 'Running',
    hostIP: '127.0.0.1',
    podIP: picture.podIP,
    podIPs: [{ ip: picture.podIP }],
    startTime: picture.startTime,
    conditions: [
      condition(picture, 'PodReadyToStartContainers', { status: 'True' }),
      condition(picture, 'Initialized', initialized),
      condition(picture, 'ContainersReady', containersReady),
      condition(picture, 'Ready', containersReady),
    ],
    initContainerStatuses: statuses(pod, pod.spec.initContainers ?? [], picture.initContainers),
    containerStatuses: statuses(pod, pod.spec.containers, picture.containers),
  };
}

interface Condition {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

function condition({ transitions }: PodPicture, type: string, { status, reason, message }: Condition): object {
  if (transitions.get(type)?.status !== status) transitions.set(type, { status, time: now() });
  // Null takes away what an earlier status had.
  return {
    type,
    status,
    reason: reason ?? null,
    message: message ?? null,
    lastTransitionTime: transitions.get(type)?.time,
  };
}

function unready(containers: ReadonlyMap<string, ContainerPicture>): readonly string[] {
  return [...containers].filter(([, { ready }]) => !ready).map(([name]) => name);
}

/** A pod whose containers all still wait for their first start is pending; between two starts it is not. */
function hasRun({ containers }: PodPicture): boolean {
  return [...containers.values()].some(({ state, lastState }) => !('waiting' in state) || lastState !== undefined);
}

function statuses(
  pod: Pod,
  containers: readonly Container[],
  pictures: ReadonlyMap<string, ContainerPicture>,
): readonly object[] {
  return containers.map(({ name, image }) => {
    const { state, lastState = {}, ready, restartCount } = pictures.get(name) ?? unknown(name);
    const isStarted = 'running' in state;
    const id = `containerd://${pod.metadata.uid}-${name}-${restartCount}`;
    const hasId = !('waiting' in state) || restartCount > 0;
    return {
      name,
      image,
      imageID: hasId ? image : '',
      ...(hasId ? { containerID: id } : {}),
      state,
      lastState,
      ready,
      restartCount,
      started: isStarted,
    };
  });
}

function unknown(name: string): never {
  throw new Error(`The pod has no container ${name}.`);
}

/** The time in Kubernetes' form. */
export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

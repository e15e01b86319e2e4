import { kserveLabels } from './annotations.ts';
import type { Container, ContainerStatus, Pod } from './resources/core.ts';

export type ServiceComponent = 'predictor' | 'transformer' | 'explainer';

/** A pod as `kubectl get pods` lists it. */
export interface PodRow {
  readonly name: string;
  readonly component: ServiceComponent | undefined;
  /** kubectl's STATUS, for example `Running`, `Init:0/1`, `ImagePullBackOff`. */
  readonly status: string;
  readonly readyContainers: number;
  readonly containers: number;
  readonly restarts: number;
  /** RFC 3339, of the last container that ended and was started again. */
  readonly lastRestart?: string;
  readonly node?: string;
  readonly createdAt?: string;
  /** The pod's `Ready` condition: whether Services send requests to it. */
  readonly isReady: boolean;
}

/** Which part of an InferenceService a pod of it is; KServe labels its pods with it. */
export function componentOf(pod: Pod): ServiceComponent | undefined {
  const component = pod.metadata.labels?.[kserveLabels.component];
  return component === 'predictor' || component === 'transformer' || component === 'explainer' ? component : undefined;
}

export function isPodReady(pod: Pod): boolean {
  return hasCondition(pod, 'Ready') && pod.metadata.deletionTimestamp === undefined;
}

/** As `printPod` of Kubernetes computes it (`pkg/printers/internalversion/printers.go`, v1.34). */
export function podRow(pod: Pod): PodRow {
  const init = initColumns(pod);
  const isInitialized = init.status === undefined || hasCondition(pod, 'Initialized');
  const main = isInitialized ? mainColumns(pod) : undefined;
  const status = terminating(pod) ?? main?.status ?? init.status ?? phaseOf(pod);
  const lastRestart = isInitialized
    ? latest([...(main?.restartedAt ?? []), ...init.sidecarRestartedAt])
    : latest(init.restartedAt);
  return {
    name: pod.metadata.name,
    component: componentOf(pod),
    status,
    readyContainers: init.readySidecars + (main?.ready ?? 0),
    containers: (pod.spec?.containers.length ?? 0) + sidecarsOf(pod).size,
    restarts: main === undefined ? init.restarts : init.sidecarRestarts + main.restarts,
    ...(lastRestart !== undefined && { lastRestart }),
    ...(pod.spec?.nodeName !== undefined && { node: pod.spec.nodeName }),
    ...(pod.metadata.creationTimestamp !== undefined && { createdAt: pod.metadata.creationTimestamp }),
    isReady: isPodReady(pod),
  };
}

function phaseOf(pod: Pod): string {
  const isGated = pod.status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return isGated === true ? 'SchedulingGated' : (pod.status?.reason ?? pod.status?.phase ?? 'Unknown');
}

function terminating(pod: Pod): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed' ? undefined : 'Terminating';
}

/** Init containers that go on running beside the others. */
function sidecarsOf(pod: Pod): ReadonlySet<string> {
  const isSidecar = (container: Container): boolean => container['restartPolicy'] === 'Always';
  return new Set((pod.spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
}

interface InitColumns {
  /** Left out when every init container is through. */
  readonly status?: string;
  readonly restarts: number;
  readonly restartedAt: readonly string[];
  readonly sidecarRestarts: number;
  readonly sidecarRestartedAt: readonly string[];
  readonly readySidecars: number;
}

function initColumns(pod: Pod): InitColumns {
  const sidecars = sidecarsOf(pod);
  const columns = {
    restarts: 0,
    restartedAt: [] as string[],
    sidecarRestarts: 0,
    sidecarRestartedAt: [] as string[],
    readySidecars: 0,
  };
  const total = pod.spec?.initContainers?.length ?? 0;
  for (const [index, container] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const isSidecar = sidecars.has(container.name);
    const restartedAt = container.lastState?.terminated?.finishedAt;
    columns.restarts += container.restartCount ?? 0;
    if (restartedAt !== undefined) columns.restartedAt.push(restartedAt);
    if (isSidecar) {
      columns.sidecarRestarts += container.restartCount ?? 0;
      if (restartedAt !== undefined) columns.sidecarRestartedAt.push(restartedAt);
    }
    if (container.state?.terminated?.exitCode === 0) continue;
    if (isSidecar && container.started === true) {
      if (container.ready === true) columns.readySidecars += 1;
      continue;
    }
    return { ...columns, status: `Init:${initWord(container, `${index}/${total}`)}` };
  }
  return columns;
}

function initWord({ state }: ContainerStatus, progress: string): string {
  if (state?.terminated !== undefined) return endWord(state.terminated);
  const waiting = state?.waiting?.reason;
  return waiting === undefined || waiting === '' || waiting === 'PodInitializing' ? progress : waiting;
}

function endWord({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  if (reason !== undefined && reason !== '') return reason;
  return signal === undefined || signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}

function mainColumns(pod: Pod): { status?: string; ready: number; restarts: number; restartedAt: readonly string[] } {
  const containers = pod.status?.containerStatuses ?? [];
  const ready = containers.filter((container) => containerWord(container) === undefined && isRunning(container)).length;
  // The first container has the first word.
  const word = containers.map(containerWord).find((each) => each !== undefined);
  const isPartly = word === 'Completed' && ready > 0;
  const status = isPartly ? (hasCondition(pod, 'Ready') ? 'Running' : 'NotReady') : word;
  return {
    ...(status !== undefined && { status }),
    ready,
    restarts: containers.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0),
    restartedAt: containers.flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? []),
  };
}

function containerWord({ state }: ContainerStatus): string | undefined {
  const waiting = state?.waiting?.reason;
  if (waiting !== undefined && waiting !== '') return waiting;
  return state?.terminated && endWord(state.terminated);
}

function isRunning({ ready, state }: ContainerStatus): boolean {
  return ready === true && state?.running !== undefined;
}

function hasCondition(pod: Pod, wanted: string): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === wanted && status === 'True') === true;
}

function latest(times: readonly string[]): string | undefined {
  return [...times].sort().at(-1);
}

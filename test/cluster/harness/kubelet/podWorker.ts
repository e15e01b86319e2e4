import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../apiClient.ts';
import type { ApiClient } from '../apiClient.ts';
import type { Container, Pod } from '../kubeTypes.ts';
import type { PodNetwork } from '../podNetwork.ts';
import type { ProcessKeeper } from '../processKeeper.ts';
import { backOffSeconds, goDuration, pause } from './backOff.ts';
import { openContainerLog } from './containerLog.ts';
import type { ContainerLog } from './containerLog.ts';
import { failToPull, isMissingImage } from './imagePull.ts';
import { kwokObjects } from './kwokObjects.ts';
import type { Forward, LogFiles } from './kwokObjects.ts';
import { podEvents } from './podEvents.ts';
import { newPicture, now, podStatus } from './podStatus.ts';
import type { ContainerPicture, Terminated } from './podStatus.ts';
import { claimMounts } from './podVolumes.ts';
import { afterStartupProbe } from './startupProbe.ts';
import { isTorchServe, startTorchServe } from './torchServe.ts';
import type { RunningTorchServe } from './torchServe.ts';
import { isV2Server, startV2Server } from './v2Server.ts';
import { completed, failingDownload, idle } from './workload.ts';
import type { ContainerEnd, Workload } from './workload.ts';

/** What all pods of the cluster share. */
export interface PodContext {
  readonly api: ApiClient;
  readonly kwok: { readonly port: number; readonly ca: string };
  readonly keeper: ProcessKeeper;
  readonly network: Pick<PodNetwork, 'route'>;
  /** Python of an environment with TorchServe; made when the first is asked for. */
  readonly torchServePython: () => Promise<string>;
  readonly log: (line: string) => void;
}

/** A pod that is being run. */
export interface PodWorker {
  readonly pod: Pod;
  /** The TorchServe of its predictor, while there is one. */
  readonly torchServe: () => RunningTorchServe | undefined;
  /** Ends what runs in it, and deletes it from the API server as the kubelet's last deed. */
  readonly terminate: () => Promise<void>;
  /** Ends what runs in it; nobody is told. */
  readonly stop: () => Promise<void>;
}

/** Runs a scheduled pod until it is told to end. */
export function startPod(context: PodContext, pod: Pod, podIP: string): PodWorker {
  const abort = new AbortController();
  const { signal } = abort;
  const { name, namespace, uid } = pod.metadata;
  const podPath = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const picture = newPicture(pod, podIP);
  const event = podEvents(context.api, pod);
  const objects = kwokObjects(context.api, context.kwok, pod);
  const logs = new Map<string, LogFiles>();
  const workloads = new Set<Workload>();
  const forwards: Forward[] = [];
  let torchServe: RunningTorchServe | undefined;

  // One after the other, so that an older picture never overwrites a newer one.
  let written = Promise.resolve();
  const publish = (): Promise<void> =>
    (written = written.then(() => writeStatus(context.api, pod, podPath, picture, signal)));

  const start = async (container: Container, log: ContainerLog): Promise<Workload> => {
    if (!isTorchServe(pod, container) && !isV2Server(pod, container)) return idle();
    const mounts = await claimMounts(context.api, pod, container);
    if (mounts.length === 0) return idle();
    if (isV2Server(pod, container)) {
      return afterStartupProbe(container, await startV2Server(context, { pod, container, mounts, log }));
    }
    const started = await startTorchServe(context, { pod, container, mounts, log });
    torchServe = started.description;
    return afterStartupProbe(container, started.workload);
  };
  const startInit = (container: Container, log: ContainerLog): Workload => {
    const isMissing = container.name === 'storage-initializer' && container.args?.[0]?.includes('missing');
    return isMissing ? failingDownload(container.args ?? [], log) : completed();
  };

  const runContainer = async (
    container: Container,
    state: ContainerPicture,
    options: { readonly isInit: boolean },
  ): Promise<void> => {
    const fieldPath = `spec.${options.isInit ? 'initContainers' : 'containers'}{${container.name}}`;
    const tell = { event: (words: Parameters<typeof event>[0]) => event({ ...words, fieldPath }), publish };
    if (isMissingImage(container.image)) return failToPull(container.image, state, tell, signal);
    for (let failures = 0; !signal.aborted;) {
      const log = await openContainerLog(
        path.join(context.keeper.folder, 'pods', uid),
        container.name,
        state.restartCount,
      );
      const previous = logs.get(container.name)?.file;
      logs.set(container.name, { container: container.name, file: log.file, ...(previous ? { previous } : {}) });
      await objects.serveLogs([...logs.values()]);
      const startedAt = now();
      const workload = options.isInit ? startInit(container, log) : await start(container, log);
      workloads.add(workload);
      forwards.push(...workload.forwards);
      context.network.route(podIP, forwards);
      if (workload.forwards.length > 0) await objects.forwardPorts(forwards);
      if (!options.isInit) await objects.heard(container.name, signal);
      await tell.event({ type: 'Normal', reason: 'Pulled', message: pulled(container) });
      await tell.event({ type: 'Normal', reason: 'Created', message: `Created container: ${container.name}` });
      await tell.event({ type: 'Normal', reason: 'Started', message: `Started container ${container.name}` });
      state.state = { running: { startedAt } };
      await publish();
      void workload.ready.then(async () => {
        if (!workloads.has(workload) || signal.aborted) return;
        state.ready = true;
        await publish();
      });
      const end = await Promise.race([workload.ended, aborted(signal)]);
      workloads.delete(workload);
      await workload.stop();
      forwards.splice(0, forwards.length, ...forwards.filter((forward) => !workload.forwards.includes(forward)));
      context.network.route(podIP, forwards);
      await log.close();
      if (end === undefined) return;
      const terminated = terminatedState(container, end, startedAt, log);
      state.state = { terminated };
      state.ready = options.isInit && end.exitCode === 0;
      await publish();
      if (state.ready) return;
      failures += 1;
      if (failures > 1) await crashLoop(container, state, failures - 1, terminated, tell);
      state.lastState = { terminated };
      state.restartCount += 1;
    }
  };

  const crashLoop = async (
    container: Container,
    state: ContainerPicture,
    failures: number,
    terminated: Terminated,
    tell: { readonly event: typeof event; readonly publish: () => Promise<void> },
  ): Promise<void> => {
    const [wait, podWords] = [backOffSeconds(failures), `${name}_${namespace}(${uid})`];
    const message = `back-off ${goDuration(wait)} restarting failed container=${container.name} pod=${podWords}`;
    await tell.event({
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container ${container.name} in pod ${podWords}`,
    });
    state.state = { waiting: { reason: 'CrashLoopBackOff', message } };
    state.lastState = { terminated };
    await publish();
    await pause(wait, signal);
  };

  const run = async (): Promise<void> => {
    await publish();
    const [first] = pod.spec.containers;
    const mounts = first === undefined ? [] : await claimMounts(context.api, pod, first);
    await objects.allowExec(mounts[0]?.folder ?? context.keeper.folder);
    for (const container of pod.spec.initContainers ?? []) {
      const state = picture.initContainers.get(container.name);
      if (state && !signal.aborted) await runContainer(container, state, { isInit: true });
    }
    if (signal.aborted) return;
    await Promise.all(
      pod.spec.containers.map(async (container) => {
        const state = picture.containers.get(container.name);
        if (state) await runContainer(container, state, { isInit: false });
      }),
    );
  };
  const done = run().catch((error: unknown) => {
    // A pod or namespace that is deleted meanwhile is no fault.
    if (!signal.aborted && !isGone(error)) context.log(`The pod ${namespace}/${name} cannot be run: ${String(error)}`);
  });

  const stop = async (): Promise<void> => {
    abort.abort();
    await Promise.all([...workloads].map((workload) => workload.stop()));
    await done;
    await written;
    torchServe = undefined;
  };
  return {
    pod,
    torchServe: () => torchServe,
    stop,
    terminate: async () => {
      for (const container of pod.spec.containers) {
        const message = `Stopping container ${container.name}`;
        await event({ type: 'Normal', reason: 'Killing', message, fieldPath: `spec.containers{${container.name}}` });
      }
      await stop();
      await objects.remove().catch(() => undefined);
      await removePod(context.api, pod);
    },
  };
}

/** Deletes a pod that is to go for good, which is for the kubelet to do once nothing runs in it. */
export async function removePod(api: ApiClient, { metadata: { namespace, name, uid } }: Pod): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  await persist(() => api.remove(path, { gracePeriodSeconds: 0, preconditions: { uid } }));
}

async function writeStatus(
  api: ApiClient,
  pod: Pod,
  podPath: string,
  picture: ReturnType<typeof newPicture>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const body = { metadata: { uid: pod.metadata.uid }, status: podStatus(pod, picture) };
  await persist(() => api.patch(`${podPath}/status`, 'strategic-merge', body), signal);
}

/** Again while the API server does not answer; what it refuses is not asked again. */
async function persist(call: () => Promise<unknown>, signal?: AbortSignal): Promise<void> {
  for (const end = Date.now() + 60_000; !signal?.aborted && Date.now() < end; await delay(200)) {
    try {
      await call();
      return;
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) return;
    }
  }
}

function terminatedState(container: Container, end: ContainerEnd, startedAt: string, log: ContainerLog): Terminated {
  const { exitCode, reason = exitCode === 0 ? 'Completed' : 'Error' } = end;
  const message = exitCode !== 0 && container.terminationMessagePolicy === 'FallbackToLogsOnError' ? log.tail() : '';
  return { exitCode, reason, startedAt, finishedAt: now(), ...(message === '' ? {} : { message }) };
}

function pulled({ image }: Container): string {
  return `Container image "${image}" already present on machine`;
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && [403, 404, 409].includes(error.status);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

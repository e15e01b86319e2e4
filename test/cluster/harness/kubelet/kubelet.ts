import type { Pod } from '../kubeTypes.ts';
import { removePod, startPod } from './podWorker.ts';
import type { PodContext, PodWorker } from './podWorker.ts';
import type { RunningTorchServe } from './torchServe.ts';

/**
 * The kubelet of all nodes. Commands run on this machine, in the folder behind the pod's claim; a predictor with TorchServe
 * is a real one; everything else is only said to run.
 *
 * Failures, told in a kubelet's words: an image with `does-not-exist` in its name cannot be pulled; the storage initializer
 * finds no model at a URI with `missing` in it; TorchServe with less than 512 MiB is killed for its memory. What TorchServe
 * or KServe's wrapper says of a bad store is their own.
 */
export interface Kubelet {
  readonly torchServeOf: (namespace: string, pod: string) => RunningTorchServe | undefined;
  readonly stop: () => Promise<void>;
}

export function startKubelet(context: PodContext): Kubelet {
  const abort = new AbortController();
  const workers = new Map<string, PodWorker>();
  const ending = new Map<string, Promise<void>>();
  let addresses = 1;

  const end = (uid: string, how: (worker: PodWorker) => Promise<void>): void => {
    const worker = workers.get(uid);
    if (worker === undefined || ending.has(uid)) return;
    const done = how(worker).then(() => {
      workers.delete(uid);
      ending.delete(uid);
    });
    ending.set(uid, done);
  };
  const onPod = (pod: Pod): void => {
    const { uid, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) {
      if (workers.has(uid)) end(uid, (worker) => worker.terminate());
      else if (pod.spec.nodeName !== undefined) void removePod(context.api, pod);
    } else if (pod.spec.nodeName !== undefined && !workers.has(uid)) {
      addresses += 1;
      const podIP = `10.0.${Math.floor(addresses / 254) % 256}.${(addresses % 254) + 1}`;
      workers.set(uid, startPod(context, pod, podIP));
    }
  };
  const watching = context.api.watch(
    '/api/v1/pods',
    {
      event: ({ type, object }) => {
        if (type === 'DELETED') end(object.metadata.uid, (worker) => worker.stop());
        else if (type !== 'BOOKMARK') onPod(object as Pod);
      },
      listed: (uids) => {
        for (const uid of workers.keys()) if (!uids.has(uid)) end(uid, (worker) => worker.stop());
      },
    },
    abort.signal,
  );
  return {
    torchServeOf: (namespace, name) =>
      [...workers.values()]
        .find(({ pod: { metadata } }) => metadata.name === name && metadata.namespace === namespace)
        ?.torchServe(),
    stop: async () => {
      abort.abort();
      await watching;
      for (const uid of workers.keys()) end(uid, (worker) => worker.stop());
      await Promise.all(ending.values());
    },
  };
}

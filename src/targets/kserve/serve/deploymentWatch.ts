import { openLiveList, type KubeObject, type LiveList, type ResourceType } from '../../../cluster/index.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { kserveLabels } from '../../../kserve/index.ts';
import { events, pods, type KubeEvent } from '../../../kserve/resources/core.ts';
import { inferenceServices } from '../../../kserve/resources/inferenceService.ts';
import { isCategory } from '../plan/clusterFacts.ts';
import type { Place } from '../place.ts';
import type { DeploymentView } from './servingState.ts';

/** Follows one InferenceService, its pods, and the events about it and what KServe made for it. */
export interface DeploymentWatch {
  /** @throws ModelDeckError when the InferenceService itself may no longer be read */
  view(): DeploymentView;
  /** Resolves when everything was read once. */
  listed(task: Task): Promise<void>;
  /** Resolves at the next change since the last call, or after the time. */
  changed(milliseconds: number, task: Task): Promise<void>;
  close(): void;
}

/** How long the API server may be away at the beginning, milliseconds. */
const listingMs = 60_000;

/** How long what was allowed before may be refused, milliseconds. */
const refusalMs = 30_000;

/** Watches, so that nothing is asked again and again; they heal by themselves when the API server goes away. */
export function watchDeployment({ connection, namespace }: Place, name: string): DeploymentWatch {
  const follow = <T extends KubeObject>(
    type: ResourceType<T>,
    query: { readonly fieldSelector?: string; readonly labelSelector?: string } = {},
  ): LiveList<T> => openLiveList(connection, type, { namespace, ...query }, (object: T) => object);
  const service = follow(inferenceServices, { fieldSelector: `metadata.name=${name}` });
  const own = follow(pods, { labelSelector: `${kserveLabels.inferenceService}=${name}` });
  const about = openLiveList(connection, events, { namespace }, (event) => (isAbout(name, event) ? event : undefined));
  const lists = [service, own, about];

  let refusedSince: number | undefined;
  let isChanged = false;
  let wake: (() => void) | undefined;
  for (const list of lists) {
    list.onDidChange(() => {
      isChanged = true;
      wake?.();
    });
  }
  const view = (): DeploymentView => {
    const { rows, phase, error } = service.state();
    if (phase === 'live') refusedSince = undefined;
    if (phase === 'failed' && !isPassing(error)) {
      // An API server that has just started does not know its roles yet.
      refusedSince ??= Date.now();
      const mayPass = rows.size > 0 && isCategory(error, 'forbidden') && Date.now() - refusedSince < refusalMs;
      if (!mayPass) throw unread(name, error);
    }
    return {
      service: rows.get(`${namespace}/${name}`),
      pods: [...own.state().rows.values()],
      events: [...about.state().rows.values()].filter((event) => event !== undefined),
    };
  };
  const changed: DeploymentWatch['changed'] = (milliseconds, { signal }) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        wake = undefined;
        isChanged = false;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      wake = done;
      signal?.addEventListener('abort', done, { once: true });
      if (isChanged || signal?.aborted === true) done();
    });
  return {
    view,
    changed,
    async listed(task) {
      // Who may not read pods or events learns less of a failure, and waits all the same.
      const isOpen = (): boolean => {
        view();
        const { phase } = service.state();
        return (phase === 'live' || phase === 'stale') && lists.every((list) => list.state().phase !== 'loading');
      };
      for (const end = Date.now() + listingMs; !isOpen(); await changed(1000, task)) {
        throwIfCancelled(task);
        if (Date.now() > end) throw unread(name, service.state().error);
      }
    },
    close() {
      for (const list of lists) list.close();
    },
  };
}

function unread(name: string, error: unknown): ModelDeckError {
  if (ModelDeckError.is(error)) return error;
  return new ModelDeckError('timeout', `The InferenceService ${name} could not be read in time.`, { cause: error });
}

/** The API server is away for a moment. */
function isPassing(error: unknown): boolean {
  return isCategory(error, 'unreachable') || isCategory(error, 'timeout') || isCategory(error, 'server');
}

/** The service itself, or an object whose name KServe derives from it: `<name>-predictor-…`; claims are about everything. */
function isAbout(name: string, { involvedObject }: KubeEvent): boolean {
  const object = involvedObject?.name ?? '';
  return object === name || object.startsWith(`${name}-`) || involvedObject?.kind === 'PersistentVolumeClaim';
}

import { sleep } from '../../foundation/abortable.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import {
  events,
  persistentVolumeClaims,
  pods,
  type KubeEvent,
  type PersistentVolumeClaim,
  type Pod,
} from '../../kserve/resources/core.ts';
import { podTrouble, UploadPodError, type PodTrouble } from './podTrouble.ts';
import type { UploadPodOptions } from './podOptions.ts';

/**
 * Waits until the container runs.
 *
 * @throws UploadPodError as soon as the cluster tells why it will not, or when nothing has been heard for too long; what
 *   the connection throws
 */
export async function waitForPod(options: UploadPodOptions, name: string, task: Task): Promise<void> {
  const { connection, place, pace } = options;
  const started = Date.now();
  let last: PodTrouble | undefined;
  let since = started;
  for (let look = 0; ; look++) {
    const pod = await connection.get(pods, { name, namespace: place.namespace }, task);
    if (isRunning(pod)) return;
    // Events come a little after the pod; a pod that starts at once needs none.
    const isQuiet = look < 2 && podTrouble({ pod, place, events: [], claims: [] }) === undefined;
    const trouble = isQuiet ? undefined : podTrouble({ pod, place, ...(await readAbout(options, name, task)) });
    if (trouble?.code !== last?.code) since = Date.now();
    last = trouble;
    if (trouble && Date.now() - since >= trouble.mayLast * pace.trouble) throw trouble.error;
    if (Date.now() - started > pace.podStart) throw trouble?.error ?? neverRan(options, pod);
    await sleep(look < 4 ? pace.look / 4 : pace.look, task.signal);
  }
}

function isRunning({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status?.phase === 'Running' &&
    (status.containerStatuses ?? []).every(({ state }) => state?.running !== undefined)
  );
}

interface About {
  readonly events: readonly KubeEvent[];
  readonly claims: readonly PersistentVolumeClaim[];
}

/** What the cluster says of the pod and its claim, as far as it may be read. */
async function readAbout({ connection, place }: UploadPodOptions, pod: string, task: Task): Promise<About> {
  const { namespace, claim } = place;
  const about = (kind: string, name: string): Promise<readonly KubeEvent[]> =>
    readable(async () => {
      const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
      return (await connection.list(events, { namespace, fieldSelector }, task)).items;
    }, task);
  const [ofPod, ofClaim, claims] = await Promise.all([
    about('Pod', pod),
    about('PersistentVolumeClaim', claim),
    readable(async () => [await connection.get(persistentVolumeClaims, { name: claim, namespace }, task)], task),
  ]);
  return { events: [...ofPod, ...ofClaim], claims };
}

async function readable<Item>(read: () => Promise<readonly Item[]>, task: Task): Promise<readonly Item[]> {
  try {
    return await read();
  } catch (error) {
    throwIfCancelled(task);
    if (ModelDeckError.is(error) && ['forbidden', 'not-found'].includes(error.category)) return [];
    throw error;
  }
}

function neverRan({ place, pace }: UploadPodOptions, pod: Pod): UploadPodError {
  const seconds = Math.round(pace.podStart / 1000);
  const phase = pod.status?.phase ?? 'Pending';
  return new UploadPodError(
    'timeout',
    `The upload pod has not run in ${place.namespace} within ${seconds} s (${phase}).`,
    {
      remedy: `Look at the events of the pod ${pod.metadata.name} and at the claim "${place.claim}".`,
      nextStep: { kind: 'retry' },
    },
  );
}

import { randomBytes } from 'node:crypto';
import { abortable, sleep } from '../../foundation/abortable.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import { pods } from '../../kserve/resources/core.ts';
import { readClaim, type ClaimState } from './claim.ts';
import { newOwner, retireOwner } from './owner.ts';
import type { UploadPodOptions, UploadPodUse } from './podOptions.ts';
import { uploadPodManifest } from './podManifest.ts';
import { createError } from './podTrouble.ts';
import { sweepUploadPods } from './sweep.ts';
import { waitForPod } from './waitForPod.ts';

/** Seconds that a pod lives at least, and bytes in a second at which a longer life is reckoned. */
const shortestLife = 900;
const slowSending = 2 << 20;

/** One upload pod, from its request to its deletion. */
export class RunningPod {
  readonly name = `model-deck-upload-${randomBytes(4).toString('hex')}`;
  isUp = false;
  private createRequested = false;
  private readonly owner = newOwner();
  private readonly starting = new AbortController();
  private readonly up: Promise<ClaimState>;

  constructor(
    private readonly options: UploadPodOptions,
    wanted: UploadPodUse,
  ) {
    this.up = this.start(wanted);
    // Those who wait for it are told; perhaps nobody waits any more.
    this.up.catch(() => undefined);
  }

  /** @throws ModelDeckError why it does not come up; `cancelled` when the task is, while the pod goes on starting */
  whenUp(task: Task): Promise<ClaimState> {
    return abortable(this.up, task.signal);
  }

  /** Whether it has ended, or is ending, for whatever reason. False when the cluster does not say. */
  async isLost(task: Task): Promise<boolean> {
    const { connection, place } = this.options;
    try {
      const pod = await connection.get(pods, { name: this.name, namespace: place.namespace }, { signal: task.signal });
      return pod.metadata.deletionTimestamp !== undefined || pod.status?.phase !== 'Running';
    } catch (error) {
      throwIfCancelled(task);
      return ModelDeckError.is(error) && error.category === 'not-found';
    }
  }

  /** Deletes it. What cannot be deleted now ends by itself, and is swept by the next upload. */
  async end(): Promise<void> {
    const { connection, place, pace } = this.options;
    this.starting.abort();
    await this.up.catch(() => undefined);
    this.isUp = false;
    if (this.createRequested) {
      const task = { signal: AbortSignal.timeout(pace.tidying) };
      for (let attempt = 0; attempt < 3; attempt++) {
        try {
          await connection.delete(pods, { name: this.name, namespace: place.namespace }, {}, task);
          break;
        } catch {
          await sleep(pace.firstRetry, task.signal).catch(() => undefined);
        }
      }
    }
    retireOwner(this.owner);
  }

  private async start(wanted: UploadPodUse): Promise<ClaimState> {
    const { connection, place, image, resources } = this.options;
    const task = { signal: this.starting.signal };
    await sweepUploadPods(connection, place.namespace, task).catch(() => throwIfCancelled(task));
    const [claim, chosen] = await Promise.all([readClaim(connection, place, task), image(task)]);
    const pod = uploadPodManifest({
      name: this.name,
      place,
      image: chosen,
      owner: this.owner,
      lifetime: Math.max(shortestLife, Math.ceil((wanted.bytes ?? 0) / slowSending)),
      readOnly: claim.readOnly,
      resources,
      node: claim.node,
    });
    this.createRequested = true;
    await connection.create(pods, pod, {}, task).catch((error: unknown) => {
      throw createError(error, place);
    });
    await waitForPod(this.options, this.name, task);
    this.isUp = true;
    return claim;
  }
}

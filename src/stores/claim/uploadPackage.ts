import { sleep } from '../../foundation/abortable.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import type { ModelPackage } from '../../packaging/modelPackage.ts';
import type { UploadStep } from '../modelStore.ts';
import type { ClaimShell } from './claimShell.ts';
import type { Pace } from './pace.ts';
import { checkSources } from './partFile.ts';
import { UploadPodError } from './podTrouble.ts';
import { Transfer, type Arrived } from './transfer.ts';

/**
 * Brings a package into a claim. A connection that breaks, an API server that is away for a while and a pod that
 * vanishes are survived: what has arrived is verified and continued.
 *
 * What has arrived is thrown away when the upload is cancelled or cannot succeed, and kept when only the way was broken.
 *
 * @throws ModelDeckError `conflict` (the version is there with other bytes, or the package has changed), `no-space`,
 *   `permission`, `cancelled`; what the connection threw at last, when patience is at its end
 */
export async function uploadPackage(
  made: ModelPackage,
  shell: ClaimShell,
  pace: Pace,
  task: Task<UploadStep>,
): Promise<Arrived> {
  const transfer = new Transfer(made, shell, pace, task);
  await checkSources(transfer.files, { signal: task.signal });
  let leave: 'keep' | 'drop' = 'drop';
  try {
    const retries = new Retries(pace, task);
    for (;;) {
      try {
        const result = await transfer.attempt();
        if (typeof result === 'object') return result;
        await sleep(result === 'busy' ? pace.look * 4 : 0, task.signal);
      } catch (error) {
        throwIfCancelled(task);
        if (!isPassing(error, transfer)) throw error;
        if (retries.isOver(transfer.arrived)) {
          leave = 'keep';
          throw givenUp(error, made, transfer, shell.place.claim);
        }
        await retries.pause();
      }
    }
  } finally {
    await transfer.release(leave);
  }
}

/** How long it is worth trying again: as long as something arrives now and then. */
class Retries {
  private best = -1;
  private since = Date.now();
  private wait: number;

  constructor(
    private readonly pace: Pace,
    private readonly task: Task<UploadStep>,
  ) {
    this.wait = pace.firstRetry;
  }

  isOver(arrived: number): boolean {
    if (arrived > this.best) {
      this.best = arrived;
      this.since = Date.now();
      this.wait = this.pace.firstRetry;
    }
    return Date.now() - this.since > this.pace.patience;
  }

  async pause(): Promise<void> {
    await sleep(this.wait, this.task.signal);
    this.wait = Math.min(this.wait * 2, this.pace.longestRetry);
  }
}

/** Whether the same may go well a little later. */
function isPassing(error: unknown, transfer: Transfer): error is ModelDeckError {
  if (!ModelDeckError.is(error) || error instanceof UploadPodError || !transfer.hasBegun) return false;
  // A file of this computer.
  if (error.location !== undefined) return false;
  switch (error.category) {
    case 'unreachable':
    case 'timeout':
    case 'server':
    // The pod is gone, and the next attempt makes one.
    case 'not-found':
    // An API server that has just started does not know its roles yet; the permissions sufficed a moment ago.
    case 'forbidden':
      return true;
    default:
      return false;
  }
}

function givenUp(
  error: ModelDeckError,
  { name, version }: ModelPackage,
  { sent, total }: Transfer,
  claim: string,
): ModelDeckError {
  const percent = Math.floor((100 * sent) / Math.max(1, total));
  const words = `${name} ${version} could not be brought into the claim "${claim}": ${error.message}`;
  return error.with({
    summary: words,
    remedy: `${error.remedy ?? 'Check the connection to the cluster.'} Deploying again continues at ${percent}%.`,
    nextStep: { kind: 'retry' },
  });
}

import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import type { ClaimPlace } from './claimPlace.ts';
import { runScript, type ClaimShell } from './claimShell.ts';
import { uploadContainer } from './podManifest.ts';
import type { UploadPodOptions, UploadPodUse } from './podOptions.ts';
import { RunningPod } from './runningPod.ts';

/**
 * The pod through which a claim is read and written. It is made for the first user, shared by those that come meanwhile, and
 * deleted when the last one leaves, whatever happened. When it is gone in between (its time was over, its node was drained),
 * the next command gets a new one.
 */
export class UploadPod {
  private users = 0;
  private current: RunningPod | undefined;
  private readonly ends = new Set<Promise<void>>();

  constructor(private readonly options: UploadPodOptions) {}

  /**
   * @param work gets the shell, whose first command starts the pod
   * @throws what `work` throws
   */
  async use<Result>(
    wanted: UploadPodUse,
    task: Pick<Task, 'signal'>,
    work: (shell: ClaimShell) => Promise<Result>,
  ): Promise<Result> {
    throwIfCancelled(task);
    this.users += 1;
    try {
      return await work(this.shell(wanted));
    } finally {
      this.users -= 1;
      if (this.users === 0) {
        if (this.current) this.discard(this.current);
        await Promise.all(this.ends);
      }
    }
  }

  private shell(wanted: UploadPodUse): ClaimShell {
    const { connection, place } = this.options;
    return {
      place,
      isUp: () => this.current?.isUp === true,
      run: async (script, args, call) => {
        const pod = await this.started(wanted, call);
        try {
          return await runScript(connection, place, { name: pod.name, container: uploadContainer }, script, args, call);
        } catch (error) {
          throwIfCancelled(call);
          if (await pod.isLost(call)) this.discard(pod);
          throw error;
        }
      },
    };
  }

  private async started(wanted: UploadPodUse, task: Task): Promise<RunningPod> {
    this.current ??= new RunningPod(this.options, wanted);
    const pod = this.current;
    try {
      const { readOnly } = await pod.whenUp(task);
      if (wanted.writes && readOnly) throw readOnlyClaim(this.options.place);
      return pod;
    } catch (error) {
      throwIfCancelled(task);
      if (!pod.isUp) this.discard(pod);
      throw error;
    }
  }

  private discard(pod: RunningPod): void {
    if (this.current === pod) this.current = undefined;
    const end = pod.end().finally(() => this.ends.delete(end));
    this.ends.add(end);
  }
}

function readOnlyClaim({ claim, namespace }: ClaimPlace): ModelDeckError {
  return new ModelDeckError('permission', `The claim "${claim}" in ${namespace} can only be read (ReadOnlyMany).`, {
    remedy: 'Choose a claim with the access mode ReadWriteOnce or ReadWriteMany.',
  });
}

import { messageOf, ModelDeckError } from '../foundation/error.ts';
import type { Task } from '../foundation/task.ts';
import type { StoredModel, WritableStore } from '../stores/modelStore.ts';
import type { DeployStep, RestorePoint } from '../targets/target.ts';

export interface FailedDeploy {
  readonly error: unknown;
  readonly before: RestorePoint;
  readonly model: StoredModel;
  /** When the deploy has put the model there. */
  readonly store?: WritableStore;
}

/**
 * Takes a deploy back: first what serves the model, then the model. It runs to its end whether or not the deploy was
 * cancelled.
 *
 * @returns the error of the deploy, with a sentence for each thing that remains
 */
export async function undoDeploy(failed: FailedDeploy, onProgress: Task<DeployStep>['onProgress']): Promise<unknown> {
  const { error, before, model, store } = failed;
  const task: Task<DeployStep> = { onProgress };
  onProgress?.({ step: 'undo' });
  const remains: string[] = [];
  let modelInUse = true;
  try {
    const restoration = await before.restore(model, task);
    remains.push(...restoration.remains);
    modelInUse = restoration.modelInUse;
  } catch (problem) {
    remains.push(`What was there before could not be restored: ${messageOf(problem)}`);
  }
  if (store && !modelInUse) {
    await store.remove(model).catch((problem: unknown) => {
      remains.push(`${model.name} ${model.version} stays in the store: ${messageOf(problem)}`);
    });
  }
  return remains.length === 0 ? error : withRemains(error, remains);
}

function withRemains(error: unknown, remains: readonly string[]): ModelDeckError {
  const known = ModelDeckError.from(error);
  // What was cancelled is not told to the user any further; that something remains has to be.
  const category = known.category === 'cancelled' ? 'conflict' : known.category;
  return known.with({ category, summary: [known.message, ...remains].join(' '), cause: error });
}

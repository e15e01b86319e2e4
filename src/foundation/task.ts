import { ModelDeckError } from './error.ts';

/** How far a long task is. Data only: `commands/` has the words for each step. */
export interface Progress<Step extends string = string> {
  readonly step: Step;
  /** Units done of `total`; both in the step's own unit (bytes for reading and writing). Left out when unknown. */
  readonly done?: number;
  readonly total?: number;
}

/** The second argument of everything that can take longer than a second. */
export interface Task<Step extends string = string> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress<Step>) => void) | undefined;
}

/** @throws ModelDeckError `cancelled` when the task was aborted. */
export function throwIfCancelled(task: { readonly signal?: AbortSignal | undefined } | undefined): void {
  if (task?.signal?.aborted) throw ModelDeckError.cancelled();
}

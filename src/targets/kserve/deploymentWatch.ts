import type { Task } from '../../foundation/task.ts';
import type { DeploymentView } from './servingState.ts';

/** Follows one InferenceService, its pods and events. */
export interface DeploymentWatch {
  view(): DeploymentView;
  /** Resolves when everything was read once. */
  listed(task: Task): Promise<void>;
  /** Resolves at the next change since the last call, or after the time. */
  changed(milliseconds: number, task: Task): Promise<void>;
  close(): void;
}

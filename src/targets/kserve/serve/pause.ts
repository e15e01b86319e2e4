import { setTimeout as delay } from 'node:timers/promises';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';

/** @throws ModelDeckError `cancelled` as soon as the task is aborted */
export async function pause(milliseconds: number, { signal }: Task): Promise<void> {
  await delay(milliseconds, undefined, { ...(signal && { signal }) }).catch(() => {
    throw ModelDeckError.cancelled();
  });
}

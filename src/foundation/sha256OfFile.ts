import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { throwIfCancelled, type Task } from './task.ts';

/**
 * The sha256 of a file, in 64 hex digits.
 * @param file absolute path
 * @throws ModelDeckError `cancelled`, and what the operating system says
 */
export async function sha256OfFile(file: string, task: Task = {}): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    throwIfCancelled(task);
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

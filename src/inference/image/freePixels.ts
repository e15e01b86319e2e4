import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Gives back the memory of large pixel buffers that nobody holds any more. The image library keeps them in WebAssembly's memory
 * until their JavaScript side is collected, and V8, which does not see their size, finds no reason to (measured: four PNGs of
 * 100 megapixels held 1.7 GB). Takes some 10 ms: called for large pictures only, when one of their parts is done with.
 */
export async function freePixels(): Promise<void> {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    const made: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
    collect = typeof made === 'function' ? () => void (made as () => void)() : () => undefined;
  }
  // What has just been awaited is still referred to until the next turn of the event loop.
  await setImmediate();
  collect();
  await setImmediate();
}

import { freePixels } from './freePixels.ts';

/** Pixels that are decoded at one time, over all pictures: 3 bytes each, and as much again inside the image library. */
const budget = 50_000_000;

/** From this size on, in pixels, memory is given back between the parts of a picture and after it. */
export const largePixels = 24_000_000;

let used = 0;
let sinceFreed = 0;
let mostSinceFreed = Infinity;

/**
 * Lets small pictures be freed together, too, whenever so many pixels were decoded: for a process of its own, whose heap is small.
 * In the editor's process, collecting takes longer than it is worth.
 */
export function freePixelsEvery(pixels: number): void {
  mostSinceFreed = pixels;
}

const waiting: { readonly pixels: number; readonly start: () => void }[] = [];

/**
 * Runs the work when its pixels fit beside those of the work that runs, first come, first served: pictures that come at once
 * share a bound of memory. A picture larger than the budget runs alone.
 * @param signal the work waits no longer when it is aborted, and starts to end at once
 */
export async function withinPixelBudget<Result>(
  pixels: number,
  work: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const share = Math.min(pixels, budget);
  if (waiting.length > 0 || used + share > budget) {
    await new Promise<void>((resolve) => {
      const entry = { pixels: share, start: resolve };
      waiting.push(entry);
      signal?.addEventListener('abort', () => leave(entry), { once: true });
    });
  } else {
    used += share;
  }
  try {
    return await work();
  } finally {
    sinceFreed += pixels;
    if (pixels > largePixels || sinceFreed > mostSinceFreed) {
      sinceFreed = 0;
      await freePixels();
    }
    used -= share;
    startNext();
  }
}

/** Whoever leaves is started with what it asked for: its work finds the signal aborted, and gives it back. */
function leave(entry: (typeof waiting)[number]): void {
  const place = waiting.indexOf(entry);
  if (place === -1) return;
  waiting.splice(place, 1);
  used += entry.pixels;
  entry.start();
}

function startNext(): void {
  for (let next = waiting[0]; next && used + next.pixels <= budget; next = waiting[0]) {
    waiting.shift();
    used += next.pixels;
    next.start();
  }
}

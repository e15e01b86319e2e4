/** The one place where tests wait: for conditions, with an end, and with a message that says what came last. */
import { setTimeout as delay } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';

/** Between two looks, in milliseconds: soon at first, later so that what is waited for has the processor. */
const firstPause = 5;
const longestPause = 100;

/**
 * Asks until there is an answer.
 *
 * @param what is waited for, as the end of a sentence
 * @param ask gives undefined or false while there is none; what it throws counts as none
 * @throws Error with the last that it threw
 */
export async function waitUntil<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= end) throw new Error(`Waited ${seconds} s in vain until ${what}.`, { cause: last });
    await delay(pause);
  }
}

/**
 * Reads until it is what is expected.
 *
 * @param what is read, as a noun: `the number of pods`
 * @throws Error with the value that was read last
 */
export async function waitUntilEqual<T>(
  what: string,
  read: () => Promise<T> | T,
  expected: T,
  seconds = 60,
): Promise<void> {
  let last: T | undefined;
  try {
    await waitUntil(
      `${what} is ${inspect(expected)}`,
      async () => {
        last = await read();
        return isDeepStrictEqual(last, expected);
      },
      seconds,
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`${error.message} It is ${inspect(last)}.`, { cause: error.cause });
  }
}

/** Reads until it has been the same for so long: where nothing tells that no more comes. @returns what it is */
export async function waitUntilStill<T>(
  what: string,
  read: () => Promise<T> | T,
  stillMs: number,
  seconds = 60,
): Promise<T> {
  let last = await read();
  let since = Date.now();
  await waitUntil(
    `${what} does not change any more`,
    async () => {
      const now = await read();
      if (!isDeepStrictEqual(now, last)) since = Date.now();
      last = now;
      return Date.now() - since >= stillMs;
    },
    seconds,
  );
  return last;
}

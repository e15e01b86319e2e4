import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until there is an answer.
 *
 * @param what is waited for, as the end of a sentence
 * @param ask gives undefined while there is none; what it throws counts as none
 * @throws Error with the last that it threw
 */
export async function waitUntil<T>(what: string, ask: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  let last: unknown;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await delay(100)) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`Waited ${seconds} s in vain until ${what}.`, { cause: last });
}

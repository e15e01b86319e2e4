import { expect as playwrightExpect } from '@playwright/test';

/** Everything has time to come up on two busy cores, in milliseconds. */
export const patience = 60_000;

/**
 * How tests say what a page shows: `await expect(locator).toHaveText(…)` looks until it is so, and tells what it saw last.
 * What is read by other means goes through `expect.poll(() => read())`.
 */
export const expect = playwrightExpect.configure({ timeout: patience });

import type { Locator } from 'playwright-core';
import { expect } from './expect.ts';

/** The wizard's page "Try it", read as a user reads it. */
export class TryPage {
  constructor(readonly body: Locator) {}

  /** Waits until the labels stand in this order. */
  async answers(...labels: readonly string[]): Promise<void> {
    await expect(this.body.getByTestId('label')).toHaveText([...labels]);
  }

  control(id: string): Locator {
    return this.body.getByTestId(id);
  }

  /** The row of a field of the contract. */
  row(field: string): Locator {
    return this.body.locator(`tr[data-field="${field}"]`);
  }

  async press(button: 'use' | 'skip' | 'back' | 'cancel' | 'keep'): Promise<void> {
    await this.body.getByTestId(button).click();
  }
}

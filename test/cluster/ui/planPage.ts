import type { Locator } from 'playwright-core';
import type { Workbench } from '../../ui/workbench.ts';
import { waitUntil } from '../../waitUntil.ts';

/** The page before a deploy, read as a user reads it. */
export class PlanPage {
  private constructor(readonly body: Locator) {}

  static async open(workbench: Workbench): Promise<PlanPage> {
    return new PlanPage(await workbench.frameWith('objects'));
  }

  /** What the cluster says when it has been asked about everything. */
  get verdict(): Locator {
    return this.body.getByTestId('verdict');
  }

  get failure(): Locator {
    return this.body.getByTestId('failure');
  }

  get manifest(): Locator {
    return this.body.getByTestId('manifest');
  }

  /** Replaces a part of the manifest, when it is there. */
  async edit(part: string, replacement: string): Promise<void> {
    const text = await waitUntil(`the manifest has ${part}`, async () => {
      // eslint-disable-next-line no-restricted-syntax -- It is asked until the part is there.
      const shown = await this.manifest.inputValue();
      return shown.includes(part) && shown;
    });
    await this.manifest.fill(text.replace(part, replacement));
  }

  async click(testId: string): Promise<void> {
    await this.body.getByTestId(testId).click();
  }
}

import type { Locator } from 'playwright-core';
import type { Workbench } from '../../ui/workbench.ts';

/** A plan is made of several answers of the cluster. */
const patience = 60_000;

/** The page before a deploy, read as a user reads it. */
export class PlanPage {
  private constructor(readonly body: Locator) {}

  static async open(workbench: Workbench): Promise<PlanPage> {
    return new PlanPage(await workbench.frameWith('objects'));
  }

  /** Waits until the cluster has been asked about everything. @returns the verdict */
  async verdict(): Promise<string> {
    const verdict = this.body.getByTestId('verdict');
    await verdict.or(this.body.getByTestId('failure')).first().waitFor({ timeout: patience });
    return verdict.innerText();
  }

  async failure(): Promise<string> {
    await this.body.getByTestId('failure').waitFor({ timeout: patience });
    return this.body.getByTestId('failure').innerText();
  }

  manifest(): Promise<string> {
    return this.body.getByTestId('manifest').inputValue();
  }

  async edit(change: (text: string) => string): Promise<void> {
    await this.body.getByTestId('manifest').fill(change(await this.manifest()));
  }

  async click(testId: string): Promise<void> {
    await this.body.getByTestId(testId).click();
  }
}

import type { Locator } from 'playwright-core';

export interface ReadPrediction {
  readonly label: string;
  /** 0..1. */
  readonly probability: number;
}

/** Runs in the page, whose globals the tests' types do not know: makes a transfer of files, as a drop or a paste has. */
export const transferOf = `(files) => {
  const transfer = new DataTransfer();
  for (const { name, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  return transfer;
}`;

/** The panel "Classify Images", read as a user reads it. */
export class ClassifyPage {
  constructor(readonly body: Locator) {}

  /** The card of an image, by its file's name. */
  card(image: string): Locator {
    return this.body.getByTestId('result').filter({ hasText: image });
  }

  /** Waits for the answer. @throws Error with the reason that the card shows */
  async predictions(image: string): Promise<readonly ReadPrediction[]> {
    const card = this.card(image).first();
    await card.and(this.body.locator('[data-state=done], [data-state=failed]')).waitFor();
    if ((await card.getAttribute('data-state')) === 'failed') {
      throw new Error(`${image}: ${await card.getByTestId('failure').innerText()}`);
    }
    const rows = await card.getByTestId('prediction').all();
    return Promise.all(
      rows.map(async (row) => ({
        label: (await row.getByTestId('label').innerText()).trim(),
        probability: Number(await row.getByTestId('probability').getAttribute('data-value')),
      })),
    );
  }

  /** Drops a file from outside the window on the page. */
  async drop(name: string, content: Buffer): Promise<void> {
    const files = JSON.stringify([{ name, base64: content.toString('base64') }]);
    await this.body.evaluate(
      `((body) => body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: (${transferOf})(${files}) })))(document.body)`,
    );
  }

  async labels(image: string): Promise<readonly string[]> {
    return (await this.predictions(image)).map(({ label }) => label);
  }
}

import type { Locator } from 'playwright-core';
import { waitUntil } from '../waitUntil.ts';

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

/** As much of an element of the page as is read: the tests' types do not know the page's globals. */
interface PageElement {
  readonly textContent: string;
  readonly dataset: Readonly<Record<string, string | undefined>>;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** Runs in the page, where a card is read in one look: undefined while it has no answer. */
function whatCardShows(card: PageElement): { failure?: string; predictions: ReadPrediction[] } | undefined {
  const { state } = card.dataset;
  if (state === 'failed') {
    return { failure: card.querySelector('[data-testid=failure]')?.textContent ?? '', predictions: [] };
  }
  if (state !== 'done') return undefined;
  const predictions = Array.from(card.querySelectorAll('[data-testid=prediction]'), (row) => ({
    label: row.querySelector('[data-testid=label]')?.textContent.trim() ?? '',
    probability: Number(row.querySelector('[data-testid=probability]')?.dataset['value']),
  }));
  return { predictions };
}

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
    const { failure, predictions } = await waitUntil(`${image} has an answer`, () => card.evaluate(whatCardShows));
    if (failure !== undefined) throw new Error(`${image}: ${failure}`);
    return predictions;
  }

  /** Drops a file from outside the window on the page. */
  async drop(name: string, content: Buffer): Promise<void> {
    const files = JSON.stringify([{ name, base64: content.toString('base64') }]);
    await this.body.evaluate(
      `((body) => body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: (${transferOf})(${files}) })))(document.body)`,
    );
  }

  /** Drops a file or folder of the Explorer on the page. */
  async dropUri(uri: string): Promise<void> {
    await this.body.evaluate(
      `((body) => {
        const transfer = new DataTransfer();
        transfer.setData('application/vnd.code.uri-list', ${JSON.stringify(uri)});
        body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
      })(document.body)`,
    );
  }

  async labels(image: string): Promise<readonly string[]> {
    return (await this.predictions(image)).map(({ label }) => label);
  }
}

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import type { ClassifyState, ImageView } from '../../src/panel/messages/classifyState.ts';
import { axeFindings } from './axe.ts';
import { expect } from './expect.ts';
import { overflow, send, showPage } from './pageWindow.ts';
import { shownPages, type ShownPage } from './shownPages.ts';

const done = (label: string, value: number): ImageView['outcome'] => ({
  state: 'done',
  endpointLabel: 'cats',
  kind: 'probabilities',
  predictions: [{ label, value }],
  classCount: 1,
  prepareMs: 8.24,
  requestMs: 1234.5,
});
const failed: ImageView['outcome'] = { state: 'failed', failure: { reason: 'It is cut off.' }, canRetry: true };

function stateOf(outcomes: readonly ImageView['outcome'][], change: Partial<ClassifyState> = {}): ClassifyState {
  return {
    panelId: 'panel-1',
    endpoint: { id: 'here/cats', label: 'cats', targetLabel: 'This computer', state: 'ready' },
    endpointCount: 1,
    topK: 5,
    images: outcomes.map((outcome, index) => ({
      id: `image-${index}`,
      name: `${index}.png`,
      origin: 'scans',
      outcome,
    })),
    history: [],
    ...change,
  };
}

/** The built pages in a browser alone, without VS Code: what they make of what they are told, and what they tell. */
describe('a page', () => {
  let browser: Browser;
  let page: Page;
  before(async () => (browser = await launchBrowser((line) => console.log(line))));
  after(() => browser?.close());
  beforeEach(async () => (page = await browser.newPage({ viewport: { width: 900, height: 800 } })));
  afterEach(() => page.close());

  const classify = (state: ClassifyState): ShownPage => ({
    title: 'classify',
    page: 'classify',
    updates: [{ type: 'state', state }],
  });
  const posted = async (type: string): Promise<unknown> =>
    page.evaluate(`posted.findLast((message) => message.type === ${JSON.stringify(type)})`);
  const focused = (): Promise<unknown> => page.evaluate(`document.activeElement?.getAttribute('data-testid')`);

  for (const shown of shownPages) {
    it(`has no finding of axe, and fits, without a theme: ${shown.title}`, async () => {
      await showPage(page, shown);
      const findings: string[] = [];
      for (const width of [900, 466, 320]) {
        await page.setViewportSize({ width, height: 700 });
        const found = [...(await axeFindings(page.locator('body'))), ...(await overflow(page))];
        findings.push(...found.map((finding) => `${width}: ${finding}`));
      }
      assert.deepEqual(findings, []);
    });
  }

  it("writes numbers as VS Code's language does", async () => {
    await showPage(page, classify(stateOf([done('Katze', 0.338)])), 'de');
    await expect(page.getByTestId('probability')).toHaveText(/^33,8\s%$/);
    await expect(page.getByTestId('timing')).toHaveText(/8,2 ms.*1\.235 ms/);
    await expect(page.locator('html'), 'the texts themselves are English').toHaveAttribute('lang', 'en');
  });

  it('keeps to one line each from twelve pictures on, failures first', async () => {
    await showPage(page, classify(stateOf([...Array<ImageView['outcome']>(10).fill(done('cat', 0.9)), failed])));
    await expect(page.locator('.card.compact')).toHaveCount(0);
    await expect(page.getByTestId('result').last()).toContainText('10.png');
    await send(page, [
      { type: 'state', state: stateOf([...Array<ImageView['outcome']>(11).fill(done('cat', 0.9)), failed]) },
    ]);
    await expect(page.locator('.card.compact')).toHaveCount(12);
    await expect(page.getByTestId('result').first()).toContainText('11.png');
    await expect(page.getByTestId('prediction'), 'what is folded away is not made').toHaveCount(0);
    await page.getByTestId('result').nth(1).locator('summary').first().click();
    await expect(page.getByTestId('prediction')).toHaveCount(1);
  });

  it('draws two hundred pictures, and one more answer of them, quickly', async () => {
    const outcomes = Array.from({ length: 200 }, (_, index) => done(`cat ${index}`, 0.9));
    await showPage(page, classify(stateOf(outcomes)));
    await expect(page.getByTestId('result')).toHaveCount(200);
    const next = stateOf([failed, ...outcomes.slice(1)]);
    const ms = await page.evaluate(`new Promise((done) => {
      const start = performance.now();
      addEventListener('message', ({ data }) => data === 'drawn' && done(performance.now() - start));
      postMessage({ type: 'state', state: ${JSON.stringify(next)} }, '*');
      postMessage('drawn', '*');
    })`);
    assert.ok(Number(ms) < 500, `${String(ms)} ms`);
  });

  it('says why fewer are shown than were asked for, but not when the model has no more', async () => {
    const answer = done('cat', 0.9);
    assert.ok(answer.state === 'done');
    await showPage(page, classify(stateOf([{ ...answer, modelClasses: 1000 }])));
    await expect(page.getByTestId('fewer')).toHaveText(
      /answers with one class of the model's 1,000.*model-deck:image-classifier/,
    );
    await send(page, [{ type: 'state', state: stateOf([{ ...answer, modelClasses: 1 }]) }]);
    await expect(page.getByTestId('fewer')).toHaveCount(0);
    await send(page, [{ type: 'state', state: stateOf([answer]) }]);
    await expect(page.getByTestId('fewer')).toHaveText('The answer names one class.');
  });

  it('makes 20 of any larger k and 1 of any smaller, and says so', async () => {
    await showPage(page, classify(stateOf([])));
    const k = page.getByTestId('k');
    await k.fill('250');
    await expect(k).toHaveValue('20');
    await expect(page.getByTestId('k-note')).toHaveText('20 is the most that can be shown.');
    assert.deepEqual(await posted('set-top-k'), { type: 'set-top-k', topK: 20 });
    await k.fill('0');
    await expect(k).toHaveValue('1');
    await expect(page.getByTestId('k-note')).toHaveText('1 is the least that can be shown.');
    await k.fill('7');
    await expect(page.getByTestId('k-note')).toBeEmpty();
  });

  it('takes the pictures of a folder, and refuses a folder without any', async () => {
    await showPage(page, classify(stateOf([])));
    const drop = async (folder: string, files: string): Promise<void> => {
      await page.evaluate(`(() => {
        const file = (name) => ({ name, isDirectory: false, file: (done) => done(new File(['x'], name)) });
        const folder = (name, entries) => ({
          name, isDirectory: true,
          createReader: () => { const parts = [entries, []]; return { readEntries: (done) => done(parts.shift() ?? []) }; },
        });
        const entry = folder(${JSON.stringify(folder)}, ${files});
        const item = { kind: 'file', getAsFile: () => new File([], entry.name), webkitGetAsEntry: () => entry };
        const event = new Event('drop', { bubbles: true, cancelable: true });
        Object.defineProperty(event, 'dataTransfer', { value: { items: [item], files: [], getData: () => '' } });
        document.body.dispatchEvent(event);
      })()`);
    };
    const names = async (): Promise<unknown> =>
      page.evaluate(`posted.filter(({ type }) => type === 'add-file').map(({ name }) => name)`);
    await drop('scans', `[file('scan10.png'), file('notes.txt'), file('scan2.png'), folder('left', [file('a.jpg')])]`);
    await expect.poll(names).toEqual(['scan2.png', 'scan10.png', 'a.jpg']);
    await drop('empty', `[file('notes.txt')]`);
    await expect
      .poll(() => posted('refuse-file'))
      .toEqual({ type: 'refuse-file', name: 'empty', size: 0, why: 'no-pictures' });
  });

  it('leads the keyboard on when what it was on has gone', async () => {
    await showPage(page, classify(stateOf([done('cat', 0.9), done('dog', 0.9)])));
    await page.getByTestId('run-all').focus();
    await send(page, [{ type: 'state', state: stateOf([{ state: 'running' }, { state: 'queued' }]) }]);
    await expect.poll(focused).toBe('cancel-all');
    await send(page, [{ type: 'state', state: stateOf([{ state: 'cancelled' }, { state: 'cancelled' }]) }]);
    await expect.poll(focused).toBe('run-all');
    await page.getByTestId('clear').focus();
    await send(page, [{ type: 'state', state: stateOf([]) }]);
    await expect.poll(focused).toBe('browse');
  });

  it('keeps the keyboard on a card that moves to the top', async () => {
    const many = Array<ImageView['outcome']>(12).fill(done('cat', 0.9));
    await showPage(page, classify(stateOf(many)));
    await page.getByTestId('result').nth(5).locator('summary').first().focus();
    await send(page, [{ type: 'state', state: stateOf(many.map((one, index) => (index === 5 ? failed : one))) }]);
    await expect(page.getByTestId('result').first()).toContainText('5.png');
    await expect(page.getByTestId('result').first().locator('summary').first()).toBeFocused();
  });

  it('is reached by Tab in the order in which it is read', async () => {
    await showPage(page, classify(stateOf([done('cat', 0.9)])));
    const order: unknown[] = [];
    for (let presses = 0; presses < 14; presses += 1) {
      await page.keyboard.press('Tab');
      order.push(
        await page.evaluate(
          `document.activeElement.getAttribute('data-testid') ?? document.activeElement.getAttribute('data-action')`,
        ),
      );
    }
    assert.deepEqual(order.slice(0, 14), [
      'endpoint',
      'open-beside',
      'k-slider',
      'k',
      'drop',
      'browse',
      'run-all',
      'clear',
      'remove',
      'retry',
      'curl',
      'python',
      'compare',
      'seen',
    ]);
  });

  it('tells a screen reader each answer of a few, and of many when all are done', async () => {
    await showPage(page, classify(stateOf([{ state: 'running' }])));
    const spoken = page.getByTestId('spoken');
    await expect(spoken).toHaveAttribute('aria-live', 'polite');
    await send(page, [{ type: 'state', state: stateOf([done('tabby', 0.421)]) }]);
    await expect(spoken).toHaveText('0.png: tabby, 42.1%.');
    const progress = { done: 7, failed: 1, total: 8 };
    const before = [...Array<ImageView['outcome']>(6).fill(done('cat', 0.9)), failed];
    await send(page, [{ type: 'state', state: stateOf([...before, { state: 'running' }], { progress }) }]);
    await expect(page.getByTestId('progress')).toHaveText('7 of 8 done, 1 failed');
    await expect(spoken, 'not each of them').toHaveText('0.png: tabby, 42.1%.');
    await send(page, [{ type: 'state', state: stateOf([...before, done('cat', 0.9)]) }]);
    await expect(spoken).toHaveText('8 images done, 1 failed.');
  });

  it('does not move for who wants no motion', async () => {
    await showPage(page, classify(stateOf([{ state: 'running' }])));
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await expect(page.locator('.spinner')).toHaveCSS('animation-name', 'turn');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await expect(page.locator('.spinner')).toHaveCSS('animation-name', 'none');
  });

  it('shows what two endpoints make of a picture, and in what their contracts differ', async () => {
    const shown = shownPages.find(({ title }) => title === 'classify');
    assert.ok(shown);
    await showPage(page, shown);
    const comparison = page.getByTestId('comparison').first();
    await expect(comparison.getByTestId('verdict')).toHaveText(
      'The same class comes first, with another value. The largest difference of a probability is 0.038 (Egyptian cat).',
    );
    await expect(comparison.locator('table').last()).toContainText('blue, green, red');
    await expect(comparison).toContainText('names 995 more classes; 5 are compared.');
  });

  it('shows exact numbers beside the percentages where a model is tried', async () => {
    const shown = shownPages.find(({ title }) => title === 'try');
    assert.ok(shown);
    await showPage(page, shown);
    await expect(page.getByTestId('exact')).toHaveText(['0.98', '0.31']);
    await expect(page.getByTestId('probability')).toHaveText(['98.0%', '31.0%']);
  });
});

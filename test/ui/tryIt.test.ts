import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { oneChannelEach, toyGraph } from '../unit/local/toyGraph.ts';
import { axeFindings } from './axe.ts';
import { expect } from './expect.ts';
import { openSession, type Session } from './session.ts';
import { TryPage } from './tryPage.ts';

const labels = ['red', 'green', 'blue'];

describe('the wizard lets a model be tried before anything is written', () => {
  let session: Session;
  const folder = (): string => path.join(session.workspace, 'colours');

  before(async () => {
    session = await openSession('try', async (workspace) => {
      const at = path.join(workspace, 'colours');
      await mkdir(at);
      await writeFile(
        path.join(at, 'colours.onnx'),
        toyGraph({ shape: [-1, 3, 32, 32], weights: oneChannelEach }).graph,
      );
      await writeFile(path.join(at, 'labels.txt'), `${labels.join('\n')}\n`);
      await writeFile(path.join(at, 'index_to_name.json'), JSON.stringify({ ...labels }));
      await writeFile(path.join(at, 'orange.png'), await stripes());
    });
  });
  after(() => session?.close());

  it('shows what the model sees and what it answers by the suggested contract', async () => {
    const page = await openPage();
    await page.answers('red', 'green', 'blue');
    await expect(page.body.getByTestId('exact').first(), 'the number as it came').toHaveText(/^0\.\d{6,}$/);
    await expect(page.body.getByTestId('seen-image')).toHaveJSProperty('naturalWidth', 32);
    await session.workbench.screenshot('1-try');
    assert.deepEqual((await readdir(folder())).sort(), [
      'colours.onnx',
      'index_to_name.json',
      'labels.txt',
      'orange.png',
    ]);
  });

  it('shows at once what a swapped colour or another mean does, and takes it back', async () => {
    const page = new TryPage(await session.workbench.frameWith('use'));
    await page.control('colour').selectOption('bgr');
    await page.answers('blue', 'green', 'red');
    await session.workbench.screenshot('2-swapped');
    await page.control('colour').selectOption('rgb');
    await page.answers('red', 'green', 'blue');
    await page.control('values').selectOption('caffe');
    await expect(page.row('input.mean')).toContainText('said by you');
    await session.workbench.screenshot('3-mean');
    await page.control('values').selectOption('unit');
    await expect(page.row('input.range')).toContainText('0 to 1');
    await page.answers('red', 'green', 'blue');
  });

  it('goes back to the questions with their answers, and cancels by one key', async () => {
    const { workbench } = session;
    const page = new TryPage(await workbench.frameWith('use'));
    await page.press('back');
    await workbench.question('Name, version, handler, labels');
    await workbench.answer();
    const again = new TryPage(await workbench.frameWith('use'));
    await again.answers('red', 'green', 'blue');
    await again.body.press('Escape');
    await workbench.page.locator('.statusbar-item', { hasText: 'Model Deck: cancelled' }).waitFor();
    assert.ok(!(await readdir(folder())).includes('model-deck.yaml'));
  });

  it('shows each kind of answer as what it is', async () => {
    const page = await openPage();
    await page.control('meaning').selectOption('multi-sigmoid');
    await expect(page.body.getByTestId('kind')).toHaveText(/need not sum to 100%/);
    await session.workbench.screenshot('4-multi');
    await page.control('meaning').selectOption('unknown');
    await expect(page.body.getByTestId('kind')).toHaveText(/not probabilities/);
    await expect(page.body.getByTestId('probability')).toHaveCount(0);
    await session.workbench.screenshot('5-unknown');
    await page.control('meaning').selectOption('single-softmax');
    await page.answers('red', 'green', 'blue');
  });

  it('is clear in light and in high contrast', async () => {
    const { workbench } = session;
    const page = new TryPage(await workbench.frameWith('use'));
    for (const [theme, name] of [
      ['Light Modern', 'vscode-light'],
      ['Dark High Contrast', 'vscode-high-contrast'],
    ] as const) {
      await workbench.chooseTheme(theme);
      await page.body.locator(`xpath=self::body[contains(@class, '${name}')]`).waitFor();
      await workbench.screenshot(`6-${theme}`);
      assert.deepEqual(await axeFindings(page.body), [], theme);
    }
  });

  it('keeps an example, and writes the contract as confirmed', async () => {
    const { workbench } = session;
    const page = new TryPage(await workbench.frameWith('use'));
    await page.control('values').selectOption('unit');
    await page.answers('red', 'green', 'blue');
    await page.press('keep');
    await expect(page.body.getByTestId('kept')).toHaveText(/Kept as red/);
    await workbench.screenshot('7-kept');
    await page.press('use');
    await workbench.notification('colours.mar is packaged').waitFor();
    const spec = await readFile(path.join(folder(), 'model-deck.yaml'), 'utf8');
    assert.match(spec, /image: orange\.png, label: red|image: orange\.png\n\s+label: red/);
    assert.match(spec, /range: ['"]?0\.\.1/);
    assert.doesNotMatch(spec, /(: |# )assumed$/m);
  });

  it('asks the deployment for the example', async () => {
    const { workbench } = session;
    await workbench.notification('colours.mar is packaged').getByRole('button', { name: 'Deploy…' }).click();
    await workbench.question('Advanced…');
    await workbench.answer('This computer');
    const ready = workbench.notification('colours is ready');
    await ready.waitFor();
    await workbench.screenshot('8-deployed');
    await expect(ready).toContainText(/same answer here as there, largest difference/);
  });

  it('does not package a model whose example gets another label', async () => {
    const { workbench } = session;
    const file = path.join(folder(), 'model-deck.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('label: red', 'label: blue'));
    await workbench.chooseFromMenu(await workbench.explorerRow('colours'), 'Package Model…');
    await workbench.notification(/was not packaged.*orange\.png is "red".*"blue" is expected/).waitFor();
    await workbench.screenshot('9-differs');
  });

  /** Runs the wizard with what it suggests until the page is there. */
  async function openPage(): Promise<TryPage> {
    const { workbench } = session;
    await workbench.chooseFromMenu(await workbench.explorerRow('colours'), 'Package Model…');
    await workbench.question('Name, version, handler, labels');
    await workbench.answer();
    return new TryPage(await workbench.frameWith('use'));
  }
});

/** A picture whose upper half is orange, the rest a darker shade of it, so that one sees what is cut off. */
function stripes(): Promise<Buffer> {
  const create = { width: 60, height: 20, channels: 3, background: { r: 250, g: 130, b: 20 } } as const;
  return sharp({
    create: { width: 60, height: 40, channels: 3, background: { r: 200, g: 100, b: 10 } },
  })
    .composite([{ input: { create }, top: 0, left: 0 }])
    .png()
    .toBuffer();
}

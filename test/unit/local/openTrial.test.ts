import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { completeContract } from '../../../src/contract/completeContract.ts';
import type { ClassOutput, ImageInput, ModelContract } from '../../../src/contract/modelContract.ts';
import { sigmoid, softmax } from '../../../src/inference/index.ts';
import { openTrial, type Trial } from '../../../src/local/openTrial.ts';
import { serverSource } from './sampleArchive.ts';
import { toyGraph } from './toyGraph.ts';

/** Each class is the mean of one channel. */
const weights = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const labels = ['red', 'green', 'blue'];

describe('a graph is tried before it is packaged', () => {
  let folder: string;
  let picture: Uint8Array;
  let trial: Trial;
  const open = (graph: string, externalData: { path: string; file: string }[] = []): Promise<Trial> =>
    openTrial({
      ...serverSource,
      graph: { graph, externalData },
      log: () => undefined,
    });

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-trial-'));
    const made = toyGraph({ shape: [-1, 3, 8, 8], weights, externalFile: 'toy.onnx.data' });
    await writeFile(path.join(folder, 'toy.onnx'), made.graph);
    await writeFile(path.join(folder, 'toy.onnx.data'), made.externalData);
    const create = { width: 20, height: 10, channels: 3, background: { r: 255, g: 102, b: 0 } } as const;
    picture = await sharp({ create }).png().toBuffer();
    trial = await open(path.join(folder, 'toy.onnx'), [
      { path: 'toy.onnx.data', file: path.join(folder, 'toy.onnx.data') },
    ]);
  });
  after(async () => {
    await trial?.close();
    await rm(folder, { recursive: true });
  });

  it('answers one picture by one contract after the other, and writes nothing', async () => {
    const plain = await trial.ask(picture, contract({}, { meaning: 'single-label', activation: 'softmax' }));
    assert.equal(plain.interpretation.kind, 'probabilities');
    assert.deepEqual(
      plain.interpretation.values.map(({ label }) => label),
      ['red', 'green', 'blue'],
    );
    assertClose(plain.interpretation.values[0]?.value, softmax([1, 0.4, 0])[0]);
    const swapped = await trial.ask(
      picture,
      contract({ colour: 'bgr' }, { meaning: 'single-label', activation: 'softmax' }),
    );
    assert.equal(swapped.interpretation.values[0]?.label, 'blue');
    assert.notEqual(swapped.seen.url, plain.seen.url, 'what the model sees has changed, too');
    const many = await trial.ask(picture, contract({}, { meaning: 'multi-label', activation: 'sigmoid' }));
    assert.equal(many.interpretation.kind, 'multi-label');
    assertClose(many.interpretation.values[0]?.value, sigmoid(1));
    const unknown = await trial.ask(picture, contract({}, { meaning: 'unknown', activation: 'none' }));
    assert.equal(unknown.interpretation.kind, 'scores');
    assert.deepEqual((await readdir(folder)).sort(), ['toy.onnx', 'toy.onnx.data']);
  });

  it('shows what the model sees as a PNG in the size of the tensor', async () => {
    const { seen } = await trial.ask(picture, contract({}, {}));
    const png = Buffer.from(seen.url.slice('data:image/png;base64,'.length), 'base64');
    const { width, height } = await sharp(png).metadata();
    assert.deepEqual([width, height], [8, 8]);
    assert.ok(seen.notes.some((note) => note.includes('8 × 8 pixels')));
  });

  it('says what is wrong with a contract or a picture, and goes on', async () => {
    await assert.rejects(trial.ask(picture, contract({ width: 9, height: 9 }, {})), /takes \[-1, 3, 8, 8\]/);
    await assert.rejects(trial.ask(new Uint8Array([1, 2, 3]), contract({}, {})), /not an image/);
    assert.ok(await trial.ask(picture, contract({}, {})));
  });

  it('says why a graph cannot be loaded', async () => {
    const broken = path.join(folder, '..', `${path.basename(folder)}.onnx`);
    await writeFile(broken, 'no graph');
    await assert.rejects(open(broken), /ONNX Runtime cannot load/).finally(() => rm(broken));
    await assert.rejects(open(path.join(folder, 'none.onnx')), /none\.onnx/);
  });

  it('has no answers after it was closed', async () => {
    const other = await open(path.join(folder, 'toy.onnx'), [
      { path: 'toy.onnx.data', file: path.join(folder, 'toy.onnx.data') },
    ]);
    await other.close();
    await assert.rejects(other.ask(picture, contract({}, {})), /gone/);
  });
});

function contract(input: Partial<ImageInput>, output: Partial<ClassOutput>): ModelContract {
  const size = { width: 8, height: 8 };
  return completeContract({
    input: { ...size, resize: { method: 'exact', ...size }, mean: [0, 0, 0], std: [1, 1, 1], ...input },
    output: { labels, classes: 3, ...output },
  });
}

function assertClose(value: number | undefined, expected: number | undefined): void {
  assert.ok(Math.abs((value ?? NaN) - (expected ?? NaN)) < 1e-6, `${value} beside ${expected}`);
}

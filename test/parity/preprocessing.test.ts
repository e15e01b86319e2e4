import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { channelsOf } from '../../src/contract/modelContract.ts';
import { preprocessingPython } from '../../src/contract/preprocessingPython.ts';
import { pythonEnvironment } from '../../scripts/python/environment.ts';
import { PythonWorker } from '../../scripts/python/pythonWorker.ts';
import sharp from 'sharp';
import { decodeImage } from '../../src/inference/index.ts';
import { noise, sha256 } from '../unit/inference/fixtures.ts';
import { tiffFile } from '../unit/inference/tiffFile.ts';
import { ourTensor, preprocessingCases } from '../unit/inference/preprocessingCases.ts';
import type { PreprocessingCase } from '../unit/inference/preprocessingCases.ts';

const root = path.join(import.meta.dirname, '..', '..');
const script = path.join(root, 'scripts', 'parity', 'preprocessing_worker.py');
const golden = path.join(root, 'test', 'fixtures', 'preprocessing-golden.json');

interface PythonTensor {
  readonly sha256: string;
  readonly shape: readonly number[];
  readonly type: string;
}

/** Pictures that Pillow opens, in what makes an answer differ: turned, deep, signed, floating point, with a window. */
async function pictureFiles(): Promise<[string, Buffer][]> {
  const { width, height, data } = noise(31, 22, 7);
  const grey = { width, height, channels: 1, photometric: 1 } as const;
  const count = width * height;
  const levels = Array.from({ length: count }, (_, place) => data[place * 3] as number);
  const raw = { raw: { width, height, channels: 3 } } as const;
  const turned = [3, 6, 8].map(async (orientation): Promise<[string, Buffer]> => [
    `turned ${orientation}`,
    await sharp(data, raw).withMetadata({ orientation }).png().toBuffer(),
  ]);
  const deepPng = (step: number): Promise<Buffer> =>
    sharp(
      Uint16Array.from(levels, (level) => level * step),
      { raw: { width, height, channels: 1 } },
    )
      .toColourspace('grey16')
      .png()
      .toBuffer();
  return [
    ...(await Promise.all(turned)),
    ['8 bits in 16', await deepPng(1)],
    ['10 bits in 16', await deepPng(4)],
    ['12 bits in 16', await deepPng(16)],
    ['16 bits', await deepPng(257)],
    ['an odd range', await deepPng(5)],
    [
      'signed',
      tiffFile({ ...grey, bits: 16, sampleFormat: 2, pixels: Int16Array.from(levels, (level) => level * 7 - 900) }),
    ],
    [
      'Hounsfield units',
      tiffFile({ ...grey, bits: 16, sampleFormat: 2, pixels: Int16Array.from(levels, (level) => level * 8 - 1024) }),
    ],
    [
      'floats',
      tiffFile({ ...grey, bits: 32, sampleFormat: 3, pixels: Float32Array.from(levels, (level) => level / 255) }),
    ],
    [
      'floats of any size',
      tiffFile({ ...grey, bits: 32, sampleFormat: 3, pixels: Float32Array.from(levels, (level) => level * 3 - 99.5) }),
    ],
    [
      'a window',
      tiffFile({
        ...grey,
        bits: 16,
        pixels: Uint16Array.from(levels, (level) => level * 9),
        shorts: { 340: [100], 341: [2000] },
      }),
    ],
    ['colour', await sharp(data, raw).png().toBuffer()],
  ];
}

describe('the preprocessor, ours and the generated Python with Pillow and numpy', () => {
  let python: PythonWorker;
  before(async () => {
    python = new PythonWorker(
      pythonEnvironment((line) => console.log(line)),
      script,
    );
    await python.ask({ source: preprocessingPython });
  });
  after(() => python.close());

  function theirTensor({ width, height, seed, input }: PreprocessingCase): Promise<PythonTensor> {
    const pixels = Buffer.from(noise(width, height, seed).data).toString('base64');
    return python.ask<PythonTensor>({ pixels, width, height, steps: input });
  }

  it('make the same bits of random pictures by random contracts', async () => {
    const cases = preprocessingCases();
    assert.ok(cases.length >= 500);
    const sums: string[] = [];
    for (const one of cases) {
      const theirs = await theirTensor(one);
      const { colour, width, height, layout, type } = one.input;
      const channels = channelsOf(colour);
      const shape = layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
      assert.deepEqual([theirs.shape, theirs.type], [shape, type]);
      assert.equal(ourTensor(one).sha256, theirs.sha256, JSON.stringify(one));
      sums.push(theirs.sha256.slice(0, 16));
    }
    // MODEL_DECK_WRITE_GOLDEN writes the vectors that the unit tests compare with; otherwise they must be these.
    if (process.env.MODEL_DECK_WRITE_GOLDEN !== undefined) writeFileSync(golden, `${JSON.stringify(sums)}\n`);
    assert.deepEqual(JSON.parse(readFileSync(golden, 'utf8')), sums);
  });

  it('open the same pixels of turned and of deep pictures', async () => {
    for (const [name, file] of await pictureFiles()) {
      const theirs = await python.ask<{ sha256: string; size: [number, number] }>({ file: file.toString('base64') });
      const ours = await decodeImage(file);
      assert.deepEqual([ours.width, ours.height], theirs.size, name);
      assert.equal(sha256(ours.data), theirs.sha256, name);
    }
  });
});

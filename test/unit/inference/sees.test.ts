import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import type { ImageInput } from '../../../src/contract/modelContract.ts';
import { decodeImage, preprocess, preprocessFile, seenPicture } from '../../../src/inference/index.ts';
import { cut, resize, resizeParts } from '../../../src/inference/image/resize.ts';
import type { Region } from '../../../src/inference/image/raster.ts';
import { seen as seenPixels } from '../../../src/inference/image/seen.ts';
import { sees } from '../../../src/inference/image/sees.ts';
import { withinPixelBudget } from '../../../src/inference/image/pixelBudget.ts';
import { contractOf } from '../contract/contracts.ts';
import { noise, readFixture, sha256 } from './fixtures.ts';
import { preprocessingCases } from './preprocessingCases.ts';

const plain = contractOf({}, { resize: { method: 'none' }, width: 2, height: 1 }).input;
const pixels = (...data: number[]): { width: number; height: number; data: Uint8Array } => ({
  width: data.length / 3,
  height: 1,
  data: Uint8Array.from(data),
});

async function seenBy(
  image: ReturnType<typeof pixels>,
  input: Partial<ImageInput>,
): Promise<{ size: number[]; data: number[] }> {
  const whole = { ...plain, ...input };
  const png = await sees(seenPixels(image, whole), whole.colour);
  assert.equal((await sharp(png).metadata()).format, 'png');
  const { data, info } = await sharp(png)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { size: [info.width, info.height], data: [...data] };
}

describe('what the model sees', () => {
  it('is the picture in the size of the tensor, before the numbers of mean and std', async () => {
    const seen = await seenBy(pixels(1, 2, 3, 40, 50, 60), { mean: [9, 9, 9] });
    assert.deepEqual(seen, { size: [2, 1], data: [1, 2, 3, 40, 50, 60] });
  });

  it('shows exchanged channels, and grey', async () => {
    assert.deepEqual((await seenBy(pixels(1, 2, 3, 40, 50, 60), { colour: 'bgr' })).data, [3, 2, 1, 60, 50, 40]);
    const grey = await seenBy(pixels(255, 0, 0, 0, 0, 0), { colour: 'grey', mean: [0], std: [1] });
    assert.deepEqual(grey.data, [76, 76, 76, 0, 0, 0]);
  });

  it('says beside the picture that red and blue are exchanged, and what was chosen in the file', async () => {
    const file = readFixture('rgb.png');
    const said = async (colour: 'rgb' | 'bgr'): Promise<readonly string[]> =>
      (await seenPicture(file, { ...plain, colour })).notes;
    assert.match((await said('bgr')).join(' '), /Red and blue are exchanged/);
    assert.doesNotMatch((await said('rgb')).join(' '), /exchanged/);
    const animated = readFixture('animated.gif');
    const { notes } = await decodeImage(animated);
    assert.ok(notes.length > 0);
    assert.deepEqual((await seenPicture(animated, plain)).notes.slice(0, notes.length), notes);
  });

  it('shows the bars of a letterbox in their grey, and black padding', async () => {
    const white = pixels(255, 255, 255, 255, 255, 255);
    const boxed = await seenBy(white, { resize: { method: 'letterbox', fill: 114 }, width: 2, height: 3 });
    const bar = Array.from({ length: 6 }, () => 114);
    assert.deepEqual(boxed, { size: [2, 3], data: [...bar, ...white.data, ...bar] });
    const padded = await seenBy(white, { width: 4, height: 1 });
    assert.deepEqual(padded.data, [0, 0, 0, ...white.data, 0, 0, 0]);
  });
});

describe('a tensor of a file', () => {
  for (const name of [
    'rgb.png',
    'rgb-420.jpg',
    'orientation-6.jpg',
    'cmyk.jpg',
    'grey.jpg',
    'rgba.png',
    'animated.gif',
    'jpeg.tif',
  ]) {
    it(`is that of the decoded picture: ${name}`, async () => {
      const file = readFixture(name);
      const image = await decodeImage(file);
      for (const { input } of preprocessingCases().slice(0, 40)) {
        const { tensor, notes } = await preprocessFile(file, input);
        assert.deepEqual(tensor, preprocess(image, input));
        assert.deepEqual(notes, image.notes);
      }
    });
  }

  it('is computed in bands of a large picture, which never exceed the bound', async () => {
    const image = { ...noise(400, 300, 5), channels: 3 as const };
    const asked: Region[] = [];
    const source = {
      width: 400,
      height: 300,
      part: (region: Region) => {
        asked.push(region);
        return Promise.resolve(cut(image, region));
      },
    };
    const to = { width: 40, height: 30, interpolation: 'bicubic' } as const;
    const region = { left: 8, top: 3, width: 22, height: 22 };
    const parts = await resizeParts(source, to, region, 10_000);
    assert.equal(sha256(parts.data), sha256(resize(image, to, region).data));
    assert.ok(asked.length > 1 && asked.every(({ width, height }) => width * height <= 10_000 && width < 400));
  });
});

describe('the budget of pixels', () => {
  it('lets small pictures run together, and a large one alone', async () => {
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    await Promise.all(Array.from({ length: 4 }, () => withinPixelBudget(100_000_000, work)));
    assert.equal(most, 1);
    await Promise.all(Array.from({ length: 4 }, () => withinPixelBudget(1_000_000, work)));
    assert.equal(most, 4);
  });

  it('does not hold up whoever has stopped waiting', async () => {
    const stop = new AbortController();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = withinPixelBudget(100_000_000, () => held);
    const second = withinPixelBudget(100_000_000, () => Promise.resolve('left'), stop.signal);
    stop.abort();
    assert.equal(await second, 'left');
    release();
    await first;
  });
});

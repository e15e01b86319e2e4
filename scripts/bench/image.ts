import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { PythonWorker } from '../python/pythonWorker.ts';
import { loadBuilt, sampleFolder } from './built.ts';
import { interleave, printSamples, timed } from './measure.ts';
import type { Sample } from './measure.ts';

const width = 4000;
const height = 3000;
/** The request limit of TorchServe, in bytes; of it, what base64 leaves for the image. */
const maxRequestBytes = 6_553_500;
const room = Math.floor((maxRequestBytes - 512) / 4) * 3;
const endpoint = { imageEncoding: 'rgb-jpeg', maxRequestBytes } as const;
const input = {
  colour: 'rgb',
  resize: { method: 'shorter-side', length: 256 },
  interpolation: 'bilinear',
  width: 224,
  height: 224,
  range: '0..1',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  layout: 'NCHW',
  type: 'float32',
  batch: 'free',
} as const;

/** Preparing a photo of 12 megapixels, beside Pillow; both with the file in memory, and warm. No target: it is shown. */
export async function benchImage(python: string, runs: number): Promise<void> {
  const { prepareImage, preprocessFile } = loadBuilt('inference');
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-bench-'));
  const pillow = new PythonWorker(python, path.join(import.meta.dirname, 'pillow_worker.py'));
  try {
    const upright = path.join(folder, 'upright.jpg');
    const turned = path.join(folder, 'turned.jpg');
    await writePhoto(upright, 1);
    await writePhoto(turned, 6);
    const photo = await readFile(upright);
    const turnedPhoto = await readFile(turned);
    const theirs = (task: string, file: string) => async (): Promise<number> =>
      (await pillow.ask<{ ms: number }>({ task, file, room })).ms;
    const compare = async (title: string, ours: () => Promise<unknown>, peer: () => Promise<number>): Promise<void> => {
      await ours();
      await peer();
      const samples: Record<string, Sample> = await interleave(runs, { ours: () => timed(ours), Pillow: peer });
      console.log(`  ${title}`);
      printSamples(samples);
    };

    if (photo.length > room) throw new Error('The photo is larger than the request limit: it would be encoded again.');
    console.log(`\nPreparing a JPEG of ${width} x ${height} pixels, ${(photo.length / 1e6).toFixed(1)} MB`);
    await compare(
      'to be sent as it is: checked to be whole',
      () => prepareImage(photo, endpoint),
      theirs('check', upright),
    );
    await compare(
      'from a camera held upright: turned, and encoded again within the request limit',
      () => prepareImage(turnedPhoto, endpoint),
      theirs('upright_jpeg', turned),
    );
    await compare(
      'to the input tensor of a model: decoded, resized to 256, cropped to 224, normalised',
      () => preprocessFile(photo, input),
      theirs('tensor', upright),
    );
  } finally {
    await pillow.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A photo of the sample repeated over the whole area: detail as in a photo, where enlarging would blur it. */
async function writePhoto(file: string, orientation: number): Promise<void> {
  const tile = await readFile(path.join(sampleFolder, 'photos', 'china.jpg'));
  const image = sharp({ create: { width, height, channels: 3, background: 'black' } });
  const pixels = await image
    .composite([{ input: tile, tile: true, gravity: 'northwest' }])
    .raw()
    .toBuffer();
  const photo = sharp(pixels, { raw: { width, height, channels: 3 } }).withMetadata({ orientation });
  await writeFile(file, await photo.jpeg({ quality: 70 }).toBuffer());
}

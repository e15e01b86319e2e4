import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { softmax } from '../../../src/inference/index.ts';
import { startServer } from '../../../src/local/startServer.ts';
import { packageModel } from '../../../src/packaging/index.ts';
import type { ArchiveFormat, ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { writeFiles } from '../writeFiles.ts';
import { serverSource } from './sampleArchive.ts';
import { toyGraph } from './toyGraph.ts';

const spec: ModelSpec = {
  name: 'toy',
  version: '1.0',
  weights: 'model.onnx',
  handler: 'model-deck:onnx-image-classifier',
  preprocessing: { resize: 8, crop: 8, mean: [0, 0, 0], std: [1, 1, 1], layout: 'NCHW' },
};

describe('a graph with weights in other files, packaged and served on this computer', () => {
  let folder: string;
  let photo: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-external-'));
    const background = { r: 51, g: 102, b: 204 };
    photo = (await sharp({ create: { width: 8, height: 8, channels: 3, background } }).png().toBuffer()).toString('base64');
  }); // prettier-ignore
  after(() => rm(folder, { recursive: true }));

  /** Writes the folder of a model, packages it and asks the server of the package once. */
  async function answered(name: string, location: string, archiveFormat: ArchiveFormat): Promise<readonly number[]> {
    const source = path.join(folder, name);
    const weights = [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 1]]; // prettier-ignore
    const { graph, externalData } = toyGraph({ shape: [-1, 3, 8, 8], weights, externalFile: location });
    await writeFiles(source, { 'model.onnx': graph, [location]: externalData });
    const outputFolder = path.join(source, 'package');
    const { path: archive } = await packageModel({
      folder: source,
      spec: { ...spec, archiveFormat },
      outputFolder,
      force: true,
    });
    const server = await startServer({
      ...serverSource,
      model: { archive, modelName: 'toy', modelVersion: '1.0', engine: { kind: 'onnx' } },
      log: () => undefined,
    });
    try {
      const body = JSON.stringify({ instances: [{ data: photo }] });
      const answer = await fetch(`${server.url}/v1/models/toy:predict`, { method: 'POST', body });
      const { predictions } = (await answer.json()) as { predictions: [Record<string, number>] };
      return [0, 1, 2, 3].map((index) => predictions[0][String(index)] ?? NaN);
    } finally {
      await server.stop();
    }
  }

  const layouts: readonly (readonly [string, string, ArchiveFormat])[] = [
    ['as PyTorch from 2.9 on writes it', 'model.onnx.data', 'default'],
    ['in a sub-folder', 'weights/model.data', 'default'],
    ['in a sub-folder, by a path from here', './weights/model.data', 'tgz'],
    ['named like a text', 'weights/model.json', 'no-archive'],
  ];
  for (const [index, [name, location, format]] of layouts.entries()) {
    it(`answers right: ${name}`, async () => {
      const seen = await answered(String(index), location, format);
      softmax([0.2, 0.4, 0.8, 1]).forEach((value, place) =>
        assert.ok(Math.abs((seen[place] ?? NaN) - value) < 1e-5, seen.join()),
      );
    });
  }
});

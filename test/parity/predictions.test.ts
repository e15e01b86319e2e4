import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as ort from 'onnxruntime-web';
import { decodeImage, softmax } from '../../src/inference/index.ts';
import { labelList, readSpec } from '../../src/packaging/index.ts';
import type { ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { tensorOf } from '../unit/inference/fixtures.ts';
import { pythonEnvironment } from '../../scripts/python/environment.ts';

const root = path.join(import.meta.dirname, '..', '..');
const sample = path.join(root, 'media', 'samples', 'efficientnet-lite0');
const script = path.join(root, 'scripts', 'parity', 'predictions.py');

interface Prediction {
  readonly label: string;
  readonly probability: number;
}

interface PhotoAnswer {
  readonly file: string;
  readonly pixelsSha256: string;
  readonly inputSha256: string;
  readonly top5: readonly Prediction[];
}

const expected = JSON.parse(readFileSync(path.join(root, 'test', 'fixtures', 'sample-expected.json'), 'utf8')) as {
  readonly modelSha256: string;
  readonly photos: readonly PhotoAnswer[];
};

/** Largest difference between two probabilities that counts as none. */
const tolerance = 1e-3;

describe("the sample's predictions, ours and those of onnxruntime in Python", () => {
  let spec: ModelSpec;
  let live: readonly PhotoAnswer[];
  let session: ort.InferenceSession;

  before(async () => {
    spec = await readSpec(path.join(sample, 'model-deck.yaml'));
    // YAML gives text; whoever reads the spec gets numbers by its schema.
    const python = pythonEnvironment((line) => console.log(line));
    const answer = execFileSync(python, [script, sample], { input: JSON.stringify(spec), encoding: 'utf8' });
    live = JSON.parse(answer) as readonly PhotoAnswer[];
    session = await ort.InferenceSession.create(readFileSync(path.join(sample, spec.weights ?? '')));
  });
  after(() => session.release());

  function assertSameTop(ours: readonly Prediction[], theirs: readonly Prediction[], photo: string): void {
    const labels = (predictions: readonly Prediction[]): string[] => predictions.map(({ label }) => label);
    assert.deepEqual(labels(ours), labels(theirs), photo);
    for (const [place, { label, probability }] of ours.entries()) {
      const difference = Math.abs(probability - (theirs[place]?.probability ?? Infinity));
      assert.ok(difference <= tolerance, `${photo}, ${label}: ${difference}`);
    }
  }

  for (const { file: photo } of expected.photos) {
    it(`agree in tensor, labels, order and probabilities: ${photo}`, async (context) => {
      const theirs = live.find(({ file }) => file === photo);
      assert.ok(theirs && spec.preprocessing?.inputName !== undefined);
      const { inputName, crop } = spec.preprocessing;
      const image = await decodeImage(readFileSync(path.join(sample, 'photos', photo)));
      const tensor = tensorOf(image, spec.preprocessing);
      assert.equal(createHash('sha256').update(new Uint8Array(tensor.buffer)).digest('hex'), theirs.inputSha256);
      const answer = await session.run({ [inputName]: new ort.Tensor('float32', tensor, [1, 3, crop, crop]) });
      const logits = answer[session.outputNames[0] ?? '']?.data;
      assert.ok(logits instanceof Float32Array);
      const labels = labelList(JSON.parse(readFileSync(path.join(sample, spec.labels ?? ''), 'utf8')));
      const ours = softmax(logits)
        .map((probability, index) => ({ label: labels[index] ?? '', probability }))
        .sort((a, b) => b.probability - a.probability)
        .slice(0, 5);
      assertSameTop(ours, theirs.top5, photo);
      const largest = Math.max(
        ...ours.map(({ probability }, place) => Math.abs(probability - (theirs.top5[place]?.probability ?? 0))),
      );
      context.diagnostic(`largest difference of a probability: ${largest.toExponential(1)}`);
    });

    it(`are those that the fixture has: ${photo}`, () => {
      const theirs = live.find(({ file }) => file === photo);
      const fixture = expected.photos.find(({ file }) => file === photo);
      assert.ok(theirs && fixture);
      assert.equal(theirs.pixelsSha256, fixture.pixelsSha256);
      assert.equal(theirs.inputSha256, fixture.inputSha256);
      assertSameTop(fixture.top5, theirs.top5, photo);
    });
  }

  it('are of the weights and of all the photos that are shipped', () => {
    const weights = readFileSync(path.join(sample, spec.weights ?? ''));
    assert.equal(createHash('sha256').update(weights).digest('hex'), expected.modelSha256);
    assert.deepEqual(
      live.map(({ file }) => file),
      expected.photos.map(({ file }) => file),
    );
  });
});

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { channelsOf } from '../../src/contract/modelContract.ts';
import { preprocessingPython } from '../../src/contract/preprocessingPython.ts';
import { pythonEnvironment } from '../../scripts/python/environment.ts';
import { PythonWorker } from '../../scripts/python/pythonWorker.ts';
import { noise } from '../unit/inference/fixtures.ts';
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
});

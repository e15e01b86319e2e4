import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { ClassOutput } from '../../../src/contract/modelContract.ts';
import { predictionText } from '../../../src/local/server/prediction.ts';
import { answerPython } from '../../../src/packaging/kinds/torchserve/handlers/answerPython.ts';

const labels = Array.from({ length: 25 }, (_, index) => `label ${index}`);
const numbers = labels.map((_, index) => index / 10 - 1);
const outputs: readonly (readonly [ClassOutput, number])[] = [
  [{ meaning: 'multi-label', activation: 'sigmoid', labels }, 25],
  [{ meaning: 'single-label', activation: 'softmax', labels }, 20],
];
const python = process.platform === 'win32' ? 'python' : 'python3';

describe('the answer for one picture', () => {
  for (const [output, count] of outputs) {
    it(`has ${count} of 25 labels for ${output.meaning}`, () => {
      const named = JSON.parse(predictionText(numbers, output)) as Record<string, number>;
      assert.deepEqual(Object.keys(named), labels.toReversed().slice(0, count));
    });

    it(`is the one of the generated handlers for ${output.meaning}`, (context) => {
      const script = [
        'import base64, json, os, sys',
        'import numpy as np',
        answerPython,
        'output, numbers = json.load(sys.stdin)',
        'print(json.dumps(answer_of(numbers, output, read_labels(".", output))))',
      ].join('\n');
      if (spawnSync(python, ['-c', 'import numpy']).status !== 0) return context.skip('NumPy is not installed');
      const { stdout, stderr } = spawnSync(python, ['-c', script], {
        input: JSON.stringify([output, numbers]),
        encoding: 'utf8',
      });
      assert.equal(stderr, '');
      const theirs = Object.entries(JSON.parse(stdout) as Record<string, number>);
      const ours = Object.entries(JSON.parse(predictionText(numbers, output)) as Record<string, number>);
      assert.deepEqual(theirs.map(([label]) => label), ours.map(([label]) => label)); // prettier-ignore
      theirs.forEach(([, value], index) => assert.ok(Math.abs(value - (ours[index]?.[1] ?? NaN)) < 1e-9));
    });
  }
});

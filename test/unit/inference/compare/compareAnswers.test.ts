import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ModelContract } from '../../../../src/contract/modelContract.ts';
import type { ClassValue } from '../../../../src/inference/answers/answer.ts';
import { compareAnswers, type ComparedAnswer } from '../../../../src/inference/compare/compareAnswers.ts';
import { contractOf } from '../../contract/contracts.ts';

function answer(values: Readonly<Record<string, number>>, change: Partial<ComparedAnswer> = {}): ComparedAnswer {
  const list: readonly ClassValue[] = Object.entries(values).map(([label, value], index) => ({ label, value, index }));
  return { kind: 'probabilities', values: list, ...change };
}

const contract = contractOf(
  { meaning: 'single-label', activation: 'softmax', classes: 2 },
  { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
);

describe('one picture, two endpoints', () => {
  it('are the same when they differ by rounding only', () => {
    const { verdict, classes, isSameOrder } = compareAnswers(
      answer({ tabby: 0.6, lynx: 0.4 }),
      answer({ tabby: 0.60003, lynx: 0.39998 }),
    );
    assert.deepEqual([verdict, isSameOrder, classes[0]?.name], ['same', true, 'tabby']);
    assert.ok(Math.abs((classes[0]?.difference ?? 0) - 3e-5) < 1e-9);
  });

  it('agree on the class and differ in the value', () => {
    const { verdict, classes } = compareAnswers(
      answer({ tabby: 0.6, lynx: 0.3, fox: 0.1 }),
      answer({ tabby: 0.45, lynx: 0.3, fox: 0.2 }),
    );
    assert.equal(verdict, 'same-class');
    assert.deepEqual(
      classes.map(({ name }) => name),
      ['tabby', 'fox', 'lynx'],
      'the largest difference first',
    );
  });

  it('differ when another class comes first', () => {
    const { verdict, isSameOrder } = compareAnswers(
      answer({ tabby: 0.51, lynx: 0.49 }),
      answer({ lynx: 0.51, tabby: 0.49 }),
    );
    assert.deepEqual([verdict, isSameOrder], ['different', false]);
  });

  it('differ, too, when the class of one is not named by the other at all', () => {
    const { verdict, onlyFirst, onlySecond } = compareAnswers(
      answer({ tabby: 0.6, lynx: 0.4 }),
      answer({ dog: 0.6, lynx: 0.4 }),
    );
    assert.deepEqual([verdict, onlyFirst, onlySecond], ['different', 1, 1]);
  });

  it('are compared over what both name, where one names five only', () => {
    const all = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`c${index}`, (1000 - index) / 500_500]));
    const five = Object.fromEntries(Object.entries(all).slice(0, 5));
    const { verdict, classes, onlyFirst, onlySecond } = compareAnswers(answer(all), answer(five));
    assert.deepEqual([verdict, classes.length, onlyFirst, onlySecond], ['same', 5, 995, 0]);
  });

  it('are matched by place where one has no labels, and by label where both have', () => {
    const bare: ComparedAnswer = {
      kind: 'probabilities',
      values: [
        { index: 1, value: 0.8 },
        { index: 0, value: 0.2 },
      ],
    };
    const { verdict, classes } = compareAnswers(answer({ lynx: 0.2, tabby: 0.8 }), bare);
    assert.deepEqual([verdict, classes.map(({ difference }) => difference)], ['different', [0, 0]]);
    const sorted: ComparedAnswer = {
      kind: 'probabilities',
      values: [
        { label: 'tabby', index: 1, value: 0.8 },
        { label: 'lynx', index: 0, value: 0.2 },
      ],
    };
    assert.equal(compareAnswers(sorted, bare).verdict, 'same');
    const named: ComparedAnswer = { kind: 'probabilities', values: [{ label: 'tabby', value: 0.8 }] };
    assert.equal(compareAnswers(sorted, named).verdict, 'same');
  });

  it('cannot be compared when one gives probabilities and the other scores, or when they know no class of each other', () => {
    assert.equal(compareAnswers(answer({ a: 0.9 }), answer({ a: 7 }, { kind: 'scores' })).verdict, 'not-comparable');
    assert.equal(compareAnswers(answer({ a: 0.9 }), answer({ b: 0.9 })).verdict, 'not-comparable');
    assert.equal(compareAnswers(answer({}), answer({})).verdict, 'not-comparable');
  });

  it('of yes and no differ when they fall on different sides', () => {
    const binary = (value: number): ComparedAnswer => answer({ pneumonia: value }, { kind: 'binary' });
    assert.equal(compareAnswers(binary(0.51), binary(0.49)).verdict, 'different');
    assert.equal(compareAnswers(binary(0.51), binary(0.6)).verdict, 'same-class');
  });

  it('of raw numbers are the same within their own size', () => {
    const scores = (value: number): ComparedAnswer => answer({ a: value, b: 1 }, { kind: 'scores' });
    assert.equal(compareAnswers(scores(2000), scores(2000.1)).verdict, 'same');
    assert.equal(compareAnswers(scores(2000), scores(2010)).verdict, 'same-class');
  });

  it('have contracts whose differing fields are named, in words', () => {
    const other: ModelContract = {
      ...contract,
      input: { ...contract.input, colour: 'bgr', mean: [0.5, 0.5, 0.5] },
      output: { ...contract.output, labels: ['a', 'b'] },
    };
    const { contract: fields } = compareAnswers(answer({ a: 1 }, { contract }), answer({ a: 1 }, { contract: other }));
    assert.deepEqual(
      fields.map(({ field }) => field),
      ['input.colour', 'input.mean', 'output.labels'],
    );
    assert.match(fields[1]?.first ?? '', /0\.485/);
    assert.match(fields[1]?.second ?? '', /0\.5/);
    assert.equal(fields[2]?.first, undefined);
    const { unknownContract } = compareAnswers(answer({ a: 1 }, { contract }), answer({ a: 1 }));
    assert.deepEqual(unknownContract, ['second']);
  });
});

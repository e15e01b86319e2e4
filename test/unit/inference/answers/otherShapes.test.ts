import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Interpretation } from '../../../../src/inference/index.ts';
import { shown, v1, v2 } from './reading.ts';

const cats = { labels: ['tabby', 'lynx'] };
const three = { labels: ['a', 'b', 'c'] };
const catAnswer = ['probabilities', 'tabby 90 %', 'lynx 10 %'];
/** A body whose numbers are written as they stand here: JSON.stringify makes 1 of 1.0. */
const written = (predictions: string): string => `{"predictions":${predictions}}`;
const ints = (name: string, data: readonly number[], shape = [1, data.length]) => ({
  name,
  datatype: 'INT64',
  shape,
  data,
});
const strings = (name: string, data: readonly string[]) => ({ name, datatype: 'BYTES', shape: [data.length], data });
const softmax = { meaning: 'single-label', activation: 'softmax', ...three } as const;
const sigmoid = { meaning: 'multi-label', activation: 'sigmoid', ...three } as const;
const binary = { meaning: 'binary', activation: 'none', labels: ['normal', 'pneumonia'] } as const;

interface Case {
  readonly name: string;
  readonly read: () => Interpretation;
  readonly shown: readonly string[];
  /** Found in one of the notes. */
  readonly note?: RegExp;
}

/** Kinds of answers in which one meaning is easily taken for another. */
const kinds: Readonly<Record<string, readonly Case[]>> = {
  'pairs, or rows of two numbers': [
    { name: 'class numbers without a point', read: () => v1(written('[[0,0.75],[1,0.25]]'), cats), shown: ['probabilities', 'tabby 75 %', 'lynx 25 %'], note: /^Assumed: pairs/ },
    { name: 'the same without labels', read: () => v1(written('[[0,0.75],[1,0.25]]')), shown: ['probabilities', 'class 0 75 %', 'class 1 25 %'], note: /^Assumed: pairs/ },
    { name: 'three labels: rows of two would not fit', read: () => v1(written('[[0,0.75],[1,0.25]]'), three), shown: ['probabilities', 'a 75 %', 'b 25 %'] },
    { name: 'numbers with a point are rows', read: () => v1(written('[[0.0,1.0],[1.0,0.0]]'), cats), shown: ['probabilities', 'lynx 100 %', 'tabby 0 %'], note: /2 answers for one image/ },
    { name: 'fractions with a point are rows', read: () => v1(written('[[0.0,0.75],[1.0,0.25]]'), cats), shown: ['multi-label', 'lynx 75 %', 'tabby 0 %'], note: /2 answers for one image/ },
    { name: 'one pair without a list around it', read: () => v1(['tabby', 0.9]), shown: ['probabilities', 'tabby 90 %'] },
    { name: 'the number first', read: () => v1([[[0.9, 'tabby'], [0.1, 'lynx']]]), shown: catAnswer },
    { name: 'a list of labels, then a list of numbers', read: () => v1([['tabby', 'lynx'], [0.9, 0.1]]), shown: catAnswer },
  ],
  'numbers as texts': [
    { name: 'in a list', read: () => v1([['0.9', '0.1']], cats), shown: catAnswer },
    { name: 'in a dictionary', read: () => v1([{ tabby: '0.9', lynx: '0.1' }]), shown: catAnswer },
    { name: 'beside a label', read: () => v1([{ label: 'tabby', score: '0.9' }]), shown: ['probabilities', 'tabby 90 %'] },
    { name: 'per cent', read: () => v1([{ label: 'tabby', score: '93.5%' }]), shown: ['probabilities', 'tabby 93.5 %'] },
    { name: 'whole per cent with a blank', read: () => v1([{ label: 'tabby', confidence: '93 %' }]), shown: ['probabilities', 'tabby 93 %'] },
    { name: 'in BYTES', read: () => v2([strings('output', ['0.9', '0.1'])], cats), shown: catAnswer },
    { name: 'in a JSON text', read: () => v1(['{"tabby":"0.9","lynx":"0.1"}']), shown: catAnswer },
    { name: 'a label that is a decimal stays a label', read: () => v1([{ label: '1.5', score: 0.9 }]), shown: ['probabilities', '1.5 90 %'] },
    { name: 'a class number as a text', read: () => v1([{ class: '1', score: '0.9' }], cats), shown: ['probabilities', 'lynx 90 %'] },
  ],
  'labels that are numbers': [
    { name: 'folders named 1, 10, 2 are labels', read: () => v1([{ '10': 0.9, '2': 0.1 }], { labels: ['1', '10', '2'] }), shown: ['probabilities', '10 90 %', '2 10 %'] },
    { name: 'the class alone', read: () => v1([{ class: '10' }], { labels: ['1', '10', '2'] }), shown: ['class-only', '10'] },
    { name: 'in another order than the places', read: () => v1([{ '0': 0.9, '1': 0.1 }], { labels: ['1', '0'] }), shown: ['probabilities', '0 90 %', '1 10 %'], note: /^Assumed/ },
    { name: 'in the order of the places nothing is assumed', read: () => v1([{ '0': 0.9, '1': 0.1 }], { labels: ['0', '1'] }), shown: ['probabilities', '0 90 %', '1 10 %'] },
    { name: 'class numbers where the labels are words', read: () => v1([{ class: '2', score: 0.9 }], three), shown: ['probabilities', 'c 90 %'] },
    { name: "TensorFlow's classes as texts", read: () => v1([{ classes: ['0', '1'], scores: [0.9, 0.1] }], cats), shown: catAnswer },
    { name: 'equal numbers', read: () => v1(written('[{"7":0.5,"3":0.5}]')), shown: ['probabilities', 'class 3 50 %', 'class 7 50 %'] },
    { name: 'a contract with such labels', read: () => v1([{ '10': 0.9 }], { output: { ...softmax, labels: ['1', '10'] } }), shown: ['probabilities', '10 90 %'] },
  ],
  'names that mean something else': [
    { name: 'classes called box and mask', read: () => v1([{ box: 0.9, mask: 0.1 }]), shown: ['probabilities', 'box 90 %', 'mask 10 %'] },
    { name: 'four logits are no box', read: () => v1([{ logits: [2.5, -1, 0.5, 3] }], { labels: ['a', 'b', 'c', 'd'] }), shown: ['scores', 'd 3', 'a 2.5', 'c 0.5', 'b -1'] },
    { name: 'four scores beside the class are no box', read: () => v1([{ label: 'd', scores: [2, 0, 0, 3] }], { labels: ['a', 'b', 'c', 'd'] }), shown: ['scores', 'd 3', 'a 2', 'b 0', 'c 0'] },
    { name: 'an output called mask with two numbers', read: () => v2([{ name: 'mask', data: [0.9, 0.1] }], cats), shown: catAnswer },
    { name: 'a probability alone', read: () => v1([{ probability: 0.9 }], cats), shown: ['numbers', 'class 0 0.9'], note: /one number/ },
    { name: 'a score alone', read: () => v1([{ score: 0.9 }]), shown: ['numbers', 'class 0 0.9'], note: /one number/ },
    { name: 'a probability alone, and the contract is binary', read: () => v1([{ probability: 0.9 }], { output: binary }), shown: ['binary', 'pneumonia 90 %'] },
    { name: 'a class called value', read: () => v1([{ value: 0.9, cat: 0.1 }]), shown: ['probabilities', 'value 90 %', 'cat 10 %'] },
    { name: 'classes called error and ok', read: () => v1([{ error: 0.9, ok: 0.1 }]), shown: ['probabilities', 'error 90 %', 'ok 10 %'] },
  ],
  'what stands beside the answer': [
    { name: 'a message that all is well', read: () => v1([{ prediction: 'tabby', message: 'ok' }]), shown: ['class-only', 'tabby'] },
    { name: 'code 200', read: () => v1([{ code: 200, message: 'success', label: 'tabby', score: 0.9 }]), shown: ['probabilities', 'tabby 90 %'] },
    { name: 'an empty error', read: () => v1([{ error: '', label: 'tabby', score: 0.9 }]), shown: ['probabilities', 'tabby 90 %'] },
    { name: 'no error', read: () => v1([{ error: null, label: 'tabby', score: 0.9 }]), shown: ['probabilities', 'tabby 90 %'] },
    { name: 'a time among the classes', read: () => v1([{ tabby: 0.9, lynx: 0.1, inference_time: 0.05 }]), shown: catAnswer, note: /Left out.*"inference_time"/ },
    { name: 'a number that no label has', read: () => v1([{ tabby: 0.9, lynx: 0.1, entropy: 0.3 }], cats), shown: catAnswer, note: /Left out.*"entropy"/ },
    { name: 'a text among the classes', read: () => v1([{ tabby: 0.9, lynx: 0.1, model: 'resnet' }]), shown: catAnswer, note: /Left out.*"model"/ },
    { name: 'a time as JavaScript writes it', read: () => v1([{ tabby: 0.9, lynx: 0.1, latencyMs: 12 }]), shown: catAnswer, note: /"latencyMs"/ },
    { name: 'a status around it', read: () => v1([{ status: 'ok', result: { tabby: 0.9, lynx: 0.1 } }]), shown: catAnswer },
    { name: "Gradio's confidences", read: () => v1([{ label: 'tabby', confidences: [{ label: 'tabby', confidence: 0.9 }, { label: 'lynx', confidence: 0.1 }] }]), shown: catAnswer },
    { name: 'a list by another name', read: () => v1([{ classifications: [{ label: 'tabby', score: 0.9 }, { label: 'lynx', score: 0.1 }] }]), shown: catAnswer },
    { name: 'a score for each class in an object', read: () => v1([{ tabby: { score: 0.9 }, lynx: { score: 0.1 } }]), shown: catAnswer },
  ],
  'several outputs': [
    { name: 'logits and probabilities', read: () => v2([{ name: 'logits', data: [2, 1] }, { name: 'probabilities', data: [0.9, 0.1] }], cats), shown: catAnswer },
    { name: "a TensorFlow estimator's four", read: () => v2([ints('class_ids', [0]), strings('classes', ['0']), { name: 'logits', data: [2, 1] }, { name: 'probabilities', data: [0.9, 0.1] }], cats), shown: catAnswer },
    { name: 'label, probabilities and an embedding', read: () => v2([ints('label', [0], [1]), { name: 'probabilities', data: [0.9, 0.1] }, { name: 'embedding', data: [5, 6, 7] }], cats), shown: catAnswer },
    { name: 'indices, values and a time', read: () => v2([ints('indices', [1, 0]), { name: 'values', data: [0.9, 0.1] }, { name: 'ms', shape: [1], data: [12.5] }], cats), shown: ['probabilities', 'lynx 90 %', 'tabby 10 %'] },
    { name: 'counts beside floats', read: () => v2([ints('output_1', [4, 4]), { name: 'output_2', data: [0.9, 0.1] }], cats), shown: catAnswer },
    { name: 'two without a hint', read: () => v2([{ name: 'x', data: [2, 1] }, { name: 'y', data: [0.9, 0.1] }], cats), shown: ['scores', 'tabby 2', 'lynx 1'], note: /nobody says which/ },
    { name: 'a column of as many numbers as labels', read: () => v2([{ shape: [2, 1], data: [0.9, 0.1] }], cats), shown: catAnswer },
    { name: 'a column of a binary model is two answers', read: () => v2([{ shape: [2, 1], data: [0.9, 0.1] }], { output: binary }), shown: ['binary', 'pneumonia 90 %'], note: /2 answers/ },
  ],
  'an activation that was applied already': [
    { name: 'softmax over fractions', read: () => v1([[0.9, 0.05, 0]], { output: softmax }), shown: ['probabilities', 'a 54.53 %', 'b 23.31 %', 'c 22.17 %'], note: /may be probabilities already: the softmax/ },
    { name: 'sigmoid over fractions', read: () => v1([[0.9, 0.8, 0.1]], { output: sigmoid }), shown: ['multi-label', 'a 71.09 %', 'b 69 %', 'c 52.5 %'], note: /may be probabilities already: the sigmoid/ },
    { name: 'a distribution is left as it is', read: () => v1([[0.9, 0.05, 0.05]], { output: softmax }), shown: ['probabilities', 'a 90 %', 'b 5 %', 'c 5 %'] },
  ],
  'names beside the labels': [
    { name: 'a label that the package has not', read: () => v1([{ label: 'cat', score: 0.9 }], { output: softmax }), shown: ['probabilities', 'cat 90 %'], note: /"cat", which is none of the labels/ },
    { name: 'a class that the package has not', read: () => v1(['cat'], three), shown: ['class-only', 'cat'], note: /"cat", which is none/ },
    { name: 'a label that two classes share', read: () => v1([{ 'a (0)': 0.9, 'a (1)': 0.1 }], { labels: ['a', 'a'] }), shown: ['probabilities', 'a (0) 90 %', 'a (1) 10 %'] },
  ],
}; // prettier-ignore

describe('an answer in another shape', () => {
  for (const [kind, cases] of Object.entries(kinds)) {
    describe(kind, () => {
      for (const { name, read, shown: expected, note } of cases) {
        it(name, () => {
          const answer = read();
          assert.deepEqual(shown(answer), expected);
          if (note) assert.ok(answer.notes.some((one) => note.test(one)), answer.notes.join(' | ')); // prettier-ignore
        });
      }
    });
  }
});

describe('numbers that are none', () => {
  const others: readonly [string, () => unknown, RegExp][] = [
    ['NaN as Python writes it', () => v1(written('[[NaN, 0.5]]')), /NaN or Infinity/],
    ['-Infinity as Python writes it', () => v1(written('[{"a": -Infinity}]')), /NaN or Infinity/],
    ['NaN as a text', () => v1([['NaN', 'NaN']], cats), /NaN or Infinity/],
    ['NaN beside a label', () => v1([{ label: 'tabby', score: 'nan' }]), /NaN for tabby/],
    ["nan in Triton's strings", () => v2([strings('p', ['nan:1:b', '0.1:0:a'])]), /NaN for b/],
    ["inf in Triton's strings", () => v2([strings('p', ['-inf:1:b'])]), /for b/],
    ['a gap in a tensor', () => v2([{ data: [null, 0.5] }]), /no classification/],
    ['yes and no', () => v2([{ datatype: 'BOOL', data: [true, false] }]), /no classification/],
    ['an error beside a class', () => v1([{ error: 'CUDA is gone', label: 'tabby', score: 0.9 }]), /an error: "CUDA is gone"/],
    ['an error code beside a class', () => v1([{ code: 500, message: 'failed', label: 'tabby' }]), /an error: "failed"/],
  ]; // prettier-ignore
  for (const [name, read, message] of others) {
    it(name, () => assert.throws(read, { category: 'server', message }));
  }
});

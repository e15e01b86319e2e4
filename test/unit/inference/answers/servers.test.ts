import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Interpretation } from '../../../../src/inference/index.ts';
import { shown, v1, v2 } from './reading.ts';

const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const thousand = Array.from({ length: 1000 }, (_, index) => `label ${index}`);
const lynx = { tabby: 0.9, lynx: 0.1 };
const cats = ['probabilities', 'tabby 90 %', 'lynx 10 %'];
const bytes = (name: string, data: readonly string[], shape = [data.length]) => ({
  name,
  datatype: 'BYTES',
  shape,
  data,
});

/** What a server answers, who does, and what a user sees of it. */
const answers: readonly [string, () => Interpretation, readonly string[]][] = [
  // A class alone
  ["TorchServe's MNIST over V1: a class number", () => v1([2], { labels: digits }), ['class-only', 'two']],
  ['a class number in a list', () => v1([[7]], { labels: digits }), ['class-only', 'seven']],
  ['a class number without labels', () => v1([2]), ['class-only', 'class 2']],
  ['a class number beyond the labels', () => v1([12], { labels: digits }), ['class-only', 'class 12']],
  [
    "TorchServe's MNIST over V2: one INT64",
    () => v2([{ name: 'predict', shape: [1], datatype: 'INT64', data: [1] }], { labels: digits }),
    ['class-only', 'one'],
  ],
  ['one INT32 of the shape [1, 1]', () => v2([{ datatype: 'INT32', data: [3] }], { labels: digits }), ['class-only', 'three']],
  ['a label alone', () => v1(['tabby']), ['class-only', 'tabby']],
  ['a label alone in BYTES', () => v2([bytes('class', ['tabby'])]), ['class-only', 'tabby']],
  ['an object with the class alone', () => v1([{ class: 'tabby' }]), ['class-only', 'tabby']],
  ['an object with the class number alone', () => v1([{ prediction: 4 }], { labels: digits }), ['class-only', 'four']],

  // Labels with numbers
  ["TorchServe's image_classifier", () => v1([lynx]), cats],
  ['the same, without the list', () => v1('{"predictions":{"tabby":0.9,"lynx":0.1}}'), cats],
  ['the same over V2, as an object', () => v2([{ name: 'image-0', datatype: 'BYTES', shape: [1], data: [lynx] }]), cats],
  ['the same over V2, as a text', () => v2([bytes('image-0', [JSON.stringify(lynx)])]), cats],
  ['the same, as a text of a list', () => v1([JSON.stringify([lynx])]), cats],
  ['TorchServe without labels: class numbers as keys', () => v1('{"predictions":[{"2":0.9,"1":0.1}]}'), ['probabilities', 'class 2 90 %', 'class 1 10 %']],
  ['the same with labels', () => v1('{"predictions":[{"2":0.9,"1":0.1}]}', { labels: digits }), ['probabilities', 'two 90 %', 'one 10 %']],
  ['keys with numbers that are no class numbers', () => v1([{ '2024': 0.9, old: 0.1 }]), ['probabilities', '2024 90 %', 'old 10 %']],
  ['a distribution over the keys __proto__ and constructor', () => v1('{"predictions":[{"__proto__":0.5,"constructor":0.25}]}'), ['probabilities', '__proto__ 50 %', 'constructor 25 %']],
  ['an object with one label', () => v1([{ tabby: 1 }]), ['probabilities', 'tabby 100 %']],
  ['a dictionary that sums to more than 1', () => v1([{ effusion: 0.9, mass: 0.8 }]), ['multi-label', 'effusion 90 %', 'mass 80 %']],
  ['a dictionary of scores', () => v1([{ tabby: 14.5, lynx: -3 }]), ['scores', 'tabby 14.5', 'lynx -3']],
  ['a dictionary of percentages, which nobody says they are', () => v1([{ tabby: 93.5, lynx: 6.5 }]), ['scores', 'tabby 93.5', 'lynx 6.5']],
  ['Hugging Face: label and score', () => v1([[{ label: 'tabby', score: 0.9 }, { label: 'lynx', score: 0.1 }]]), cats],
  ['the same, in one list', () => v1([{ label: 'tabby', score: 0.9 }, { label: 'lynx', score: 0.1 }]), cats],
  ['class_id and probability', () => v1([{ class_id: 1, probability: 0.9 }], { labels: ['a', 'b'] }), ['probabilities', 'b 90 %']],
  ['class and confidence', () => v1([{ class: 'tabby', confidence: 0.9 }]), ['probabilities', 'tabby 90 %']],
  ['Custom Vision: tagName and probability', () => v1([{ tagName: 'tabby', probability: 0.9, tagId: 'f3' }, { tagName: 'lynx', probability: 0.1, tagId: 'a9' }]), cats],
  ["MLServer's Hugging Face runtime", () => v2([{ ...bytes('output', Object.entries(lynx).map(([label, score]) => JSON.stringify({ label, score })), [2, 1]), parameters: { content_type: 'hg_jsonlist' } }]), cats],
  ['pairs', () => v1([[['tabby', 0.9], ['lynx', 0.1]]]), cats],
  ['one pair', () => v1([[['tabby', 0.9]]]), ['probabilities', 'tabby 90 %']],
  ['pairs with class numbers', () => v1([[[2, 0.9], [0, 0.1]]], { labels: digits }), ['probabilities', 'two 90 %', 'zero 10 %']],
  ['two lists: labels and scores', () => v1([{ labels: ['tabby', 'lynx'], scores: [0.9, 0.1] }]), cats],
  ['Vertex AI: displayNames and confidences', () => v1([{ ids: ['7', '8'], displayNames: ['tabby', 'lynx'], confidences: [0.9, 0.1] }]), cats],
  ['top-k: indices and values', () => v1([{ indices: [2, 1], values: [0.9, 0.1] }], { labels: digits }), ['probabilities', 'two 90 %', 'one 10 %']],
  ['lists of a batch of one', () => v1([{ classes: [['tabby', 'lynx']], probabilities: [[0.9, 0.1]] }]), cats],
  ['label and confidence outputs (triton#1649)', () => v2([bytes('label', ['tabby', 'lynx', 'fox']), { name: 'confidence', shape: [3], data: [0.9, 0.07, 0.03] }]), ['probabilities', 'tabby 90 %', 'lynx 7 %', 'fox 3 %']],
  ['class number and confidence outputs', () => v2([{ name: 'class_idx', shape: [2], datatype: 'INT64', data: [2, 1] }, { name: 'prob', shape: [2], data: [0.9, 0.1] }], { labels: digits }), ['probabilities', 'two 90 %', 'one 10 %']],
  ["Triton's classification strings", () => v2([bytes('fc6_1', ['13.915170:504:COFFEE MUG', '12.018229:968:CUP', '9.839116:967:ESPRESSO'], [1, 3])]), ['scores', 'COFFEE MUG 13.9152', 'CUP 12.0182', 'ESPRESSO 9.83912']],
  ['the same without labels in the repository', () => v2([bytes('p', ['13.5:1', '-2.0:0'])], { labels: digits }), ['scores', 'one 13.5', 'zero -2']],
  ['the same with a colon in the label', () => v2([bytes('p', ['0.5:1:part: of'])]), ['scores', 'part: of 0.5']],
  ['the same of a graph that ends in a softmax', () => v2([bytes('p', ['0.9:1:b', '0.1:0:a'])], { output: { meaning: 'single-label', activation: 'none' } }), ['probabilities', 'b 90 %', 'a 10 %']],

  // All classes in one field
  ["TensorFlow Serving's flowers", () => v1([{ scores: [0.9, 0.06, 0.04], prediction: 0, key: '   1' }], { labels: ['daisy', 'rose', 'x'] }), ['probabilities', 'daisy 90 %', 'rose 6 %', 'x 4 %']],
  ["TensorFlow's estimators", () => v1([{ probabilities: [0.2, 0.8], class_ids: [1], classes: ['1'], logits: [-0.7, 0.7] }], { labels: ['a', 'b'] }), ['probabilities', 'b 80 %', 'a 20 %']],
  ["TensorFlow Serving's columns", () => v1('{"outputs":{"probabilities":[[0.2,0.8]],"classes":[["a","b"]]}}'), ['probabilities', 'b 80 %', 'a 20 %']],
  ['sklearn-onnx: label and probabilities', () => v2([{ name: 'label', shape: [1], datatype: 'INT64', data: [1] }, { name: 'probabilities', shape: [1, 2], data: [0.2, 0.8] }]), ['probabilities', 'class 1 80 %', 'class 0 20 %']],
  ["sklearn-onnx's ZipMap", () => v1('{"predictions":[{"label":[1],"probabilities":[{"0":0.2,"1":0.8}]}]}'), ['probabilities', 'class 1 80 %', 'class 0 20 %']],
  ['a prediction with the dictionary of its probabilities', () => v1([{ prediction: 'tabby', probabilities: lynx }]), cats],
  ['logits by that name', () => v1([{ logits: [0.6, 0.4] }], { labels: ['a', 'b'] }), ['scores', 'a 0.6', 'b 0.4']],

  // Bare numbers
  ['a distribution', () => v1([[0.25, 0.75]], { labels: ['a', 'b'] }), ['probabilities', 'b 75 %', 'a 25 %']],
  ['a distribution without the inner list', () => v1([0.25, 0.75], { labels: ['a', 'b'] }), ['probabilities', 'b 75 %', 'a 25 %']],
  ['a distribution in half precision', () => v1([[0.7495, 0.2471]], { labels: ['a', 'b'] }), ['probabilities', 'a 74.95 %', 'b 24.71 %']],
  ['a distribution without labels', () => v1([[0.25, 0.75]]), ['probabilities', 'class 1 75 %', 'class 0 25 %']],
  ['sigmoids: numbers in 0..1 that do not sum to 1', () => v1([[0.9, 0.8, 0.1]], { labels: ['effusion', 'nodule', 'mass'] }), ['multi-label', 'effusion 90 %', 'nodule 80 %', 'mass 10 %']],
  ['logits: scores, never a softmax that nobody asked for', () => v1([[1, 4]], { labels: ['a', 'b'] }), ['scores', 'b 4', 'a 1']],
  ['logits without labels', () => v1([[1.5, 4]]), ['numbers', 'class 1 4', 'class 0 1.5']],
  ['one number and two labels', () => v1([[0.9]], { labels: ['healthy', 'pneumonia'] }), ['numbers', 'class 0 0.9']],
  ['one number that is exactly 1', () => v1('{"predictions":[[1.0]]}', { labels: ['healthy', 'pneumonia'] }), ['numbers', 'class 0 1']],
  ['one number without labels', () => v2([{ data: [0.9] }]), ['numbers', 'class 0 0.9']],
  ['five logits and a thousand labels', () => v1([[14.86, 13.94, 13.92, 12.18, 12]], { labels: thousand }), ['numbers', 'class 0 14.86', 'class 1 13.94', 'class 2 13.92', 'class 3 12.18', 'class 4 12']],
  ['a tensor of the shape [1, 3, 1, 1]', () => v2([{ shape: [1, 3, 1, 1], data: [0.1, 0.7, 0.2] }], { labels: ['a', 'b', 'c'] }), ['probabilities', 'b 70 %', 'c 20 %', 'a 10 %']],
]; // prettier-ignore

describe('an answer is read as', () => {
  for (const [name, read, expected] of answers) {
    it(`${expected[0]}: ${name}`, () => assert.deepEqual(shown(read()), expected));
  }
});

describe('an answer that is no classification', () => {
  const others: readonly [string, () => unknown, string, RegExp][] = [
    ['boxes of a detector', () => v1([{ boxes: [[1, 2, 30, 40]], labels: ['cat'], scores: [0.9] }]), 'unsupported', /boxes: this is an object detector/],
    ["TorchServe's object_detector", () => v1([[{ person: [167.4, 57, 301.3, 436.7], score: 0.99 }]]), 'unsupported', /object detector/],
    ["Hugging Face's detector", () => v1([[{ label: 'cat', score: 0.9, box: { xmin: 1, ymin: 2, xmax: 3, ymax: 4 } }]]), 'unsupported', /object detector/],
    ['the outputs of a TensorFlow detector', () => v2([{ name: 'detection_boxes', shape: [1, 1, 4], data: [0, 0, 1, 1] }, { name: 'detection_scores', data: [0.9] }]), 'unsupported', /object detector/],
    ['YOLO: [1, 6, 4]', () => v2([{ name: 'output0', shape: [1, 6, 4], data: new Array(24).fill(0.5) }]), 'unsupported', /\[1, 6, 4\].*detector or a segmenter/],
    ['a mask', () => v1([[{ label: 'cat', score: 0.9, mask: 'iVBOR' }]]), 'unsupported', /segmenter/],
    ['a map of numbers', () => v1([[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]]), 'unsupported', /detector or a segmenter/],
    ["TorchServe's error with status 200", () => v1([{ code: 507, type: 'x', message: 'out of memory' }]), 'server', /an error: "out of memory"/],
    ['an error text', () => v1([{ error: 'no CUDA' }]), 'server', /an error: "no CUDA"/],
    ['nothing', () => v1([]), 'server', /without a prediction/],
    ['null', () => v1([null]), 'server', /no classification that is known: \[null\]/],
    ['an empty object', () => v1([{}]), 'server', /no classification/],
    ['an empty list', () => v1([[]]), 'server', /no classification/],
    ['texts that are no numbers', () => v1([{ tabby: 'high' }]), 'server', /no classification/],
    ['numbers with a gap', () => v1([[0.5, null]]), 'server', /no classification/],
    ['nested dictionaries', () => v1([{ tabby: { lynx: 1 } }]), 'server', /no classification/],
    ['a number beyond every float', () => v1('{"predictions":[[1e999, 1]]}'), 'server', /NaN or Infinity/],
    ['lists nested without end', () => v1(`{"predictions":${'['.repeat(2000)}"x"${']'.repeat(2000)}}`), 'server', /no classification/],
    ['a million and one classes', () => v1([new Array(1_000_001).fill(0.5)]), 'server', /more than any classifier/],
  ]; // prettier-ignore
  for (const [name, read, category, message] of others) {
    it(`is told: ${name}`, () =>
      assert.throws(read, (error: Error & { category: string }) => {
        assert.equal(error.category, category);
        assert.match(error.message, message);
        assert.ok(error.message.length < 500);
        return true;
      }));
  }
});

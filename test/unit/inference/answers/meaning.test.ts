import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerDialects, interpret, modelAnswer, softmax } from '../../../../src/inference/index.ts';
import type { AnswerDialect } from '../../../../src/inference/index.ts';
import { contractOf } from '../../contract/contracts.ts';
import { shown, v1, v2 } from './reading.ts';

const labels = ['effusion', 'nodule', 'mass'];
const lungs = ['normal', 'pneumonia'];
const thousand = Array.from({ length: 1000 }, (_, index) => `label ${index}`);

describe('the contract says what numbers mean', () => {
  it('a softmax where it says softmax', () => {
    const { kind, values } = v2([{ data: [1, 3, 0] }], {
      output: { meaning: 'single-label', activation: 'softmax', labels },
    });
    assert.equal(kind, 'probabilities');
    assert.deepEqual([values[0]?.label, values[0]?.value], ['nodule', softmax([1, 3, 0])[1]]);
  });

  it('no second softmax over what is a distribution already', () => {
    const output = { meaning: 'single-label', activation: 'softmax', labels } as const;
    assert.deepEqual(shown(v2([{ data: [0.007, 0.993, 0] }], { output })).slice(0, 2), [
      'probabilities',
      'nodule 99.3 %',
    ]);
  });

  it('probabilities as they are where it says none', () => {
    const output = { meaning: 'multi-label', activation: 'none', labels } as const;
    assert.deepEqual(shown(v2([{ data: [0.9995, 0.998, 0.884] }], { output })), ['multi-label', 'effusion 99.95 %', 'nodule 99.8 %', 'mass 88.4 %']);
  }); // prettier-ignore

  it('a sigmoid of each where it says multi-label logits', () => {
    const { kind, values } = v2([{ data: [0, 100, -100] }], { output: { meaning: 'multi-label', activation: 'sigmoid', labels } });
    assert.equal(kind, 'multi-label');
    assert.deepEqual(values.map(({ value }) => Number(value?.toFixed(4))), [1, 0.5, 0]);
  }); // prettier-ignore

  it('no probabilities where the numbers cannot be any', () => {
    const read = v2([{ data: [3, -1, 7] }], { output: { meaning: 'single-label', activation: 'none', labels } });
    assert.deepEqual(shown(read), ['scores', 'mass 7', 'effusion 3', 'nodule -1']);
    assert.match(read.notes.join(' '), /probabilities already .* they reach from -1 to 7/);
  });

  it('binary: one number is the probability of the positive class', () => {
    const output = { meaning: 'binary', activation: 'none', labels: lungs } as const;
    assert.deepEqual(shown(v1([[0.9]], { output })), ['binary', 'pneumonia 90 %']);
    assert.deepEqual(shown(v1([0.1], { output })), ['binary', 'pneumonia 10 %']);
    assert.deepEqual(shown(v1('{"predictions":[1]}', { output })), ['binary', 'pneumonia 100 %']);
    assert.deepEqual(shown(v2([{ data: [0] }], { output: { ...output, activation: 'sigmoid' } })), ['binary', 'pneumonia 50 %']);
  }); // prettier-ignore

  it('binary: the positive one of the two of a softmax, or of a dictionary', () => {
    const output = { meaning: 'binary', activation: 'softmax', labels: lungs } as const;
    assert.deepEqual(shown(v1([[0.1, 0.9]], { output })), ['binary', 'pneumonia 90 %']);
    assert.deepEqual(shown(v1([{ normal: 0.7, pneumonia: 0.3 }], { output })), ['binary', 'pneumonia 30 %']);
  });

  it('binary: never a label that is not known', () => {
    const output = { meaning: 'binary', activation: 'none' } as const;
    const read = v1([[0.9]], { output, labels: ['a', 'b', 'c'] });
    assert.deepEqual([read.kind, read.values[0]?.label], ['binary', undefined]);
    assert.match(read.notes[0] ?? '', /two classes apart, and 3 labels are known/);
  });

  it('unknown: numbers as numbers, even when they look like probabilities', () => {
    const output = { meaning: 'unknown', activation: 'none', labels } as const;
    assert.deepEqual(shown(v2([{ data: [0.2, 0.5, 0.3] }], { output })), ['numbers', 'nodule 0.5', 'mass 0.3', 'effusion 0.2']);
    assert.equal(v1([{ a: 0.5, b: 0.5 }], { output }).kind, 'scores');
  }); // prettier-ignore

  it('thresholds: one for all, or one for each label', () => {
    const counts = (thresholds: readonly number[]): unknown =>
      v1([[0.9, 0.8, 0.1]], { output: { meaning: 'multi-label', activation: 'none', labels, thresholds } }).values.map((one) => one.counts);
    assert.deepEqual(counts([0.5]), [true, true, false]);
    assert.deepEqual(counts([0.95, 0.5, 0.05]), [false, true, true]);
    const output = { meaning: 'multi-label', activation: 'none', labels, thresholds: [0.95, 0.5, 0.05] } as const;
    assert.deepEqual(v1([{ mass: 0.1, effusion: 0.9 }], { output }).values.map((one) => one.counts), [false, true]);
  }); // prettier-ignore

  it('the background class, in the labels or beside them', () => {
    const output = { meaning: 'single-label', activation: 'none', background: 0 } as const;
    const read = v1([[0.8, 0.1, 0.1]], { output: { ...output, labels: ['a', 'b'] } });
    assert.deepEqual(shown(read), ['probabilities', 'background 80 %', 'a 10 %', 'b 10 %']);
    assert.match(read.notes.join(' '), /saw none of its classes/);
    assert.equal(v1([[0.8, 0.1, 0.1]], { output: { ...output, labels: ['none', 'a', 'b'] } }).values[0]?.label, 'none');
  });

  it('the output by its name, and an error where there is none of it', () => {
    const outputs = [{ name: 'features', data: [5, 6, 7] }, { name: 'logits', data: [1, 3, 0] }]; // prettier-ignore
    const output = { meaning: 'single-label', activation: 'softmax', labels } as const;
    assert.equal(v2(outputs, { output: { ...output, name: 'logits' } }).values[0]?.label, 'nodule');
    assert.throws(() => v2(outputs, { output: { ...output, name: 'scores' } }), {
      message: /no output "scores", but features, logits/,
    });
  });

  it('the count of classes', () => {
    const read = v2([{ data: [1, 2] }], { output: { meaning: 'single-label', activation: 'softmax', classes: 3 } });
    assert.equal(read.kind, 'numbers');
    assert.match(read.notes.join(' '), /2 numbers, and the contract says 3/);
  });

  it('which fields nobody has confirmed', () => {
    const known = { ...contractOf({ meaning: 'single-label' }), origins: { 'input.mean': { from: 'assumed' } } as const };
    assert.deepEqual(interpret(modelAnswer('{"predictions":[{"a":1}]}', 'v1'), { contract: known }).assumed, ['input.mean']);
  }); // prettier-ignore
});

describe('what does not fit is said', () => {
  it('a thousand labels for 1001 numbers: no name, and the shift by one is offered', () => {
    const data = [0, ...Array.from({ length: 1000 }, (_, index) => (index === 281 ? 9 : 1))];
    const outputs = [{ name: 'p', shape: [1, 1001], data }];
    const read = v2(outputs, { labels: thousand });
    assert.deepEqual([read.kind, read.values[0]], ['numbers', { index: 282, value: 9 }]);
    assert.match(read.notes[0] ?? '', /1001 numbers, and 1000 labels are known/);
    assert.deepEqual(read.offers.map(({ kind }) => kind), ['background-first']);
    const accepted = new Set(['background-first'] as const);
    assert.equal(v2(outputs, { labels: thousand, accepted }).values[0]?.label, 'label 281');
  }); // prettier-ignore

  it('five numbers for a thousand labels: no name, nothing offered', () => {
    const { notes, offers, values } = v1([[0.9, 0.1, 0, 0, 0]], { labels: thousand });
    assert.match(notes[0] ?? '', /5 numbers, and 1000 labels .* none is named/);
    assert.deepEqual(offers, []);
    assert.ok(values.every(({ label }) => label === undefined));
  });

  it('two rows for one image', () => {
    const read = v1([[0.1, 0.9], [0.8, 0.2]], { labels: ['a', 'b'] }); // prettier-ignore
    assert.deepEqual(shown(read), ['probabilities', 'b 90 %', 'a 10 %']);
    assert.match(read.notes[0] ?? '', /2 answers for one image/);
    assert.match(v2([{ shape: [2, 2], data: [0.1, 0.9, 0.8, 0.2] }]).notes[0] ?? '', /2 answers for one image/);
    assert.match(v1([{ a: 1 }, { b: 1 }]).notes[0] ?? '', /2 answers for one image/);
    assert.match(v1(['a', 'b']).notes[0] ?? '', /2 answers for one image/);
  });

  it('one number and two labels: binary is offered, and read so when it is said', () => {
    const read = v1([[0.9]], { labels: lungs });
    assert.deepEqual(read.offers, [{ kind: 'binary', text: 'The number is the probability of "pneumonia".' }]);
    assert.match(read.notes[0] ?? '', /one number, and 2 labels are known/);
    assert.deepEqual(shown(v1([[0.9]], { labels: lungs, accepted: new Set(['binary']) })), ['binary', 'pneumonia 90 %']);
    assert.deepEqual(v1([[4.2]], { labels: lungs }).offers, []);
  }); // prettier-ignore

  it('a class of its own that is not the largest number', () => {
    const read = v1([{ scores: [0.9, 0.1], prediction: 1 }], { labels: ['a', 'b'] });
    assert.match(read.notes.join(' '), /names class 1 itself, which is not the one with the largest number/);
  });

  it('class numbers beyond the labels', () => {
    const read = v1('{"predictions":[{"999":0.9,"1":0.1}]}', { labels: ['a', 'b'] });
    assert.deepEqual(shown(read), ['probabilities', 'class 999 90 %', 'class 1 10 %']);
    assert.match(read.notes.join(' '), /class 999, and only 2 labels/);
  });

  it('several outputs of which nobody says which counts, unless the labels do', () => {
    const outputs = [{ name: 'features', data: [5, 6] }, { name: 'logits', data: [1, 3, 0] }]; // prettier-ignore
    const plain = [{ name: 'output', data: [5, 6] }, { name: '42', data: [1, 3, 0] }]; // prettier-ignore
    assert.match(v2(plain).notes.join(' '), /2 outputs \(output, 42\), .* "output" is shown\./);
    assert.match(v2(outputs).notes.join(' '), /2 outputs \(features, logits\), .* "logits" is shown, by its name/);
    assert.deepEqual(shown(v2(outputs, { labels })), ['scores', 'nodule 3', 'effusion 1', 'mass 0']);
  });

  it('what is assumed of numbers in 0..1', () => {
    assert.match(v1([[0.9, 0.8, 0.1]], { labels }).notes[0] ?? '', /^Assumed: each label by itself/);
    assert.match(v1([{ a: 0.9, b: 0.8 }]).notes[0] ?? '', /^Assumed: each label by itself/);
  });

  it('a label of a megabyte is cut', () => assert.equal(v1([{ ['x'.repeat(1e6)]: 1 }]).values[0]?.label?.length, 200));
});

describe('a dialect', () => {
  /** `{"predictions": ["Katze=0.9;Hund=0.1"]}` */
  const german: AnswerDialect = {
    name: 'german',
    read({ values: [first] }) {
      if (typeof first !== 'string' || !first.includes('=')) return undefined;
      const values = first.split(';').map((part) => part.split('=') as [string, string]);
      return { form: 'named', values: values.map(([label, value]) => ({ label, value: Number(value) })) };
    },
  };

  it('of a test is read when its line is there', () => {
    const answer = modelAnswer('{"predictions":["Katze=0.9;Hund=0.1"]}', 'v1');
    assert.equal(interpret(answer).kind, 'class-only');
    assert.deepEqual(shown(interpret(answer, {}, [german, ...answerDialects])), ['probabilities', 'Katze 90 %', 'Hund 10 %']);
  }); // prettier-ignore

  it('has a name of its own', () => {
    const names = answerDialects.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPredictions, topK } from '../../../src/inference/index.ts';

const cat = [
  { label: 'tabby', probability: 0.75 },
  { label: 'lynx', probability: 0.25 },
];
const dictionary = { tabby: 0.75, lynx: 0.25 };

const forms: [string, unknown][] = [
  ['a dictionary', dictionary],
  ['a dictionary in a list', [dictionary]],
  ['a JSON text', JSON.stringify(dictionary)],
  ['a JSON text in a list, as BYTES of V2', [JSON.stringify(dictionary)]],
  ['a JSON text of a list of a dictionary', JSON.stringify([dictionary])],
  ['probabilities', [0.75, 0.25]],
  ['probabilities in a list', [[0.75, 0.25]]],
  ['logits', [Math.log(3) + 7, 7]],
  ['logits beyond the exponential', [Math.log(3) + 1000, 1000]],
  ['pairs', [['tabby', 0.75], ['lynx', 0.25]]], // prettier-ignore
  ['pairs by class index', [[0, 0.75], [1, 0.25]]], // prettier-ignore
  ['pairs in a list', [[['tabby', 0.75], ['lynx', 0.25]]]], // prettier-ignore
];

describe('predictions are read from', () => {
  for (const [name, value] of forms) {
    it(name, () => {
      const read = readPredictions(value, ['tabby', 'lynx']);
      assert.deepEqual(
        read.map(({ label }) => label),
        ['tabby', 'lynx'],
      );
      for (const [index, { probability }] of read.entries()) {
        assert.ok(Math.abs(probability - (cat[index]?.probability ?? 0)) < 1e-12, String(probability));
      }
    });
  }

  it('one pair', () => assert.deepEqual(readPredictions([['tabby', 0.9]]), [{ label: 'tabby', probability: 0.9 }]));
  it('one number', () => assert.deepEqual(readPredictions([0.9], ['cat']), [{ label: 'cat', probability: 0.9 }]));
  it('numbers without labels', () => assert.equal(readPredictions([0.5, 0.5])[1]?.label, '1'));
  it('more numbers than labels', () => assert.equal(readPredictions([0.5, 0.25, 0.25], ['a'])[2]?.label, '2'));
  it('a distribution in half precision', () => assert.equal(readPredictions([0.7495, 0.2471])[0]?.probability, 0.7495));
  it('a probability a bit past 1', () => assert.equal(readPredictions({ cat: 1.0000001 })[0]?.probability, 1));

  it('100 000 classes', () => {
    const read = readPredictions(Array.from({ length: 100_000 }, (_, index) => index % 10));
    assert.equal(read.length, 100_000);
    const sum = read.reduce((total, { probability }) => total + probability, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9, String(sum));
  });

  it('a label that is __proto__, without harm', () => {
    const value: unknown = JSON.parse('{"__proto__":0.5,"constructor":0.25}');
    assert.deepEqual(
      readPredictions(value).map(({ label }) => label),
      ['__proto__', 'constructor'],
    );
    assert.equal(({} as Record<string, unknown>)['probability'], undefined);
  });

  it('a label of a megabyte, cut', () => assert.equal(readPredictions({ ['x'.repeat(1e6)]: 1 })[0]?.label.length, 200));
  it("a label with markup, as it is: escaping is the page's", () => {
    assert.equal(readPredictions({ '<img src=x onerror=alert(1)>': 1 })[0]?.label, '<img src=x onerror=alert(1)>');
  });
});

const hostile: [string, unknown, RegExp][] = [
  ['null', null, /neither a dictionary nor a list: null/],
  ['a number', 281, /neither a dictionary nor a list: 281/],
  ['a bare label', 'tabby', /neither a dictionary nor a list: "tabby"/],
  ['undefined', undefined, /neither/],
  ['an empty dictionary', {}, /is empty/],
  ['an empty list', [], /is empty/],
  ['a text that only begins as JSON', '{"tabby":', /a text that is not JSON/],
  ['texts for probabilities', { tabby: '0.9' }, /no probability from 0 to 1 for "tabby": "0.9"/],
  ['NaN', [Number.NaN, 1], /something other than a number for class 0: null/],
  ['infinity', [1, Infinity], /something other than a number for class 1/],
  ['null among numbers', [0.5, null], /something other than a number for class 1: null/],
  ['a probability above 1', { tabby: 93.5 }, /no probability from 0 to 1 for "tabby": 93.5/],
  ['a negative probability', { tabby: -0.1 }, /no probability/],
  ['NaN in a dictionary', { tabby: Number.NaN }, /no probability/],
  ['nested dictionaries', { tabby: { lynx: 1 } }, /no probability/],
  [
    'a TorchServe error as the prediction',
    { code: 507, message: 'out of memory' },
    /no probability from 0 to 1 for "code"/,
  ],
  ['a class index alone', [281], /no probability/],
  ['triples', [['a', 0.5, 1], ['b', 0.5, 1]], /an element that is no pair/], // prettier-ignore
  ['pairs mixed with numbers', [['a', 0.5], 0.5], /an element that is no pair: 0.5/],
  ['pairs without labels', [[null, 0.5], [null, 0.5]], /a label that is no text: null/], // prettier-ignore
  ['rows of several images', [[0.1, 0.2, 0.7], [0.1, 0.2, 0.7]], /an element that is no pair/], // prettier-ignore
  ['a million and one classes', new Array(1_000_001).fill(0), /more than 1000000 classes: 1000001/],
];

describe('answers that are no predictions', () => {
  for (const [name, value, message] of hostile) {
    it(name, () => {
      assert.throws(() => readPredictions(value), (error: Error & { category: string }) => {
        assert.equal(error.category, 'server');
        assert.match(error.message, message);
        assert.ok(error.message.length < 400);
        return true;
      }); // prettier-ignore
    });
  }

  it('lists nested without end', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(2000)}1${']'.repeat(2000)}`);
    assert.throws(() => readPredictions(deep), { category: 'server' });
  });
});

describe('topK', () => {
  const predictions = [0.1, 0.5, 0.2, 0.5].map((probability, index) => ({ label: `class ${index}`, probability }));

  it('sorts by falling probability, equal ones as they came', () => {
    assert.deepEqual(
      topK(predictions, 3).map(({ label }) => label),
      ['class 1', 'class 3', 'class 2'],
    );
  });

  it('gives all when there are fewer than k, and changes nothing in its input', () => {
    assert.equal(topK(predictions, 20).length, 4);
    assert.equal(predictions[0]?.label, 'class 0');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completeContract } from '../../../src/contract/completeContract.ts';
import { formatContract, parseContract } from '../../../src/contract/contractJson.ts';
import { assumedNote, describeContract } from '../../../src/contract/describeContract.ts';
import { fromPreprocessing, toPreprocessing } from '../../../src/contract/fromPreprocessing.ts';
import { assumedFields, type ModelContract } from '../../../src/contract/modelContract.ts';
import { confirmFields, formatOrigin, parseOrigin } from '../../../src/contract/origins.ts';

const old = {
  resize: 256,
  crop: 224,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  layout: 'NCHW',
  inputName: 'image',
  output: 'probabilities',
} as const;

describe('completeContract', () => {
  it("takes torchvision's numbers where nothing is known, and says that all of it is assumed", () => {
    const contract = completeContract({});
    assert.deepEqual(contract.input.mean, [0.485, 0.456, 0.406]);
    assert.deepEqual(contract.input.resize, { method: 'shorter-side', length: 256 });
    assert.equal(contract.output.activation, 'softmax');
    assert.equal(assumedFields(contract).length, 13);
  });

  it('keeps what is known, and does not call it assumed', () => {
    const contract = completeContract({
      input: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], width: 384, height: 384 },
    });
    assert.deepEqual(contract.input.mean, [0.5, 0.5, 0.5]);
    assert.ok(!assumedFields(contract).includes('input.mean'));
    assert.deepEqual(contract.input.resize, { method: 'shorter-side', length: 439 });
  });

  const ranges: readonly (readonly [string, Parameters<typeof completeContract>[0], string, readonly number[]])[] = [
    ['NHWC takes pixels as they are', { input: { layout: 'NHWC' } }, '0..255', [0, 0, 0]],
    ['uint8 takes pixels as they are', { input: { type: 'uint8' } }, '0..255', [0, 0, 0]],
    [
      'a mean of 123.68 is one of pixels',
      { input: { mean: [123.68, 116.78, 103.94] } },
      '0..255',
      [123.68, 116.78, 103.94],
    ],
    ['grey has one number', { input: { colour: 'grey' } }, '0..1', [0]],
    ['bgr has ImageNet turned round', { input: { colour: 'bgr' } }, '0..1', [0.406, 0.456, 0.485]],
    ['-1..1 is normalised already', { input: { range: '-1..1' } }, '-1..1', [0, 0, 0]],
    [
      'one mean counts for three channels',
      { input: { colour: 'rgb', mean: [0.5], std: [0.5] } },
      '0..1',
      [0.5, 0.5, 0.5],
    ],
    ['three equal means count for grey', { input: { colour: 'grey', mean: [0.5, 0.5, 0.5] } }, '0..1', [0.5]],
    ['three different means are not meant for grey', { input: { colour: 'grey', mean: [0.1, 0.2, 0.3] } }, '0..1', [0]],
  ];
  for (const [what, known, range, mean] of ranges) {
    it(`knows that ${what}`, () => {
      const { input } = completeContract(known);
      assert.equal(input.range, range);
      assert.deepEqual(input.mean, mean);
      assert.equal(input.std.length, mean.length);
    });
  }

  const outputs: readonly (readonly [string, Parameters<typeof completeContract>[0]['output'], string, string])[] = [
    ['one number alone is nothing known', { classes: 1 }, 'unknown', 'none'],
    ['one number with two labels is binary', { classes: 1, labels: ['normal', 'pneumonia'] }, 'binary', 'sigmoid'],
    ['several sigmoids are several labels', { classes: 14, activation: 'sigmoid' }, 'multi-label', 'sigmoid'],
    ['several numbers are one of several', { classes: 14 }, 'single-label', 'softmax'],
  ];
  for (const [what, output, meaning, activation] of outputs) {
    it(`assumes that ${what}`, () => {
      const contract = completeContract({ ...(output && { output }) });
      assert.deepEqual([contract.output.meaning, contract.output.activation], [meaning, activation]);
      assert.ok(assumedFields(contract).includes('output.meaning'));
    });
  }

  it('does not squash a picture that need not be squashed, and squashes one that is not square', () => {
    const { resize } = completeContract({ input: { width: 400, height: 300 } }).input;
    assert.deepEqual(resize, { method: 'exact', width: 400, height: 300 });
  });
});

describe('contract.json', () => {
  const contract: ModelContract = {
    ...completeContract({
      input: {
        name: 'x',
        colour: 'grey',
        resize: { method: 'letterbox', fill: 114 },
        width: 320,
        height: 224,
        batch: 4,
      },
      output: { name: 'o', classes: 2, labels: ['a', 'b'], thresholds: [0.3], background: 0 },
      origins: { 'input.width': { from: 'graph' }, 'output.labels': { from: 'file', file: 'labels.txt' } },
    }),
  };

  it('gives back what it was given', () => {
    assert.deepEqual(parseContract(JSON.parse(formatContract(contract))), contract);
  });

  it('passes over what a newer version may have written', () => {
    const value = JSON.parse(formatContract(contract)) as { input: object; origins: object };
    const newer = {
      ...value,
      input: { ...value.input, gamma: 2 },
      origins: { ...value.origins, 'input.gamma': 'graph' },
    };
    assert.deepEqual(parseContract(newer), contract);
  });

  const broken: readonly (readonly [string, string, unknown, RegExp])[] = [
    ['input', 'colour', 'rgba', /input\.colour is not rgb, bgr or grey/],
    ['input', 'width', 0, /input\.width is not a whole number of pixels/],
    ['input', 'width', undefined, /input\.width is missing/],
    ['input', 'mean', [1, 2], /input\.mean is not a list of one or three numbers/],
    ['input', 'mean', [0, 0, 0], /input\.mean has 3 numbers, and the picture has 1 channels/],
    ['input', 'std', [0], /input\.std is not/],
    ['input', 'resize', { method: 'shorter-side' }, /input\.resize is not/],
    ['input', 'resize', { method: 'seam-carving' }, /input\.resize is not/],
    ['input', 'batch', 'many', /input\.batch is not free or a whole number/],
    ['output', 'meaning', 'maybe', /output\.meaning is not/],
    ['output', 'activation', 'relu', /output\.activation is not/],
    ['output', 'labels', 'cat', /output\.labels is not a list of texts/],
    ['output', 'background', -1, /output\.background is not/],
  ];
  for (const [half, field, value, message] of broken) {
    it(`names ${half}.${field} of ${JSON.stringify(value)}`, () => {
      const whole = JSON.parse(formatContract(contract)) as Record<string, Record<string, unknown>>;
      (whole[half] ?? {})[field] = value;
      assert.throws(() => parseContract(whole, 'contract.json'), { category: 'invalid-input', message });
    });
  }

  it('names a file that is none', () => {
    for (const value of [null, [], 'x', {}, { input: {} }])
      assert.throws(() => parseContract(value), { message: /contract\.json cannot be used/ });
  });
});

describe('an old preprocessing block', () => {
  it('becomes a contract that says the same, in which the meaning is assumed', () => {
    const contract = fromPreprocessing(old);
    assert.deepEqual(contract.input.resize, { method: 'shorter-side', length: 256 });
    assert.deepEqual(contract.output, { meaning: 'single-label', activation: 'none' });
    assert.deepEqual(assumedFields(contract), ['output.meaning']);
    assert.deepEqual(toPreprocessing(contract), old);
  });

  it('cannot say what it has no words for', () => {
    const contract = fromPreprocessing(old);
    const { input, output } = contract;
    for (const other of [
      { ...contract, input: { ...input, colour: 'bgr' } },
      { ...contract, input: { ...input, height: 300 } },
      { ...contract, input: { ...input, range: '0..255' } },
      { ...contract, input: { ...input, resize: { method: 'none' } } },
      { ...contract, output: { ...output, meaning: 'multi-label' } },
    ] as const) {
      assert.equal(toPreprocessing(other), undefined);
    }
  });
});

describe('origins', () => {
  it('are written as words, and read back, also for a file with the name of a word', () => {
    for (const origin of [
      { from: 'graph' },
      { from: 'assumed' },
      { from: 'user' },
      { from: 'file', file: 'onnx/config.json' },
      { from: 'file', file: 'graph' },
    ] as const) {
      assert.deepEqual(parseOrigin(formatOrigin(origin)), origin);
    }
  });

  it('of a field that is confirmed are gone', () => {
    const contract = confirmFields(completeContract({}), ['input.mean', 'input.std']);
    assert.equal(contract.origins['input.mean'], undefined);
    assert.ok(contract.origins['input.colour']);
  });
});

describe('describeContract', () => {
  it('says each field in words, with where it comes from', () => {
    const rows = describeContract(
      completeContract({
        input: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
        output: { meaning: 'multi-label', labels: ['a', 'b', 'c', 'd', 'e', 'f'] },
        origins: {
          'input.mean': { from: 'file', file: 'preprocessor_config.json' },
          'output.meaning': { from: 'graph' },
        },
      }),
    );
    const row = (field: string): unknown => rows.find((found) => found.field === field);
    assert.deepEqual(row('input.mean'), {
      field: 'input.mean',
      label: 'Mean',
      value: '0.5, 0.5, 0.5',
      origin: 'read from preprocessor_config.json',
      assumed: false,
    });
    assert.deepEqual(row('output.labels'), {
      field: 'output.labels',
      label: 'Labels',
      value: 'a, b, c, d and 2 more',
      origin: 'said by you',
      assumed: false,
    });
    assert.equal((row('output.meaning') as { value: string }).value, 'each label by itself');
  });

  it('has a note while something is assumed, and none when everything is known', () => {
    const contract = completeContract({});
    assert.match(assumedNote(contract) ?? '', /^Assumed, not read: Colour, Resize/);
    assert.equal(assumedNote({ ...contract, origins: {} }), undefined);
  });
});

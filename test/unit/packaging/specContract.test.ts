import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completeContract } from '../../../src/contract/completeContract.ts';
import { contractFields } from '../../../src/contract/contractFields.ts';
import { assumedFields } from '../../../src/contract/modelContract.ts';
import { parseSpec } from '../../../src/packaging/spec/parseSpec.ts';
import { contractOf, withContract } from '../../../src/packaging/spec/specContract.ts';
import { formatSpec } from '../../../src/packaging/spec/writeSpec.ts';
import schema from '../../../media/model-deck.schema.json' with { type: 'json' };

const file = '/m/model-deck.yaml';
const start = 'name: net\nversion: "1"\nhandler: model-deck:onnx-image-classifier\n';
const bare = { name: 'net', version: '1', handler: 'model-deck:onnx-image-classifier' };

describe('the contract in model-deck.yaml', () => {
  const contract = completeContract({
    input: {
      name: 'x',
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      resize: { method: 'exact', width: 320, height: 224 },
    },
    output: { name: 'o', classes: 3, thresholds: [0.5, 0.5, 0.25], background: 2 },
    origins: { 'input.mean': { from: 'file', file: 'preprocessor_config.json' }, 'output.classes': { from: 'graph' } },
  });

  it('is read back as it was written, with its origins', () => {
    const spec = withContract(bare, contract);
    assert.deepEqual(parseSpec(formatSpec(spec), file), { spec, findings: [] });
    assert.deepEqual(contractOf(spec), contract);
  });

  it('has a comment behind what is assumed, and says how to confirm it', () => {
    const lines = formatSpec(withContract(bare, contract)).split('\n');
    assert.ok(lines.includes('  colour: rgb # assumed'));
    assert.ok(lines.includes('  mean: [0.5, 0.5, 0.5]'));
    assert.ok(lines.includes('  input.mean: preprocessor_config.json'));
    assert.ok(lines.some((line) => line.includes('delete its line') || line.includes('its line here to confirm it')));
  });

  it('counts a field as said by the user when its line under origins is deleted', () => {
    const text = formatSpec(withContract(bare, contract)).replace('  input.colour: assumed\n', '');
    const { spec } = parseSpec(text, file);
    assert.ok(spec && !assumedFields(contractOf(spec) ?? contract).includes('input.colour'));
  });

  it('assumes what a block written by hand leaves out', () => {
    const { spec } = parseSpec(`${start}input:\n  colour: bgr\n  range: 0..255\n`, file);
    const made = spec && contractOf(spec);
    assert.deepEqual(made?.input.mean, [0, 0, 0]);
    assert.ok(assumedFields(made).includes('input.width'));
    assert.ok(!assumedFields(made).includes('input.colour'));
  });

  it('takes an old preprocessing block, and replaces it when the contract is written', () => {
    const preprocessing = { resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1], layout: 'NCHW' } as const;
    const spec = { ...bare, preprocessing };
    assert.equal(contractOf(spec)?.input.width, 224);
    assert.ok(!('preprocessing' in withContract(spec, contract)));
  });

  it('is nothing where the spec says nothing', () => {
    assert.equal(contractOf(bare), undefined);
  });

  it('has every field in the schema, with a description for the completion', () => {
    for (const { field } of contractFields) {
      const [half = '', key = ''] = field.split('.');
      const { properties } = schema.properties[half as 'input' | 'output'];
      assert.ok((properties as Record<string, { description?: string }>)[key]?.description, field);
      assert.ok(field in schema.properties.origins.properties, field);
    }
  });
});

describe('a wrong contract in model-deck.yaml', () => {
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ['a colour', 'input:\n  colour: rgba\n', 4, /^"input\.colour" cannot be "rgba"\. Did you mean "rgb"\?$/],
    ['a width of nothing', 'input:\n  width: 0\n', 4, /"input\.width" has to be at least 1; it is 0/],
    [
      'a misspelt field',
      'input:\n  colour: rgb\n  color: rgb\n',
      5,
      /^Unknown field "color" in input\. Did you mean "colour"\?$/,
    ],
    ['a range', 'input:\n  range: 0-255\n', 4, /"input\.range" cannot be "0-255"\. Did you mean "0\.\.255"\?/],
    [
      'a resize without length',
      'input:\n  resize: { method: shorter-side }\n',
      4,
      /"length" is missing in input\.resize/,
    ],
    [
      'a resize without sides',
      'input:\n  resize: { method: exact, width: 3 }\n',
      4,
      /"height" is missing in input\.resize/,
    ],
    ['an unknown resize', 'input:\n  resize: { method: squash }\n', 4, /"input\.resize\.method" cannot be "squash"/],
    ['a std of zero', 'input:\n  std: [1, 0, 1]\n', 4, /"input\.std, item 2" has to be more than 0/],
    ['two means', 'input:\n  mean: [1, 2]\n', 4, /input\.mean has 2 numbers/],
    [
      'three means of grey',
      'input:\n  colour: grey\n  mean: [1, 2, 3]\n',
      5,
      /input\.mean has 3 numbers, and grey has one/,
    ],
    ['a batch', 'input:\n  batch: lots\n', 4, /input\.batch/],
    ['a meaning', 'output:\n  meaning: cat\n', 4, /"output\.meaning" cannot be "cat"/],
    ['an activation', 'output:\n  activation: relu\n', 4, /"output\.activation" cannot be "relu"/],
    ['labels that are no list', 'output:\n  labels: {0: cat}\n', 4, /"output\.labels" has to be a list/],
    ['too many thresholds', 'output:\n  classes: 3\n  thresholds: [0.1, 0.2]\n', 5, /output\.thresholds has 2 numbers/],
    ['a background beyond', 'output:\n  classes: 3\n  background: 3\n', 5, /output\.background is 3/],
    [
      'an origin of no field',
      'origins:\n  input.colours: assumed\n',
      4,
      /Unknown field "input\.colours" in origins\. Did you mean "input\.colour"\?/,
    ],
    [
      'both blocks',
      'input:\n  width: 3\npreprocessing:\n  resize: 1\n  crop: 1\n  mean: [0,0,0]\n  std: [1,1,1]\n  layout: NCHW\n',
      5,
      /preprocessing and input both/,
    ],
  ];
  for (const [what, text, line, message] of cases) {
    it(`names ${what}, with line and remedy`, () => {
      const { spec, findings } = parseSpec(start + text, file);
      assert.equal(spec, undefined);
      const found = findings.find((finding) => message.test(finding.message));
      assert.ok(found, JSON.stringify(findings));
      assert.equal(found.location?.line, line);
      assert.match(found.remedy, /\S.*\.$/);
    });
  }
});

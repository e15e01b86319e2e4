import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { nearestWord } from '../../../src/foundation/nearestWord.ts';
import { completeSpec, hoverSpec, parseSpec, specProblems, withChanges } from '../../../src/packaging/index.ts';
import type { SpecCompletion } from '../../../src/packaging/spec/editor/completions.ts';
import { placeAt, type TextPosition } from '../../../src/packaging/spec/editor/placeAt.ts';
import { fieldsAt, schemaAt } from '../../../src/packaging/spec/editor/schemaNodes.ts';
import { formatSpec } from '../../../src/packaging/spec/writeSpec.ts';

/** A text with `|` where the cursor stands. */
function cursor(marked: string): { readonly text: string; readonly at: TextPosition } {
  const before = marked.slice(0, marked.indexOf('|')).split('\n');
  return { text: marked.replace('|', ''), at: { line: before.length - 1, column: before.at(-1)?.length ?? 0 } };
}

const files = [
  'net.onnx',
  'net v2.onnx',
  'model.py',
  'handler.py',
  'labels.txt',
  'notes.txt',
  'requirements.txt',
  'photos/cat.jpg',
  'package/model-store/net.mar',
  'model-deck.yaml',
];
function offered(marked: string): readonly SpecCompletion[] {
  const { text, at } = cursor(marked);
  return completeSpec(text, at, { files, packageKinds: ['torchserve', 'other'] });
}
const labels = (marked: string): readonly string[] => offered(marked).map(({ label }) => label);

/** The text after a suggestion was taken. */
function taken(marked: string, label: string): string {
  const { text } = cursor(marked);
  const found = offered(marked).find((completion) => completion.label === label);
  assert.ok(found, `${label} in ${labels(marked).join(', ')}`);
  const lines = text.split('\n');
  const { line, column, endColumn } = found.replace;
  const content = lines[line] ?? '';
  lines[line] = content.slice(0, column) + found.insert + content.slice(endColumn);
  return lines.join('\n');
}

describe('completion in model-deck.yaml', () => {
  it('offers the fields that are not there yet, those that are needed first', () => {
    const all = labels('|');
    assert.deepEqual(all.slice(0, 3).sort(), ['handler', 'name', 'version']);
    assert.ok(all.includes('provenance'));
    const rest = labels('name: net\nversion: "1"\n|\nlabels: labels.txt\n');
    for (const present of ['name', 'version', 'labels']) assert.ok(!rest.includes(present), present);
    assert.equal(rest[0], 'handler');
  });

  it('keeps the field that stands under the cursor', () => {
    assert.ok(labels('name: net\nwei|').includes('weights'));
    assert.ok(labels('nam|e: net\nversion: 1\n').includes('name'));
  });

  const nested: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['input:\n  |', ['width', 'mean', 'resize'], ['name: net', 'handler']],
    ['input:\n  width: 3\n  |\n  height: 3\n', ['mean'], ['width', 'height', 'weights']],
    ['input:\n  width: 3\n\n  # why\n  |', ['height'], ['width']],
    ['input:\n    width: 3\n    |', ['height'], ['width']],
    ['input: { width: 3, | }', ['height'], ['width', 'weights']],
    ['input:\n  resize: { method: exact, | }', ['width', 'height', 'fill'], ['method', 'mean']],
    ['input:\n  resize:\n    method: exact\n    |', ['width', 'length'], ['method', 'colour']],
    ['input:\n  resize:\n    method: exact\n  |', ['mean'], ['resize', 'length']],
    ['examples:\n  - |', ['image', 'label'], ['name']],
    ['examples:\n  - image: a.jpg\n    |', ['label'], ['image']],
    ['examples:\n- image: a.jpg\n  |', ['label'], ['image', 'weights']],
    ['examples:\n  - image: a.jpg\n    label: x\n  - |', ['image', 'label'], []],
    ['examples:\n  - image: a.jpg\n    label: x\n|', ['weights'], ['examples', 'label']],
    ['origins:\n  input.width: graph\n  |', ['input.height', 'output.meaning'], ['input.width', 'name']],
    ['provenance:\r\n  source: x\r\n  |', ['licence'], ['source']],
    ['"input":\n  |', ['width'], ['weights']],
  ];
  for (const [marked, wanted, unwanted] of nested) {
    it(`knows the block: ${JSON.stringify(marked)}`, () => {
      const all = labels(marked);
      for (const label of wanted) assert.ok(all.includes(label), `${label} in ${all.join(', ')}`);
      for (const label of unwanted) assert.ok(!all.includes(label), `${label} not in ${all.join(', ')}`);
    });
  }

  const values: readonly (readonly [string, readonly string[]])[] = [
    ['input:\n  colour: |', ['rgb', 'bgr', 'grey']],
    ['input:\n  colour: b| # order', ['rgb', 'bgr', 'grey']],
    ['input:\n  resize: { method: | }', ['shorter-side', 'exact', 'letterbox', 'none']],
    ['output:\n  meaning: "|"', ['single-label', 'multi-label', 'binary', 'unknown']],
    ['origins:\n  input.mean: |', ['assumed', 'graph']],
    ['architecture:\n  name: resnet18\n  classes: 2\n  auxiliary: |', ['true', 'false']],
    ['packageKind: |', ['torchserve', 'other']],
    ['weights: |', ['net v2.onnx', 'net.onnx']],
    ['modelFile: |', ['handler.py', 'model.py']],
    ['labels: |', ['labels.txt', 'net v2.onnx', 'net.onnx']],
    ['requirements: |', ['requirements.txt']],
    ['examples:\n  - image: |', ['photos/cat.jpg']],
    ['version: |', []],
    ['name: net # |', []],
    ['# |', []],
  ];
  for (const [marked, all] of values) {
    it(`offers what fits: ${JSON.stringify(marked)}`, () => assert.deepEqual(labels(marked), all));
  }

  it('offers handlers that are built in, written, or in the folder', () => {
    const all = labels('handler: |');
    for (const label of ['model-deck:onnx-image-classifier', 'image_classifier', 'handler.py']) {
      assert.ok(all.includes(label), label);
    }
  });

  it('offers every file but packages and the spec itself as one more, in a list', () => {
    const all = labels('extraFiles:\n  - |');
    assert.ok(all.includes('notes.txt') && all.includes('photos/cat.jpg'));
    assert.ok(!all.some((label) => /package\/|model-deck/.test(label)));
    assert.ok(labels('extraFiles: [notes.txt, |]').includes('labels.txt'));
  });

  it('knows the networks of torchvision', () => {
    assert.ok(labels('architecture:\n  name: |').includes('efficientnet_b0'));
  });

  const written: readonly (readonly [string, string, string])[] = [
    ['wei|', 'weights', 'weights: '],
    ['wei|: net.onnx', 'weights', 'weights: net.onnx'],
    ['inp|', 'input', 'input:\n  '],
    ['extra|', 'extraFiles', 'extraFiles:\n  - '],
    ['examples|', 'examples', 'examples:\n  - '],
    ['input:\n  res|', 'resize', 'input:\n  resize:\n    '],
    ['input:\n  mea|', 'mean', 'input:\n  mean: '],
    ['input: { wi| }', 'width', 'input: { width:  }'],
    ['weights: net|', 'net v2.onnx', 'weights: net v2.onnx'],
    ['handler: model-deck:onnx-im|age', 'image_classifier', 'handler: image_classifier'],
    ['input:\n  range: 0|', '0..255', 'input:\n  range: 0..255'],
  ];
  for (const [marked, label, result] of written) {
    it(`writes ${label} into ${JSON.stringify(marked)}`, () => assert.equal(taken(marked, label), result));
  }

  it('makes text that is read back at every field of the schema', () => {
    for (const [key] of fieldsAt([])) {
      const { text, at } = cursor(`${taken('|', key)}|`);
      const place = placeAt(text, at);
      assert.ok(place && [...place.keys, place.field].includes(key), text);
    }
  });
});

describe('hover in model-deck.yaml', () => {
  const hover = (marked: string): string | undefined => {
    const { text, at } = cursor(marked);
    const found = hoverSpec(text, at);
    return found && `${found.field}: ${found.paragraphs.join(' ')}`;
  };

  it('explains each field of the schema, wherever it stands', () => {
    assert.match(hover('wei|ghts: net.onnx') ?? '', /^weights: Weights or exported graph/);
    assert.match(hover('weights: net|.onnx') ?? '', /^weights: /);
    assert.match(hover('input:\n  resize: { meth|od: exact }') ?? '', /^input\.resize\.method: .*One of shorter-side/);
    assert.match(hover('examples:\n  - im|age: a.jpg') ?? '', /^examples\.image: The picture/);
    assert.match(hover('input:\n  wid|th: 3') ?? '', /From 1 to 16384/);
    for (const [key, node] of fieldsAt([])) assert.ok(node.description, key);
  });

  it('says where a value comes from', () => {
    const origins = 'origins:\n  input.mean: preprocessor_config.json\n  input.width: assumed\n';
    assert.match(hover(`input:\n  me|an: [0]\n  width: 3\n${origins}`) ?? '', /read from preprocessor_config\.json\.$/);
    assert.match(
      hover(`input:\n  mean: [0]\n  wi|dth: 3\n${origins}`) ?? '',
      /assumed: correct it, or delete its line/,
    );
  });

  it('says nothing of what is no field', () => {
    for (const marked of ['weig|ths_of: 3', '# wei|ghts', '|', 'deploy:\n  resources:\n    cp|u: 1']) {
      assert.equal(hover(marked), undefined, marked);
    }
  });
});

describe('what is wrong in a model-deck.yaml while it is typed', () => {
  const start = 'name: net\nversion: "1"\nhandler: model-deck:onnx-image-classifier\n';

  async function problems(
    text: string,
    there: readonly string[] = files.slice(0, 7),
  ): Promise<readonly { readonly said: string; readonly fixed: readonly string[] }[]> {
    const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-typed-'));
    try {
      for (const file of there) await writeFile(path.join(folder, file), '');
      const found = await specProblems(path.join(folder, 'model-deck.yaml'), text);
      return found.map(({ message, location, fixes = [] }) => ({
        said: `${(location?.line ?? -1) + 1}: ${message}`,
        fixed: fixes.map(({ line, column, endColumn, text: put }) => {
          const content = text.split('\n')[line] ?? '';
          return content.slice(0, column) + put + content.slice(endColumn);
        }),
      }));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('is a field that is misspelt, with the right one as a fix', async () => {
    assert.deepEqual(await problems(`${start}weigths: net.onnx # mine\n`), [
      { said: '4: Unknown field "weigths". Did you mean "weights"?', fixed: ['weights: net.onnx # mine'] },
    ]);
    assert.deepEqual(await problems(`${start}input:\n  resize: { metod: none }\n`), [
      { said: '5: "method" is missing in input.resize.', fixed: [] },
      {
        said: '5: Unknown field "metod" in input.resize. Did you mean "method"?',
        fixed: ['  resize: { method: none }'],
      },
    ]);
  });

  it('is a field of another block, or of none', async () => {
    const [moved] = await problems(`${start}mean: [0.5]\n`);
    assert.equal(moved?.said, '4: Unknown field "mean". It belongs under preprocessing or input.');
    const [unknown] = await problems(`${start}banana: 1\n`);
    assert.equal(unknown?.said, '4: Unknown field "banana".');
  });

  it('is a value that cannot be, with those that can', async () => {
    const [first] = await problems(`${start}input:\n  colour: BGR # as OpenCV\n`);
    assert.equal(first?.said, '5: "input.colour" cannot be "BGR". Did you mean "bgr"?');
    assert.deepEqual(first.fixed, [
      '  colour: bgr # as OpenCV',
      '  colour: rgb # as OpenCV',
      '  colour: grey # as OpenCV',
    ]);
  });

  it('is a file that is not there, with those that may be meant', async () => {
    assert.deepEqual(await problems(`${start}weights: Net.onnx\n`, ['net.onnx', 'other.onnx']), [
      { said: '4: weights: there is no Net.onnx in the folder.', fixed: ['weights: net.onnx'] },
    ]);
    assert.deepEqual(await problems(`${start}weights: old.onnx\n`, ['new.onnx']), [
      { said: '4: weights: there is no old.onnx in the folder.', fixed: ['weights: new.onnx'] },
    ]);
    const many = `${start}extraFiles:\n  - note.txt\n  - "*.md"\nexamples:\n  - image: cat.jpg\n    label: x\n`;
    assert.deepEqual(await problems(many), [
      { said: '5: extraFiles: there is no note.txt in the folder.', fixed: ['  - notes.txt'] },
      { said: '6: extraFiles: *.md matches no file in the folder.', fixed: [] },
      { said: '8: examples: there is no cat.jpg in the folder.', fixed: [] },
    ]);
    assert.deepEqual(await problems(`${start.replace('model-deck:onnx-image-classifier', 'hander.py:go')}`), [
      { said: '3: handler: there is no hander.py in the folder.', fixed: ['handler: handler.py'] },
    ]);
  });

  it('is a missing file beside another mistake', async () => {
    const said = (await problems(`${start}lables: labels.txt\nweights: gone.pt\n`)).map((one) => one.said);
    assert.deepEqual(said, [
      '4: Unknown field "lables". Did you mean "labels"?',
      '5: weights: there is no gone.pt in the folder.',
    ]);
  });

  it('is nothing where all is well, and syntax where it cannot be read', async () => {
    assert.deepEqual(await problems(`${start}weights: net.onnx\nlabels: labels.txt\n`), []);
    const [syntax, ...more] = await problems('name: "net\n');
    assert.match(syntax?.said ?? '', /is not YAML/);
    assert.deepEqual(more, []);
  });
});

describe('withChanges', () => {
  const text = `# mine
name: net
version: '1.0' # first
handler: model-deck:onnx-image-classifier
preprocessing: { resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1], layout: NCHW }

# about the labels
labels: labels.txt
`;

  it('writes what has changed, and leaves every other line', () => {
    const { spec } = parseSpec(text, 'model-deck.yaml');
    assert.ok(spec);
    assert.equal(withChanges(text, spec, spec), text);
    const { preprocessing, ...rest } = spec;
    assert.ok(preprocessing);
    const after = { ...rest, input: { width: 96 }, origins: { 'input.width': 'assumed' } };
    const changed = withChanges(text, spec, after);
    assert.deepEqual(parseSpec(changed, 'model-deck.yaml').spec, after);
    assert.ok(changed.startsWith("# mine\nname: net\nversion: '1.0' # first\n"));
    assert.match(changed, /\n# about the labels\nlabels: labels\.txt\n/);
    assert.match(changed, /\n {2}width: 96 # assumed\n/);
  });

  it('explains origins once', () => {
    const before = {
      name: 'n',
      version: '1',
      handler: 'h',
      input: { width: 3 },
      origins: { 'input.width': 'assumed' },
    };
    const after = { ...before, origins: { 'input.width': 'graph' } };
    const changed = withChanges(formatSpec(before), before, after);
    assert.deepEqual(changed.match(/Where these values come from/g), ['Where these values come from']);
    assert.equal(changed, formatSpec(after).replace('width: 3', 'width: 3 # assumed'));
  });
});

describe('nearestWord', () => {
  it('finds what was meant, and does not guess', () => {
    const words = ['weights', 'width', 'version', 'labels'];
    for (const [wrong, right] of [
      ['weigths', 'weights'],
      ['weight', 'weights'],
      ['Weights', 'weights'],
      ['lables', 'labels'],
      ['verison', 'version'],
      ['widht', 'width'],
      ['banana', undefined],
      ['', undefined],
      ['x', undefined],
    ] as const) {
      assert.equal(nearestWord(wrong, words), right, wrong);
    }
    assert.equal(nearestWord('onnx_image_classifier', ['onnx-image-classifier']), 'onnx-image-classifier');
  });
});

describe('the schema of model-deck.yaml', () => {
  it('is walked through lists, references and free keys', () => {
    assert.equal(schemaAt(['examples', '[]', 'image'])?.type, 'string');
    assert.equal(schemaAt(['preprocessing', 'mean'])?.type, 'array');
    assert.equal(schemaAt(['deploy', 'resources', 'cpu'])?.type, 'string');
    assert.equal(schemaAt(['name', 'x']), undefined);
    assert.equal(schemaAt(['constructor']), undefined);
  });
});

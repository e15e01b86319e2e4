import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import type { DeploySpec, ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { parseSpec, readSpec } from '../../../src/packaging/spec/parseSpec.ts';
import { withDeploy, withOtherWeights } from '../../../src/packaging/spec/editSpec.ts';
import { formatSpec, rememberDeploy, writeSpec } from '../../../src/packaging/spec/writeSpec.ts';

const full: ModelSpec = {
  name: 'net',
  version: '1.10',
  weights: 'w.onnx',
  modelFile: 'model.py',
  handler: 'model-deck:onnx-image-classifier',
  labels: 'index_to_name.json',
  extraFiles: ['a.txt', 'more/*.json'],
  requirements: 'requirements.txt',
  configFile: 'model-config.yaml',
  runtime: 'python3',
  archiveFormat: 'zip-store',
  preprocessing: {
    resize: 256,
    crop: 224,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    layout: 'NCHW',
    inputName: 'input',
    output: 'logits',
  },
  provenance: {
    source: 'torch.hub: resnet18 # not a comment',
    revision: '0123',
    licence: 'Apache-2.0',
    sha256: '0'.repeat(64),
  },
  deploy: {
    context: 'kind-kind',
    namespace: 'ml',
    claim: 'models',
    name: 'net',
    runtime: 'kserve-torchserve',
    protocol: 'v2',
    resources: { cpu: '1', memory: '2Gi', 'nvidia.com/gpu': '1' },
    minReplicas: 1,
    maxReplicas: 3,
  },
};

describe('formatSpec and parseSpec', () => {
  it('give back what they were given, version 1.10 and revision 0123 as written', () => {
    assert.deepEqual(parseSpec(formatSpec(full), '/m/model-deck.yaml'), { spec: full, findings: [] });
  });

  it('take an unquoted version as it is written', () => {
    const { spec } = parseSpec('name: net\nversion: 1.10\nhandler: image_classifier\n', 'model-deck.yaml');
    assert.equal(spec?.version, '1.10');
  });
});

describe('parseSpec of wrong text', () => {
  const start = 'name: net\nversion: "1"\nhandler: h.py\n';
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ['nothing', '', 0, /is empty/],
    ['only a comment', '# hm\n', 0, /is empty/],
    ['a list', '- a\n', 0, /It has to be a block of fields/],
    ['a text', 'hello', 0, /It has to be a block of fields; it is "hello"/],
    ['a tab', 'name: net\n\tversion: 1', 1, /is not YAML/],
    ['an open quote', 'name: "net\nversion: 1', 2, /is not YAML/],
    ['a key twice', 'name: a\nname: b\n', 1, /is not YAML: duplicated mapping key/],
    ['a tag that would make an object', `${start}labels: !!js/function "x"\n`, 3, /is not YAML: unknown/],
    ['an alias', 'name: &a net\nversion: *a\nhandler: h\n', 0, /anchor or alias/],
    ['a missing handler', 'name: net\nversion: 1\n', 0, /^"handler" is missing\.$/],
    ['a misspelt field', `${start}lables: x.json\n`, 3, /^Unknown field "lables"\. Did you mean "labels"\?$/],
    ['a name with a dot', 'version: 1\nname: res.net\nhandler: h\n', 1, /^"name" cannot be "res\.net"\.$/],
    ['an empty value', `${start}labels:\n`, 3, /labels/],
    ['a list for a text', `${start}weights: [a]\n`, 3, /^"weights" has to be a text; it is \["a"\]\.$/],
    ['a text for a list', `${start}extraFiles: {a: b}\n`, 3, /"extraFiles" has to be a list/],
    ['an unknown format', `${start}archiveFormat: rar\n`, 3, /"archiveFormat" cannot be "rar"/],
    [
      'a text for a number',
      `${start}preprocessing:\n  resize: big\n  crop: 1\n  mean: [0,0,0]\n  std: [1,1,1]\n  layout: NCHW\n`,
      4,
      /"preprocessing\.resize" has to be a whole number; it is "big"/,
    ],
    [
      'a std of zero',
      `${start}preprocessing:\n  resize: 1\n  crop: 1\n  mean: [0,0,0]\n  std: [1,0,1]\n  layout: NCHW\n`,
      7,
      /"preprocessing\.std, item 2" has to be more than 0; it is 0/,
    ],
    [
      'two channels',
      `${start}preprocessing:\n  resize: 1\n  crop: 1\n  mean: [0,0]\n  std: [1,1,1]\n  layout: NCHW\n`,
      6,
      /"preprocessing\.mean" has too few items: 3 is the least/,
    ],
    ['a sha256 cut off', `${start}provenance:\n  sha256: abc\n`, 4, /"provenance\.sha256" cannot be "abc"/],
    [
      'a replica too few',
      `${start}deploy:\n  maxReplicas: 0\n`,
      4,
      /"deploy\.maxReplicas" has to be at least 1; it is 0/,
    ],
    ['an unknown protocol', `${start}deploy:\n  protocol: grpc-v2\n`, 4, /"deploy\.protocol" cannot be "grpc-v2"/],
    ['a book', 'x'.repeat(300_000), 0, /has 300000 characters/],
  ];
  for (const [what, text, line, message] of cases) {
    it(`names ${what}, with its line`, () => {
      const { spec, findings } = parseSpec(text, '/m/model-deck.yaml');
      assert.equal(spec, undefined);
      const found = findings.find((finding) => message.test(finding.message));
      assert.ok(found, JSON.stringify(findings));
      assert.equal(found.location?.path, '/m/model-deck.yaml');
      assert.equal(found.location.line, line);
      assert.ok(found.remedy.length > 3);
    });
  }
});

describe('writeSpec', () => {
  it('is read back, and leaves no partial file', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-spec-'));
    try {
      await writeSpec(path.join(folder, 'model-deck.yaml'), full);
      assert.deepEqual(await readSpec(path.join(folder, 'model-deck.yaml')), full);
      assert.deepEqual(await readdir(folder), ['model-deck.yaml']);
      await assert.rejects(readSpec(path.join(folder, 'gone.yaml')), { category: 'not-found' });
      await assert.rejects(writeSpec(path.join(folder, 'model-deck.yaml', 'x.yaml'), full), (error) =>
        ModelDeckError.is(error),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('withDeploy', () => {
  const deploy: DeploySpec = { context: 'minikube', namespace: 'ml', claim: 'models', resources: { cpu: '1' } };
  const spec = (text: string): ModelSpec | undefined => parseSpec(text, 'model-deck.yaml').spec;

  it('puts it at the end, and keeps every other line', () => {
    const text = '# mine\nname: net # the best\nversion: 1.10\nhandler: h.py\n\n\n';
    const changed = withDeploy(text, deploy);
    assert.ok(changed.startsWith('# mine\nname: net # the best\nversion: 1.10\nhandler: h.py\ndeploy:\n'), changed);
    assert.deepEqual(spec(changed)?.deploy, deploy);
    assert.equal(withDeploy(changed, deploy), changed);
  });

  it('replaces what stands there in either style, and nothing behind it', () => {
    const before = 'name: net\n';
    const behind = '\n# about the rest\nversion: 1\n  # indented\nhandler: h.py\n';
    for (const old of ['deploy:\n  context: a\n\n  # why\n  resources:\n    cpu: 2\n', 'deploy: {context: a}\n']) {
      const changed = withDeploy(before + old + behind, deploy);
      assert.ok(changed.startsWith(before) && changed.endsWith(behind), changed);
      assert.deepEqual(spec(changed)?.deploy, deploy);
    }
  });

  it('keeps the line ends of Windows', () => {
    const changed = withDeploy('name: net\r\nversion: 1\r\nhandler: h.py\r\n', deploy);
    assert.doesNotMatch(changed, /[^\r]\n/);
    assert.deepEqual(spec(changed)?.deploy, deploy);
  });
});

describe('withOtherWeights', () => {
  const sha = 'b'.repeat(64);
  const lines: Readonly<Record<string, readonly [string, string]>> = {
    'a plain name': ['weights: a.onnx', 'weights: c d.onnx'],
    'a name in quotes with a comment': ["weights: 'a#.onnx' # best", 'weights: c d.onnx # best'],
    'a quoted key': ['"weights": "a.onnx"', '"weights": c d.onnx'],
    'Windows line ends': ['weights: a.onnx\r', 'weights: c d.onnx\r'],
  };
  for (const [what, [before, behind]] of Object.entries(lines)) {
    it(`changes that line alone: ${what}`, () => {
      const text = `name: net\n${before}\nhandler: weights.py\n`;
      assert.equal(withOtherWeights(text, {}, { weights: 'c d.onnx' }), text.replace(before, behind));
    });
  }

  it('changes the sha256, wherever it stands', () => {
    const text = `weights: a.onnx\nprovenance: { sha256: ${'a'.repeat(64)} }\n`;
    const changed = withOtherWeights(
      text,
      { provenance: { sha256: 'a'.repeat(64) } },
      { weights: 'b.onnx', sha256: sha },
    );
    assert.equal(changed, `weights: b.onnx\nprovenance: { sha256: ${sha} }\n`);
  });
});

describe('rememberDeploy', () => {
  it('writes the file, and not again when it says so already', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-spec-'));
    const file = path.join(folder, 'model-deck.yaml');
    try {
      await writeFile(file, '# mine\nname: net\nversion: 1\nhandler: h.py\n');
      await rememberDeploy(file, { context: 'minikube' });
      assert.match(await readFile(file, 'utf8'), /^# mine\n[^]*deploy:\n {2}context: minikube\n$/);
      const { ino } = await stat(file);
      await rememberDeploy(file, { context: 'minikube' });
      assert.equal((await stat(file)).ino, ino, 'the file was replaced though nothing changed');
      assert.deepEqual(await readdir(folder), ['model-deck.yaml']);
      await assert.rejects(rememberDeploy(path.join(folder, 'gone.yaml'), {}), { category: 'not-found' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

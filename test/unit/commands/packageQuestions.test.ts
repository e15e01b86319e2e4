import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  chosenSuggestion,
  onlyAsked,
  packageQuestions,
  specFromAnswers,
  usableWeights,
} from '../../../src/commands/package/packageQuestions.ts';
import type { DetectedWeights, Detection, WeightsKind } from '../../../src/packaging/read/detection.ts';
import type { ModelSpec, Preprocessing } from '../../../src/packaging/spec/modelSpec.ts';

const weights = (path: string, kind: WeightsKind): DetectedWeights => ({
  path,
  kind,
  size: 1,
  explanation: `holds ${kind}`,
});
const preprocessing: Preprocessing = {
  resize: 256,
  crop: 224,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  layout: 'NCHW',
};
const onnx: ModelSpec = {
  name: 'net',
  version: '1.0',
  weights: 'net.onnx',
  handler: 'model-deck:onnx-image-classifier',
  labels: 'index_to_name.json',
  preprocessing,
};

function detection(found: readonly DetectedWeights[], candidates: Partial<Detection['candidates']> = {}): Detection {
  return {
    folder: '/models/net',
    weights: found,
    suggestions: Object.fromEntries(
      found.map(({ path }) => [path, { spec: { ...onnx, weights: path }, findings: [] }]),
    ),
    candidates: { modelFiles: [], handlers: [], labels: [], requirements: [], configFiles: [], ...candidates },
  };
}

function asked(of: Detection, suggestion: ModelSpec, answers = {}): readonly string[] {
  return packageQuestions(of, suggestion).flatMap(({ key, ask }) => (ask(answers) ? [key] : []));
}

describe('packageQuestions', () => {
  it('asks an ONNX folder neither for weights nor for a model file', () => {
    const of = detection([weights('net.onnx', 'onnx')], { labels: ['index_to_name.json'] });
    assert.deepEqual(asked(of, onnx), ['name', 'version', 'labels', 'source', 'licence']);
  });

  it('asks for the weights where there are two, and not for the one model file of a state_dict', () => {
    const of = detection([weights('a.pth', 'eager-state-dict'), weights('b.pt', 'torchscript')], {
      modelFiles: ['model.py'],
    });
    const suggestion: ModelSpec = {
      name: 'net',
      version: '1.0',
      weights: 'a.pth',
      modelFile: 'model.py',
      handler: 'image_classifier',
    };
    assert.deepEqual(asked(of, suggestion), ['weights', 'name', 'version', 'handler', 'source', 'licence']);
    const two = { ...of, candidates: { ...of.candidates, modelFiles: ['model.py', 'net.py'] } };
    assert.ok(asked(two, suggestion).includes('modelFile'));
    assert.ok(!asked(two, suggestion, { weights: 'b.pt' }).includes('modelFile'), 'TorchScript needs none');
  });

  describe('for who wants the model to run', () => {
    const unknown = (of: Detection, suggestion: ModelSpec): readonly string[] =>
      packageQuestions(of, suggestion, 'unknown').flatMap(({ key, ask }) => (ask({}) ? [key] : []));
    const one = [weights('net.onnx', 'onnx')];

    it('ask nothing of a folder that says it all', () => {
      assert.deepEqual(unknown(detection(one, { labels: ['index_to_name.json'] }), onnx), []);
      assert.deepEqual(unknown(detection(one), onnx), []);
    });

    it('ask for labels that could not be told, a handler of the user, one of several weights', () => {
      const without: ModelSpec = { name: 'net', version: '1.0', weights: 'net.onnx', handler: onnx.handler };
      assert.deepEqual(unknown(detection(one, { labels: ['a.txt', 'b.txt'] }), without), ['labels']);
      assert.deepEqual(unknown(detection(one, { handlers: ['mine.py'] }), onnx), ['handler']);
      assert.deepEqual(unknown(detection([...one, weights('b.onnx', 'onnx')]), onnx), ['weights']);
    });
  });

  it('begin with whether all of them are wanted, for who packages', () => {
    const of = detection([weights('net.onnx', 'onnx')]);
    const keys = (answers: object): readonly string[] =>
      packageQuestions(of, onnx, 'choose').flatMap(({ key, ask }) => (ask(answers) ? [key] : []));
    assert.deepEqual(keys({}), ['extent']);
    assert.deepEqual(keys({ extent: 'suggested' }), ['extent']);
    assert.deepEqual(keys({ extent: 'advanced' }), ['extent', 'name', 'version', 'labels', 'source', 'licence']);
  });

  it('refuses a name with a dot, and tells why', () => {
    const name = packageQuestions(detection([]), onnx)
      .find(({ key }) => key === 'name')
      ?.ask({});
    assert.ok(name?.kind === 'input');
    assert.match(name.validate?.('resnet18-1.0') ?? '', /dot/);
    assert.equal(name.validate?.('resnet18-1_0'), undefined);
    assert.ok(name.validate?.('-x') !== undefined && name.validate('') !== undefined);
  });
});

describe('specFromAnswers', () => {
  it('keeps the suggestion where nothing was asked', () => {
    assert.deepEqual(specFromAnswers({}, onnx), onnx);
  });

  it('lays the answers over it', () => {
    const spec = specFromAnswers({ name: 'cat', version: '2', labels: '-', source: 'the attic', licence: 'MIT' }, onnx);
    assert.deepEqual(
      { name: spec.name, version: spec.version, labels: spec.labels, provenance: spec.provenance },
      { name: 'cat', version: '2', labels: undefined, provenance: { source: 'the attic', licence: 'MIT' } },
    );
    assert.ok(!('labels' in spec), 'no labels means no field');
  });

  it('drops the preprocessing with the handler that reads it, and the model file with its weights', () => {
    assert.ok(!('preprocessing' in specFromAnswers({ handler: 'mine.py' }, onnx)));
    const eager: ModelSpec = {
      name: 'n',
      version: '1',
      weights: 'a.pth',
      modelFile: 'model.py',
      handler: 'image_classifier',
    };
    assert.ok(!('modelFile' in specFromAnswers({ weights: 'b.pt' }, eager)));
  });
});

describe('another weights file of the folder', () => {
  const second: ModelSpec = {
    name: 'net',
    version: '1.0',
    weights: 'b384.onnx',
    handler: 'model-deck:onnx-image-classifier',
    labels: 'labels.txt',
    input: { width: 384, height: 384 },
  };
  const of: Detection = {
    ...detection([weights('net.onnx', 'onnx'), weights('b384.onnx', 'onnx'), weights('c.pt', 'torchscript')], {
      labels: ['index_to_name.json', 'labels.txt'],
    }),
    suggestions: { 'net.onnx': { spec: onnx, findings: [] }, 'b384.onnx': { spec: second, findings: [] } },
  };
  const presets = (answers: object): unknown =>
    Object.fromEntries(packageQuestions(of, onnx).map(({ key, ask }) => [key, ask(answers)?.value]));

  it('brings its own suggestion, and nothing of the first one', () => {
    const answers = { weights: 'b384.onnx' };
    assert.deepEqual(specFromAnswers(answers, chosenSuggestion(of, onnx, answers)), second);
    assert.deepEqual(presets(answers), { ...(presets({}) as object), labels: 'labels.txt' });
  });

  it('forgets the model file that the first one was asked for', () => {
    const answers = { weights: 'b384.onnx', modelFile: 'model.py', version: '2' };
    assert.deepEqual(onlyAsked(packageQuestions(of, onnx), answers), { weights: 'b384.onnx', version: '2' });
  });
});

describe('weights that no spec fits', () => {
  it('are not offered', () => {
    const of: Detection = {
      ...detection([weights('a.onnx', 'onnx'), weights('detector.onnx', 'onnx'), weights('evil.pt', 'hostile-pickle')]),
      suggestions: { 'a.onnx': { spec: { ...onnx, weights: 'a.onnx' }, findings: [] } },
    };
    assert.deepEqual(
      usableWeights(of).map(({ path }) => path),
      ['a.onnx'],
    );
    assert.ok(!asked(of, onnx).includes('weights'), 'one choice is no question');
  });
});

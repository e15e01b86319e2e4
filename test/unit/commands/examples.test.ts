import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  askExamples,
  compareExamples,
  exampleFindings,
  type ComparedAnswer,
  type ExampleAnswer,
} from '../../../src/commands/package/examples.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { parseSpec } from '../../../src/packaging/spec/parseSpec.ts';
import { formatSpec } from '../../../src/packaging/spec/writeSpec.ts';

const example = { image: 'photos/a.jpg', label: 'cat' };
const probabilities = (values: Readonly<Record<string, number>>): ComparedAnswer => ({
  kind: 'probabilities',
  values: Object.entries(values).map(([label, value]) => ({ label, value })),
});
const of = (values: Readonly<Record<string, number>>): ExampleAnswer => ({ example, answer: probabilities(values) });

describe('examples in model-deck.yaml', () => {
  const spec = {
    name: 'net',
    version: '1.0',
    weights: 'net.onnx',
    handler: 'model-deck:onnx-image-classifier',
    examples: [
      { image: 'photos/a.jpg', label: 'cat' },
      { image: 'photos/b.jpg', label: '7' },
    ],
  };

  it('are written and read back', () => {
    assert.deepEqual(parseSpec(formatSpec(spec), 'model-deck.yaml').spec, spec);
  });

  it('need a picture and a label', () => {
    const text = formatSpec(spec).replace(/, label: cat|\n {4}label: cat/, '');
    const { findings } = parseSpec(text, 'model-deck.yaml');
    assert.match(findings[0]?.message ?? '', /^"label" is missing in examples, item 1\.$/);
  });

  it('that get another label are errors in their line, with what came instead', () => {
    const text = formatSpec(spec);
    const [right, wrong] = [of({ cat: 0.9, dog: 0.1 }), of({ dog: 0.75, cat: 0.25 })];
    assert.deepEqual(exampleFindings([right], { path: 'model-deck.yaml', text }), []);
    const [finding, ...more] = exampleFindings([right, wrong], { path: '/m/model-deck.yaml', text });
    assert.equal(more.length, 0);
    assert.equal(finding?.severity, 'error');
    assert.equal(finding?.message, 'The example photos/a.jpg is "dog" (75.0%), and "cat" is expected.');
    assert.match(text.split('\n')[finding?.location?.line ?? -1] ?? '', /b\.jpg/);
  });

  it('whose picture is gone are errors, too', async () => {
    const answers = await askExamples([example], () =>
      Promise.reject(new ModelDeckError('not-found', 'There is no a.jpg.', { remedy: 'Put it back.' })),
    );
    const [finding] = exampleFindings(answers);
    assert.match(finding?.message ?? '', /no answer: There is no a\.jpg/);
    assert.equal(finding?.remedy, 'Put it back.');
  });
});

describe('after a deploy', () => {
  it('the same answer is told with its largest difference', () => {
    const comparison = compareExamples([of({ cat: 0.90003, dog: 0.1 })], [of({ dog: 0.1, cat: 0.9 })]);
    assert.deepEqual(comparison, {
      isRight: true,
      sentence: 'The example has its label: same answer here as there, largest difference 3e-5.',
    });
  });

  it('another label, or the same with other numbers, is no right answer', () => {
    assert.equal(compareExamples([of({ dog: 0.9 })], [of({ cat: 0.9 })]).isRight, false);
    const far = compareExamples([of({ cat: 0.6 })], [of({ cat: 0.9 })]);
    assert.equal(far.isRight, false);
    assert.match(far.sentence, /up to 0\.300/);
  });

  it('a model that is not computed here is held against its labels alone', () => {
    assert.equal(
      compareExamples([of({ cat: 0.9 }), of({ cat: 0.8 })], undefined).sentence,
      'All 2 examples have their labels.',
    );
  });

  it('a yes-or-no model has the likelier of both', () => {
    const binary = (yes: number): ExampleAnswer => ({
      example: { image: 'x.png', label: 'normal' },
      answer: {
        kind: 'binary',
        values: [
          { label: 'pneumonia', value: yes },
          { label: 'normal', value: 1 - yes },
        ],
      },
    });
    assert.equal(compareExamples([binary(0.1)], undefined).isRight, true);
    assert.equal(compareExamples([binary(0.9)], undefined).isRight, false);
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { triedGraph } from '../../../src/commands/package/triedGraph.ts';
import { triedSpec } from '../../../src/commands/package/triedSpec.ts';
import { completeContract } from '../../../src/contract/completeContract.ts';
import { assumedFields } from '../../../src/contract/modelContract.ts';
import { confirmFields } from '../../../src/contract/origins.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';

const contract = completeContract({ output: { labels: ['cat', 'dog'] } });
const spec: ModelSpec = {
  name: 'net',
  version: '1.0',
  weights: 'export/net.onnx',
  handler: 'model-deck:onnx-image-classifier',
  labels: 'labels.txt',
  extraFiles: ['export/net.onnx.data', 'notes.txt'],
};

describe('what was tried goes into the spec', () => {
  it('with nothing left that is assumed, once the user has said that it is right', () => {
    const confirmed = confirmFields(contract, assumedFields(contract));
    const written = triedSpec(spec, contract, { contract: confirmed, examples: [{ image: 'a.jpg', label: 'cat' }] });
    assert.equal(written.origins, undefined);
    assert.deepEqual(written.examples, [{ image: 'a.jpg', label: 'cat' }]);
    assert.deepEqual(written.input, contract.input);
  });

  it('but labels of a file stay in their file', () => {
    const confirmed = confirmFields(contract, assumedFields(contract));
    assert.equal(triedSpec(spec, contract, { contract: confirmed, examples: [] }).output?.labels, undefined);
  });

  it('and not at all when the page was skipped', () => {
    assert.deepEqual(triedSpec(spec, contract, { contract, examples: [] }), spec);
  });
});

describe('a graph that is tried', () => {
  it('gets its data files by the names that it gives them', () => {
    assert.deepEqual(triedGraph('/m', spec, contract), {
      graph: path.join('/m', 'export/net.onnx'),
      externalData: [{ path: 'net.onnx.data', file: path.join('/m', 'export/net.onnx.data') }],
    });
  });

  it('is none where ONNX Runtime does not compute the answer', () => {
    assert.equal(triedGraph('/m', { ...spec, handler: 'image_classifier' }, contract), undefined);
  });
});

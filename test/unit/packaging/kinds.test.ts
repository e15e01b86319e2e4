import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packageKinds } from '../../../src/packaging/index.ts';
import { PackageKinds } from '../../../src/packaging/kinds/packageKinds.ts';
import { torchServePackages } from '../../../src/packaging/kinds/torchserve/torchServePackages.ts';
import { mlServerPackages } from '../../../src/packaging/kinds/mlserver/mlServerPackages.ts';
import { openVinoPackages } from '../../../src/packaging/kinds/openvino/openVinoPackages.ts';
import { tritonPackages } from '../../../src/packaging/kinds/triton/tritonPackages.ts';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { describePackageKind } from '../../conformance/packageKinds.ts';
import { plainPackages } from '../../conformance/plainPackages.ts';
import { sampleFolder as folder } from '../local/sampleArchive.ts';

const spec: ModelSpec = {
  name: 'cats',
  version: '1.0',
  weights: 'efficientnet-lite0.onnx',
  handler: 'model-deck:onnx-image-classifier',
  labels: 'index_to_name.json',
  preprocessing: {
    resize: 256,
    crop: 224,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    layout: 'NCHW',
  },
};

describePackageKind(torchServePackages, { folder, spec });
describePackageKind(tritonPackages, { folder, spec });
describePackageKind(mlServerPackages, { folder, spec });
describePackageKind(openVinoPackages, { folder, spec });
describePackageKind(plainPackages, { folder, spec });

describe('the kinds of packages', () => {
  const kinds = new PackageKinds([torchServePackages, plainPackages]);

  it('are chosen by the spec, and the first where it says nothing', () => {
    assert.equal(kinds.ofSpec({}), torchServePackages);
    assert.equal(kinds.ofSpec({ packageKind: 'plain' }), plainPackages);
    assert.throws(() => packageKinds.ofSpec({ packageKind: 'plain' }), { category: 'unsupported', message: /"plain"/ });
  });

  it('are found by what a file is called', async () => {
    assert.equal(await kinds.recognising('/p/cats.mar', false), torchServePackages);
    assert.equal(await kinds.recognising('/p/cats.plain', true), plainPackages);
    assert.equal(await kinds.recognising('/p/cats', true), undefined);
  });

  it('have each name once', () => {
    assert.throws(() => new PackageKinds([plainPackages, plainPackages]), { category: 'internal' });
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { chooseServing, type PackagingWay, type ServingChoice } from '../../../../src/kserve/choices/servingChoice.ts';
import { packageKinds, readSpec } from '../../../../src/packaging/index.ts';
import type { Vendoring } from '../../../../src/packaging/kinds/vendoring.ts';
import { waysOfFolder } from '../../../../src/targets/kserve/plan/packagingWays.ts';
import { runtimes } from '../../kserve/runtimes.ts';
import { sampleFolder } from '../../local/sampleArchive.ts';

/** How the sample of the README could be packaged. */
async function ways(vendoring?: Vendoring, packageKind?: string): Promise<readonly PackagingWay[]> {
  const read = await readSpec(path.join(sampleFolder, 'model-deck.yaml'));
  const spec = { ...read, ...(packageKind !== undefined && { packageKind }) };
  const unpackaged = { folder: sampleFolder, spec, vendoring };
  return waysOfFolder(
    { ...unpackaged, check: (kind, task) => kind.check({ folder: sampleFolder, spec }, task) },
    packageKinds.all,
  );
}

const on = (known: readonly PackagingWay[], ...without: readonly string[]): ServingChoice =>
  chooseServing(known, {
    namespaced: [],
    clusterWide: runtimes.filter(({ metadata }) => !without.includes(metadata.name)),
  });
const best = ({ best: option }: ServingChoice): readonly (string | undefined)[] => [
  option?.runtime.metadata.name,
  option?.way.kind,
];

describe('the ONNX sample on a stock cluster', () => {
  it('is packaged for Triton, and says why not for the TorchServe that is there', async () => {
    const choice = on(await ways());
    assert.deepEqual(best(choice), ['kserve-tritonserver', 'triton']);
    const torchServe = choice.others.find(({ runtime }) => runtime.metadata.name === 'kserve-torchserve');
    assert.match(torchServe?.sentence ?? '', /pytorch\/torchserve-kfs:0\.9\.0 has no onnxruntime/);
    assert.match(torchServe?.sentence ?? '', /Deploy it for Triton; or name a wheel of onnxruntime/);
  });

  it('loses nothing the day kserve-torchserve is deleted', async () => {
    assert.deepEqual(best(on(await ways(), 'kserve-torchserve')), ['kserve-tritonserver', 'triton']);
  });

  it('can be served by MLServer where Triton is missing, and by TorchServe with its own ONNX Runtime', async () => {
    assert.deepEqual(best(on(await ways(), 'kserve-tritonserver')), ['kserve-mlserver', 'mlserver']);
    const vendoring: Vendoring = {
      source: { wheel: '/wheels/onnxruntime.whl' },
      cacheFolder: '/cache',
      python: '3.9',
      machine: 'x86_64',
    };
    const left = on(await ways(vendoring), 'kserve-tritonserver', 'kserve-mlserver');
    assert.deepEqual(best(left), ['kserve-torchserve', 'torchserve']);
  });

  it('offers to make a runtime where none fits, Triton first', async () => {
    const { best: none, makeable } = on(await ways(), 'kserve-tritonserver', 'kserve-mlserver');
    assert.equal(none, undefined);
    assert.deepEqual(
      makeable.map(({ template }) => template?.server),
      ['tritonserver', 'mlserver', 'ovms'],
    );
  });

  it('is packaged as its model-deck.yaml says, where that names a kind', async () => {
    const choice = on(await ways(undefined, 'mlserver'));
    assert.deepEqual(best(choice), ['kserve-mlserver', 'mlserver']);
    assert.equal(choice.options.length, 1);
  });
});

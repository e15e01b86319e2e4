import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deployModel } from '../../../src/deploy/index.ts';
import { predict } from '../../../src/inference/index.ts';
import { packageKinds, readSpec } from '../../../src/packaging/index.ts';
import { FolderStore } from '../../../src/stores/index.ts';
import type { ThisComputer } from '../../../src/targets/index.ts';
import { sampleFolder } from '../local/sampleArchive.ts';
import { openThisComputer } from './openThisComputer.ts';

describe('this computer serves every kind of package that holds an ONNX graph', () => {
  let folder: string;
  let target: ThisComputer;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-kinds-'));
    target = await openThisComputer(path.join(folder, 'state'));
  });
  after(async () => {
    await target.dispose();
    await rm(folder, { recursive: true });
  });

  for (const { kind, label } of packageKinds.all) {
    it(`${label}: the cat, with the probability of the others`, async () => {
      const spec = { ...(await readSpec(path.join(sampleFolder, 'model-deck.yaml'))), packageKind: kind };
      const outputFolder = path.join(folder, kind);
      const modelPackage = await packageKinds.of(kind).write({ folder: sampleFolder, spec, outputFolder });
      const store = new FolderStore(path.join(folder, `${kind}-store`));
      const order = { modelPackage, store, target, name: `cat-${kind}`, protocol: 'v1' } as const;
      const deployment = await deployModel(order);
      assert.equal(deployment.state, 'ready');
      const image = await readFile(path.join(sampleFolder, 'photos', 'chelsea.jpg'));
      const [best] = (await predict({ endpoint: await target.endpoint(deployment.id), image, k: 1 })).predictions;
      assert.equal(best?.label, 'Egyptian cat');
      assert.ok(Math.abs((best.value ?? 0) - 0.33784) < 1e-4, `${best.value}`);
    });
  }
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deployModel } from '../../src/deploy/index.ts';
import { FolderStore } from '../../src/stores/index.ts';
import type { ThisComputer } from '../../src/targets/index.ts';
import type { LocalRuntime } from '../../src/targets/thisComputer/runtimes/localRuntime.ts';
import { packageSample } from '../unit/local/sampleArchive.ts';
import { openThisComputer } from '../unit/targets/openThisComputer.ts';

/** What every local runtime has to keep: it is planned with, deploys, keeps its name over a reload, or says why not. */
export function describeLocalRuntime(
  runtime: LocalRuntime,
  registered: readonly LocalRuntime[],
  expected: 'serves' | RegExp,
): void {
  describe(`The local runtime ${runtime.id}`, () => {
    let folder: string;
    let target: ThisComputer;
    const open = (runtimes: readonly LocalRuntime[]): Promise<ThisComputer> =>
      openThisComputer(path.join(folder, 'state'), { runtimes });

    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'model-deck-runtime-'));
      target = await open([runtime]);
    });
    after(async () => {
      await target.dispose();
      await rm(folder, { recursive: true });
    });

    it('has an id of its own', () => {
      assert.equal(registered.filter(({ id }) => id === runtime.id).length, 1);
      assert.match(runtime.label, /\S/);
    });

    it(
      expected === 'serves' ? 'serves the sample, and is known after a reload' : 'says why it does not serve',
      async () => {
        const store = new FolderStore(path.join(folder, 'models'));
        const modelPackage = await packageSample(path.join(folder, 'package'));
        const order = { modelPackage, store, target, name: 'cats', protocol: 'v1' } as const;
        if (expected !== 'serves') return assert.rejects(deployModel(order), expected);
        const { state, runtime: label } = await deployModel(order);
        assert.equal(state, 'ready');
        // The process may know more of what computes than is known before.
        assert.match(label, /\S/);
        await target.dispose();
        target = await open([runtime]);
        assert.deepEqual(
          target.deployments().map((deployment) => [deployment.state, deployment.runtime]),
          [['stopped', runtime.label]],
        );
      },
    );
  });
}

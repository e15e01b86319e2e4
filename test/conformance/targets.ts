import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ModelDeckError } from '../../src/foundation/error.ts';
import type { StoredModel } from '../../src/stores/modelStore.ts';
import { formatDeploymentRef } from '../../src/targets/deploymentRef.ts';
import type { Deployment, Target } from '../../src/targets/target.ts';
import { anyText } from '../unit/anyText.ts';

/** A target without deployments, and what it needs for one. */
export interface TargetUnderTest {
  readonly target: Target;
  /** That it can serve. */
  readonly model: StoredModel;
  /** The storage URI of a model that it cannot read. */
  readonly foreignUri: string;
  readonly close: () => Promise<void> | void;
}

/**
 * What every kind of target promises, whatever it can do beyond that; of the optional capabilities those that it has.
 * @param open called once
 */
export function conformsAsTarget(open: () => Promise<TargetUnderTest>): void {
  describe('as a target', () => {
    let made: TargetUnderTest;
    let target: Target;
    let deployed: Deployment;
    const known = (name: string): Deployment | undefined =>
      target.deployments().find((deployment) => deployment.name === name);
    const isOurs = (error: unknown): boolean => ModelDeckError.is(error) && error.category !== 'internal';

    before(async () => {
      made = await open();
      target = made.target;
    });
    after(() => made.close());

    it('suggests only names that it allows, for any model, and says what is wrong with others', () => {
      for (const text of anyText(500, 90)) assert.equal(target.checkName(target.suggestName(text)), undefined, text);
      for (const name of ['', 'Cats', 'ca_ts', '-cats', 'a'.repeat(300)]) {
        assert.match(target.checkName(name) ?? '', /^[^\n]+\.$/, name);
      }
    });

    it('says where it cannot read models from', () => {
      assert.equal(target.storageProblem(made.model.storageUri), undefined);
      assert.match(target.storageProblem(made.foreignUri) ?? '', /^[^\n]+\.$/);
    });

    it('plans without changing anything', async () => {
      const plan = await target.plan({ name: 'cats', model: made.model, protocol: 'v1' });
      assert.notEqual(plan.runtime, '');
      assert.notEqual(plan.reason, '');
      assert.deepEqual(target.deployments(), []);
    });

    it('deploys until the model answers, and tells those who listen', async () => {
      let changes = 0;
      const end = target.onDidChangeDeployments(() => (changes += 1));
      deployed = await target.deploy({ name: 'cats', model: made.model, protocol: 'v1' });
      assert.ok(changes > 0);
      end();
      assert.equal(deployed.state, 'ready');
      assert.equal(deployed.id, formatDeploymentRef({ targetId: target.id, name: 'cats' }));
      assert.equal(deployed.targetId, target.id);
      assert.equal(deployed.model.storageUri, made.model.storageUri);
      assert.deepEqual(
        target.deployments().map(({ id }) => id),
        [deployed.id],
      );
    });

    it('says where to ask it', async () => {
      const endpoint = await target.endpoint(deployed.id);
      assert.equal(endpoint.id, deployed.id);
      assert.match(endpoint.baseUrl, /^https?:\/\//);
      assert.notEqual(endpoint.modelName, '');
    });

    it('takes back a deploy that nothing stood before, and leaves the others', async () => {
      const point = await target.restorePoint('dogs');
      await target.deploy({ name: 'dogs', model: made.model, protocol: 'v1' });
      assert.equal(known('dogs')?.state, 'ready');
      assert.deepEqual(await point.restore(made.model), { remains: [], modelInUse: true });
      assert.equal(known('dogs'), undefined);
      assert.equal(known('cats')?.state, 'ready');
    });

    it('stops and starts, where it can', async (test) => {
      if (!target.lifecycle) return test.skip('it cannot');
      await target.lifecycle.stop(deployed.id);
      assert.equal(known('cats')?.state, 'stopped');
      assert.equal((await target.lifecycle.start(deployed.id)).state, 'ready');
    });

    it('tells its log, where it keeps one', async (test) => {
      if (!target.logs) return test.skip('it keeps none');
      assert.equal(typeof (await target.logs.read(deployed.id)), 'string');
    });

    it('knows the ways to a deployment, where there are several', async (test) => {
      if (!target.routes) return test.skip('there is one');
      const routes = await target.routes.of(deployed.id);
      assert.ok(routes.some(({ unavailable }) => unavailable === undefined));
      target.routes.close(deployed.id);
      target.routes.close(deployed.id);
      assert.equal((await target.endpoint(deployed.id)).id, deployed.id, 'a closed way is opened again');
    });

    it('knows no earlier version of what is new, where it knows versions', async (test) => {
      if (!target.versions) return test.skip('it knows none');
      assert.deepEqual(await target.versions.earlier(deployed.id), []);
    });

    it('shows the manifest, where there is one', async (test) => {
      if (!target.manifests) return test.skip('there is none');
      assert.match(await target.manifests.read(deployed.id, 'edit'), /name: cats/);
    });

    it('can be followed by several, where it has to be', (test) => {
      if (!target.follow) return test.skip('it is always up to date');
      const [first, second] = [target.follow(), target.follow()];
      first();
      first();
      second();
      assert.equal(known('cats')?.state, 'ready');
    });

    it('names what it does not have', async () => {
      const id = formatDeploymentRef({ targetId: target.id, name: 'nobody' });
      await assert.rejects(target.endpoint(id), isOurs);
      if (target.lifecycle) await assert.rejects(target.lifecycle.start(id), isOurs);
      if (target.logs) await assert.rejects(async () => target.logs?.read(id), isOurs);
    });

    it('removes a deployment', async () => {
      await target.remove(deployed.id);
      assert.deepEqual(target.deployments(), []);
      await assert.rejects(target.endpoint(deployed.id), isOurs);
    });
  });
}

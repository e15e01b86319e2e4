import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { claimStep } from '../../../src/commands/deploy/deploySteps.ts';
import { deployModel, planDeploy, storesFor, type DeployOrder } from '../../../src/deploy/index.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { PackageKinds } from '../../../src/packaging/kinds/packageKinds.ts';
import { torchServePackages } from '../../../src/packaging/kinds/torchserve/torchServePackages.ts';
import type { ModelPackage } from '../../../src/packaging/modelPackage.ts';
import { folderStores } from '../../../src/stores/folder/folderStores.ts';
import type { StoredModel } from '../../../src/stores/modelStore.ts';
import { requireWritable, Stores } from '../../../src/stores/stores.ts';
import { KServeNamespace } from '../../../src/targets/kserve/kserveTarget.ts';
import { wantedManifest } from '../../../src/targets/kserve/plan/prepareDeployment.ts';
import type { DeployRequest } from '../../../src/targets/target.ts';
import { storeNodes } from '../../../src/views/storesTree.ts';
import { memoryStores } from '../../conformance/memoryStores.ts';
import { plainPackages } from '../../conformance/plainPackages.ts';
import { shelfStores } from '../../conformance/shelfStores.ts';
import { sampleFolder } from '../local/sampleArchive.ts';
import { bareTarget } from '../targets/bareTarget.ts';
import { FakeCluster } from './claim/fakeCluster.ts';

/** Kinds that exist in tests alone, where users meet stores and packages: no file under src/ names them. */
describe('a kind of store and of package that is registered by one line', () => {
  let folder: string;
  let plain: ModelPackage;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-everywhere-'));
    const kind = new PackageKinds([torchServePackages, plainPackages]).ofSpec({ packageKind: 'plain' });
    const spec = { name: 'cats', version: '2.0', weights: 'efficientnet-lite0.onnx', handler: '' };
    plain = await kind.write({ folder: sampleFolder, spec, outputFolder: path.join(folder, 'package') });
  });
  after(() => rm(folder, { recursive: true }));

  const registered = (): Stores =>
    new Stores([
      folderStores(() => path.join(folder, 'models')),
      memoryStores('team'),
      shelfStores({ name: 'net', version: '1.0' }),
    ]);
  const place = {
    connection: new FakeCluster('/nowhere'),
    namespace: 'ml',
    extensionVersion: '0.1.0',
    log: () => undefined,
  };
  const cluster = new KServeNamespace(place);

  it('has rows in the tree, with what can be done to its models', async () => {
    const stores = registered();
    await requireWritable(await stores.of('memory:team')).put(plain);
    const rows = await storeNodes({ stores, claims: () => [] });
    const shown = await Promise.all(
      rows.map(async ({ label, contextValue, children }) => [
        label,
        contextValue,
        ...((await children?.()) ?? []).map((row) => `${row.label} ${row.contextValue}`),
      ]),
    );
    assert.deepEqual(shown, [
      ['Local folder', 'store;folder'],
      ['Bucket team', 'store', 'cats model;removable'],
      ['Shelf', 'store', 'net model'],
    ]);
  });

  it('is offered by deploy where the target can read it and it takes packages', async () => {
    const stores = registered();
    const offered = await storesFor(stores, cluster);
    assert.deepEqual(
      offered.map(({ label }) => label),
      ['Bucket team'],
    );
    const here = await storesFor(stores, { storageProblem: (uri) => (uri.startsWith('file:') ? undefined : 'No.') });
    assert.deepEqual(
      here.map(({ label }) => label),
      ['Local folder'],
    );
    const { items = [], value } = claimStep([], offered, 'ml', {});
    assert.deepEqual(
      items.map((item) => item.label),
      ['$(library) Bucket team', '$(question) No claim that fits?'],
    );
    assert.equal(value, 'store:memory:team');
  });

  it('is planned with the place where the model will lie and the format of its package', async () => {
    const store = await registered().of('memory:team');
    let planned: DeployRequest | undefined;
    const target = bareTarget({
      storageProblem: (uri) => cluster.storageProblem(uri),
      plan: (request) => {
        planned = request;
        return Promise.resolve({ runtime: '', reason: '', warnings: [] });
      },
    });
    await planDeploy({ modelPackage: plain, store, target, name: 'cats', protocol: 'v2' });
    assert.ok(planned);
    const { model } = wantedManifest(place, planned, undefined).spec.predictor;
    assert.deepEqual([model?.storageUri, model?.modelFormat], ['s3://team/cats/2.0', { name: 'onnx' }]);
    const local = await registered().known();
    await assert.rejects(
      planDeploy({ modelPackage: plain, store: local[0] ?? store, target, name: 'cats', protocol: 'v2' }),
      { category: 'unsupported', message: /cannot read folders of this computer/ },
    );
  });

  it('gets the package, serves it from its place, and gives it back when nothing comes of it', async () => {
    const stores = registered();
    const store = await stores.of('memory:team');
    const failure = new ModelDeckError('server', 'It does not start.');
    const served: StoredModel[] = [];
    const target = bareTarget({
      storageProblem: () => undefined,
      keepsFailed: false,
      plan: () => Promise.resolve({ runtime: '', reason: '', warnings: [] }),
      restorePoint: () => Promise.resolve({ restore: () => Promise.resolve({ remains: [], modelInUse: false }) }),
      deploy: async ({ model }) => {
        served.push(model);
        assert.equal((await store.list()).length, 1);
        throw failure;
      },
    });
    const order: DeployOrder = { modelPackage: plain, store, target, name: 'cats', protocol: 'v2' };
    await assert.rejects(deployModel(order), failure);
    assert.deepEqual(
      served.map(({ kind, storageUri }) => [kind, storageUri]),
      [['plain', 's3://team/cats/2.0']],
    );
    assert.deepEqual(await store.list(), []);
  });

  it('is removed from by its own store alone, and not at all where it is only read', async () => {
    const stores = registered();
    const model = await requireWritable(await stores.of('memory:team')).put(plain);
    const [local] = await storesFor(stores, { storageProblem: (uri) => (uri.startsWith('file:') ? undefined : 'No.') });
    await local?.put(plain);
    await assert.rejects(async () => local?.remove(model), { category: 'invalid-input', message: /another store/ });
    assert.equal((await local?.list())?.length, 1);
    const owner = requireWritable(await stores.of(model.storeId));
    await owner.remove(model);
    assert.deepEqual(await owner.list(), []);
    const shelf = await stores.of('shelf:');
    assert.throws(() => requireWritable(shelf), { category: 'unsupported', message: /Shelf can only be read/ });
  });
});

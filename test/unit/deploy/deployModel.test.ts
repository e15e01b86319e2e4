import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployModel, planDeploy, type DeployOrder } from '../../../src/deploy/index.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import type { ModelPackage } from '../../../src/packaging/modelPackage.ts';
import type { ModelStore, StoredModel, WritableStore } from '../../../src/stores/modelStore.ts';
import { bareTarget } from '../targets/bareTarget.ts';
import type { DeployPlan, DeployRequest, Deployment, Restoration } from '../../../src/targets/target.ts';

const cats: ModelPackage = {
  kind: 'torchserve',
  folder: '/p',
  files: [{ path: 'model-store/cats.mar', size: 10, sha256: 'a'.repeat(64) }],
  archive: 'model-store/cats.mar',
  name: 'cats',
  version: '2.0',
  size: 10,
  sha256: 'a'.repeat(64),
  weightsSha256: 'b'.repeat(64),
  serves: { modelFormat: 'pytorch', protocols: ['v1', 'v2'] },
};
const stored: StoredModel = {
  storeId: 'claim:c/ml/models',
  name: 'cats',
  version: '2.0',
  storageUri: 'pvc://models/cats/2.0',
  size: 10,
  sha256: cats.sha256,
};
const ready: Deployment = {
  id: 'kserve:c/ml/cats',
  name: 'cats',
  targetId: 'kserve:c/ml',
  state: 'ready',
  model: stored,
  runtime: 'kserve-torchserve',
  protocol: 'v1',
};
const failure = new ModelDeckError('server', 'The image cannot be pulled.', {
  remedy: 'Fix it.',
  nextStep: { kind: 'retry' },
});

/** Store and target that write down what is done to them. */
function place(
  deploy: (request: DeployRequest) => Promise<Deployment>,
  restoration?: Partial<Restoration>,
  plan: DeployPlan = { runtime: 'kserve-torchserve', reason: 'It is there.', warnings: [], planRevision: 'uid/3' },
) {
  const did: string[] = [];
  const planned: StoredModel[] = [];
  const models: StoredModel[] = [];
  const requests: DeployRequest[] = [];
  const store: WritableStore = {
    id: stored.storeId,
    label: 'models',
    locate: (name, version) => `pvc://models/${name}/${version}`,
    list: () => Promise.resolve(models),
    put: () => {
      did.push('upload');
      const isNew = models.length === 0;
      models.push(stored);
      return Promise.resolve({ ...stored, isNew });
    },
    remove: (model) => {
      did.push(`remove ${model.version}`);
      return Promise.resolve();
    },
  };
  const target = bareTarget({
    id: 'kserve:c/ml',
    label: 'c / ml',
    keepsFailed: false,
    storageProblem: (uri) => (uri.startsWith('file:') ? `c / ml cannot read ${uri}.` : undefined),
    plan: (request) => {
      did.push('plan');
      planned.push(request.model);
      return Promise.resolve(plan);
    },
    deploy: (request) => {
      did.push('deploy');
      requests.push(request);
      return deploy(request);
    },
    restorePoint: () =>
      Promise.resolve({
        restore: () => {
          did.push('restore');
          return Promise.resolve({ remains: [], modelInUse: false, ...restoration });
        },
      }),
  });
  const order: DeployOrder = { modelPackage: cats, store, target, name: 'cats', protocol: 'v1' };
  return { did, models, planned, requests, order, store, target };
}

describe('deployModel', () => {
  it('plans, uploads, deploys; hands on what the plan saw and where the model comes from', async () => {
    const { did, order, requests } = place(() => Promise.resolve(ready));
    const cluster = { runtime: 'mine' };
    assert.equal(await deployModel({ ...order, cluster, provenance: { licence: 'MIT' } }), ready);
    assert.deepEqual(did, ['plan', 'upload', 'deploy']);
    assert.equal(requests[0]?.model.storageUri, stored.storageUri);
    assert.deepEqual(requests[0]?.cluster, { runtime: 'mine', planRevision: 'uid/3' });
    assert.deepEqual(requests[0]?.provenance, { licence: 'MIT', weightsSha256: cats.weightsSha256 });
  });

  it('takes a failed deploy back: first what serves, then the uploaded model', async () => {
    const { did, order } = place(() => Promise.reject(failure));
    const steps: string[] = [];
    await assert.rejects(deployModel(order, { onProgress: ({ step }) => steps.push(step) }), failure);
    assert.deepEqual(did, ['plan', 'upload', 'deploy', 'restore', 'remove 2.0']);
    assert.deepEqual(steps, ['plan', 'undo']);
  });

  it('takes a cancelled deploy back, too', async () => {
    const abort = new AbortController();
    const { did, order, store: taker, target } = place(() => Promise.reject(ModelDeckError.cancelled()));
    const store: WritableStore = {
      ...taker,
      put: (...args) => {
        abort.abort();
        return taker.put(...args);
      },
    };
    await assert.rejects(deployModel({ ...order, store, target }, { signal: abort.signal }), { category: 'cancelled' });
    assert.deepEqual(did, ['plan', 'upload', 'restore', 'remove 2.0']);
  });

  it('leaves a model in the store that was there before, or that something serves', async () => {
    const first = place(() => Promise.reject(failure));
    first.models.push(stored);
    await assert.rejects(deployModel(first.order), failure);
    assert.deepEqual(first.did, ['plan', 'upload', 'deploy', 'restore']);
    const second = place(() => Promise.reject(failure), { modelInUse: true });
    await assert.rejects(deployModel(second.order), failure);
    assert.deepEqual(second.did, ['plan', 'upload', 'deploy', 'restore']);
  });

  it('keeps all when the caller says so; on this computer a failed start stays by itself', async () => {
    const { did, order, target } = place(() => Promise.reject(failure));
    const asked: unknown[] = [];
    const onFailure = (error: unknown) => {
      asked.push(error);
      return Promise.resolve('keep' as const);
    };
    await assert.rejects(deployModel({ ...order, onFailure }), failure);
    assert.deepEqual(asked, [failure]);
    await assert.rejects(deployModel({ ...order, target: { ...target, keepsFailed: true } }), failure);
    assert.ok(!did.includes('restore'));
  });

  it('says what remains, with the remedy of the failure, even after a cancel', async () => {
    const remains = ['1 pod of cats is still ending.'];
    const { order } = place(() => Promise.reject(failure), { remains });
    await assert.rejects(deployModel(order), {
      category: 'server',
      message: 'The image cannot be pulled. 1 pod of cats is still ending.',
      remedy: 'Fix it.',
      nextStep: { kind: 'retry' },
    });
    const cancelled = place(() => Promise.reject(ModelDeckError.cancelled()), { remains });
    await assert.rejects(deployModel(cancelled.order), { category: 'conflict', message: /still ending/ });
  });

  it('plans with the place where the model will lie, and uploads nothing for what the cluster refuses', async () => {
    const object = { kind: 'InferenceService', name: 'cats', namespace: 'ml', action: 'create', yaml: '' } as const;
    const plan = { runtime: '', reason: '', warnings: [] };
    const refused = { ok: false, reason: 'The quota is used up.', category: 'forbidden' } as const;
    const first = place(() => Promise.resolve(ready), {}, { ...plan, objects: [{ ...object, dryRun: refused }] });
    await assert.rejects(deployModel(first.order), { category: 'forbidden', message: 'The quota is used up.' });
    assert.equal(first.planned[0]?.storageUri, stored.storageUri);
    const conflicts = [{ manager: 'gitops', field: '.spec.predictor' }];
    const taken = { ...plan, objects: [{ ...object, dryRun: { ok: true } as const, conflicts }] };
    const second = place(() => Promise.resolve(ready), {}, taken);
    await assert.rejects(deployModel(second.order), { category: 'conflict', message: /gitops manages: \.spec/ });
    assert.deepEqual([first.did, second.did], [['plan'], ['plan']]);
    assert.equal(await deployModel({ ...second.order, cluster: { force: true } }), ready);
  });

  it('changes nothing when planning or uploading fails', async () => {
    const { did, order } = place(() => Promise.resolve(ready));
    const store = { ...order.store, put: () => Promise.reject(failure) };
    await assert.rejects(deployModel({ ...order, store }), failure);
    assert.deepEqual(did, ['plan']);
    await assert.rejects(deployModel({ ...order, name: 'Cats' }), {
      category: 'invalid-input',
      message: /"Cats" cannot name/,
    });
    assert.deepEqual(did, ['plan']);
  });

  it('plans nothing for a target that cannot read from the store, and puts nothing into one that is only read', async () => {
    const { did, order } = place(() => Promise.resolve(ready));
    const folder = { ...order.store, label: 'Local folder', locate: () => 'file:///models/cats/2.0' };
    const unreadable = { category: 'unsupported', message: /cannot read file:/, remedy: /Local folder/ } as const;
    await assert.rejects(planDeploy({ ...order, store: folder }), unreadable);
    await assert.rejects(deployModel({ ...order, store: folder }), unreadable);
    const readOnly: ModelStore = { ...order.store };
    delete readOnly.put;
    delete readOnly.remove;
    await assert.rejects(deployModel({ ...order, store: readOnly }), {
      category: 'unsupported',
      message: /models can only be read/,
    });
    assert.deepEqual(did, []);
    await deployModel({ ...order, store: readOnly, modelPackage: undefined, stored });
    assert.deepEqual(did, ['plan', 'deploy']);
  });
});

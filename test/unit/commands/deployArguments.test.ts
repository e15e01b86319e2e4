import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { claimStores } from '../../../src/stores/claim/claimStores.ts';
import { Stores } from '../../../src/stores/stores.ts';
import { givenByRow, givenByScript } from '../../../src/commands/deploy/deployArguments.ts';
import { serviceSummary, type ServiceSummary } from '../../../src/kserve/serviceSummary.ts';
import type { StoredModel } from '../../../src/stores/modelStore.ts';

const model: StoredModel = {
  storeId: 'folder:/models',
  name: 'net',
  version: '1.0',
  storageUri: 'file:///models/net/1.0',
  path: '/models/net/1.0',
  size: 1,
  sha256: '0'.repeat(64),
};

const summary: ServiceSummary = serviceSummary({ metadata: { name: 'net' }, spec: { predictor: {} } });

describe('givenByScript', () => {
  const given = (argument: unknown) => givenByScript(argument, ['this-computer', 'shelf']);

  it('takes everything that the questions would ask', () => {
    assert.deepEqual(
      given({
        path: '/models/net',
        target: { context: 'minikube', namespace: 'ml' },
        claim: 'models',
        name: 'net',
        runtime: '',
        protocol: 'v2',
        resources: { cpu: 1 },
        minReplicas: 0,
        maxReplicas: 2,
        confirm: false,
      }),
      {
        context: 'minikube',
        namespace: 'ml',
        claim: 'models',
        name: 'net',
        runtime: '',
        protocol: 'v2',
        resources: { cpu: '1' },
        minReplicas: 0,
        maxReplicas: 2,
        confirm: false,
      },
    );
    assert.deepEqual(given({ target: 'this-computer', name: 'net' }), { target: 'this-computer', name: 'net' });
    assert.deepEqual(given({ target: { context: 'minikube' } }), { context: 'minikube' });
  });

  it('says nothing of what is no object of a script', () => {
    for (const argument of [undefined, '/models/net', 4, null, ['x'], {}, { subject: {}, name: 'net' }]) {
      assert.deepEqual(given(argument), {});
    }
  });

  it('names the field that cannot be', () => {
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ target: 'minikube' }, /target is "minikube"; it must be "this-computer" or "shelf", or an object/],
      [{ target: {} }, /target\.context is missing/],
      [{ target: { context: 'c', namespace: 1 } }, /namespace is 1/],
      [{ protocol: 'grpc-v2' }, /protocol is "grpc-v2".*v1 or v2/],
      [{ resources: { cpu: true } }, /resources/],
      [{ resources: ['1'] }, /resources/],
      [{ minReplicas: -1 }, /minReplicas is -1/],
      [{ maxReplicas: '2' }, /maxReplicas is "2"/],
      [{ confirm: 'no' }, /confirm/],
      [{ name: null }, /name is null/],
    ];
    for (const [argument, message] of cases) {
      assert.throws(() => given(argument), { category: 'invalid-input', message });
    }
  });
});

const stores = new Stores([
  claimStores({ connect: () => Promise.reject(new Error('not contacted')), settings: () => ({}) }),
]);

describe('givenByRow', () => {
  it('takes the place that the row stands for', () => {
    const place = { contextName: 'minikube', namespace: 'ml' };
    assert.deepEqual(givenByRow({ kind: 'target', targetId: 'this-computer' }, stores), { target: 'this-computer' });
    assert.deepEqual(givenByRow({ kind: 'context', name: 'minikube' }, stores), { context: 'minikube' });
    assert.deepEqual(givenByRow({ kind: 'namespace', ...place }, stores), {
      context: 'minikube',
      namespace: 'ml',
    });
    assert.deepEqual(givenByRow({ kind: 'claim', ...place, claim: 'models', storeId: '' }, stores), {
      context: 'minikube',
      namespace: 'ml',
      claim: 'models',
    });
    assert.deepEqual(givenByRow({ kind: 'service', ...place, name: 'net', deploymentId: '', summary }, stores), {
      context: 'minikube',
      namespace: 'ml',
      name: 'net',
    });
    assert.deepEqual(givenByRow(undefined, stores), {});
  });

  it('takes the claim or store of a model that lies in one, and nothing of one in a folder', () => {
    assert.deepEqual(givenByRow({ kind: 'model', model }, stores), {});
    const elsewhere = { storeId: 'bucket:team', name: 'net', version: '1.0', storageUri: 's3://team/net/1.0' };
    assert.deepEqual(givenByRow({ kind: 'model', model: elsewhere }, stores), { store: 'bucket:team' });
    assert.deepEqual(givenByRow({ kind: 'model', model: { ...model, storeId: 'claim:minikube/ml/models' } }, stores), {
      context: 'minikube',
      namespace: 'ml',
      claim: 'models',
    });
  });
});

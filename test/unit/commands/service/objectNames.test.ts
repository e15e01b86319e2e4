import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectOfArgument, objectOfRow } from '../../../../src/commands/service/objectNames.ts';

const net = { context: 'minikube', namespace: 'ml', objectKind: 'InferenceService', name: 'net' };

describe('objectOfRow', () => {
  const place = { contextName: 'minikube', namespace: 'ml' };
  it('takes the service of a component, and the pod of a container', () => {
    assert.deepEqual(objectOfRow({ kind: 'component', ...place, service: 'net', component: 'predictor' }), net);
    assert.deepEqual(objectOfRow({ kind: 'container', ...place, pod: 'p', containers: ['c'], container: 'c' }), {
      ...net,
      objectKind: 'Pod',
      name: 'p',
    });
    assert.equal(objectOfRow({ kind: 'context', name: 'minikube' }), undefined);
    assert.equal(objectOfRow(undefined), undefined);
  });
});

describe('objectOfArgument', () => {
  it('takes an id, an object with its place, and the current context where none is named', () => {
    assert.deepEqual(objectOfArgument({ deploymentId: 'kserve:minikube/ml/net' }, undefined), net);
    assert.deepEqual(objectOfArgument({ context: 'minikube', namespace: 'ml', name: 'net' }, 'other'), net);
    assert.deepEqual(objectOfArgument({ namespace: 'ml', objectKind: 'Pod', name: 'p' }, 'minikube'), {
      ...net,
      objectKind: 'Pod',
      name: 'p',
    });
  });

  it('takes nothing that says too little', () => {
    for (const argument of [
      undefined,
      'net',
      {},
      { name: 'net' },
      { namespace: 'ml', name: 4 },
      { deploymentId: 'x' },
    ]) {
      assert.equal(objectOfArgument(argument, 'minikube'), undefined);
    }
    assert.equal(objectOfArgument({ namespace: 'ml', name: 'net' }, undefined), undefined);
  });
});

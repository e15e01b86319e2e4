import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  namespaceComplaint,
  rememberedNamespaces,
  type Memory,
} from '../../../src/commands/clusters/rememberedNamespaces.ts';

function memory(start?: unknown): Memory {
  let kept = start;
  return {
    get: <T>() => kept as T | undefined,
    update: (_key, value) => {
      // As VS Code keeps it: as JSON.
      kept = JSON.parse(JSON.stringify(value));
      return Promise.resolve();
    },
  };
}

describe('rememberedNamespaces', () => {
  it('keeps each name once, sorted, by context', async () => {
    const names = rememberedNamespaces(memory());
    for (const name of ['ml', 'apps', 'ml']) await names.add('minikube', name);
    await names.add('kind-kind', 'other');
    assert.deepEqual(names.of('minikube'), ['apps', 'ml']);
    assert.deepEqual(names.of('kind-kind'), ['other']);
    assert.deepEqual(names.of('elsewhere'), []);
  });

  it('forgets', async () => {
    const names = rememberedNamespaces(memory({ minikube: ['apps', 'ml'] }));
    await names.forget('minikube', 'ml');
    await names.forget('minikube', 'never there');
    assert.deepEqual(names.of('minikube'), ['apps']);
  });

  it('takes a context named as a field of every object', async () => {
    const names = rememberedNamespaces(memory());
    assert.deepEqual(names.of('constructor'), []);
    await names.add('constructor', 'ml');
    assert.deepEqual(names.of('constructor'), ['ml']);
  });

  it('reads over what is not its own', () => {
    for (const odd of [null, 'x', 4, ['ml'], { minikube: 'ml' }, { minikube: [1, null] }]) {
      assert.deepEqual(rememberedNamespaces(memory(odd)).of('minikube'), []);
    }
  });
});

describe('namespaceComplaint', () => {
  it('lets DNS labels through and nothing else', () => {
    for (const good of ['ml', 'a', '0', 'team-a-2', 'x'.repeat(63)]) assert.equal(namespaceComplaint(good), undefined);
    for (const bad of ['', 'ML', '-a', 'a-', 'a.b', 'a b', 'x'.repeat(64)]) assert.ok(namespaceComplaint(bad), bad);
  });
});

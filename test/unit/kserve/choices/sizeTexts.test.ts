import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatReplicas,
  formatResources,
  parseReplicas,
  parseResources,
} from '../../../../src/kserve/choices/sizeTexts.ts';

describe('resources as a line of text', () => {
  it('give back what they were given', () => {
    for (const resources of [{}, { cpu: '500m' }, { cpu: '1', memory: '2Gi', 'nvidia.com/gpu': '1' }]) {
      assert.deepEqual(parseResources(formatResources(resources)), resources);
    }
  });

  it('are read as people write them', () => {
    for (const text of ['cpu=1,memory=2Gi', ' cpu = 1   memory = 2Gi ', 'cpu: 1, memory: 2Gi,']) {
      assert.deepEqual(parseResources(text), { cpu: '1', memory: '2Gi' }, text);
    }
    assert.deepEqual(parseResources('  '), {});
  });

  it('are refused when something is missing, or there twice', () => {
    for (const text of ['cpu', 'cpu=', '=1', '1 cpu', 'cpu=1=2', 'cpu=1 cpu=2', 'constructor=']) {
      assert.equal(parseResources(text), undefined, text);
    }
  });
});

describe('replicas as a text', () => {
  it('are one number, or two where they differ', () => {
    assert.equal(formatReplicas({}), '');
    assert.equal(formatReplicas({ minReplicas: 2 }), '2');
    assert.equal(formatReplicas({ minReplicas: 1, maxReplicas: 1 }), '1');
    assert.equal(formatReplicas({ maxReplicas: 3 }), '1-3');
    assert.equal(formatReplicas({ minReplicas: 0, maxReplicas: 3 }), '0-3');
  });

  it('are read', () => {
    assert.deepEqual(parseReplicas('1'), { minReplicas: 1, maxReplicas: 1 });
    assert.deepEqual(parseReplicas(' 1 - 3 '), { minReplicas: 1, maxReplicas: 3 });
    assert.deepEqual(parseReplicas('0–2'), { minReplicas: 0, maxReplicas: 2 });
    for (const text of ['', 'one', '3-1', '0', '0-0', '-1', '1.5', '1-', '99999']) {
      assert.equal(parseReplicas(text), undefined, text);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatNamespaceRef,
  formatServiceRef,
  parseNamespaceRef,
  parseServiceRef,
} from '../../../../src/targets/kserve/serviceRef.ts';
import { anyText } from '../../anyText.ts';

describe('the id of a service', () => {
  it('is the way back of the value, whatever the context is called', () => {
    const contexts = [
      'minikube',
      'arn:aws:eks:eu-1:1:cluster/prod',
      'a/b/c',
      'kserve:a/b/c',
      '/',
      'a\nb',
      ...anyText(500),
    ];
    for (const context of contexts) {
      const ref = { context, namespace: 'ml', name: 'cats' };
      assert.deepEqual(parseServiceRef(formatServiceRef(ref)), ref, context);
      const place = { context, namespace: 'ml' };
      assert.deepEqual(parseNamespaceRef(formatNamespaceRef(place)), place, context);
    }
  });

  it('begins with the id of its target', () => {
    const ref = { context: 'a/b', namespace: 'ml', name: 'cats' };
    assert.equal(formatServiceRef(ref), `${formatNamespaceRef(ref)}/cats`);
  });

  it('is no other id', () => {
    for (const id of ['this-computer/cats', 'kserve:ml/cats', 'kserve:', 'x kserve:a/b/c', '']) {
      assert.equal(parseServiceRef(id), undefined, id);
    }
  });
});

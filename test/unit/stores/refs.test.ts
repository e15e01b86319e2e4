import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { claimRef, formatClaimRef, parseClaimRef } from '../../../src/stores/claim/claimRef.ts';
import { formatFolderRef, parseFolderRef } from '../../../src/stores/folder/folderRef.ts';
import { Stores } from '../../../src/stores/stores.ts';

describe('the id of a claim', () => {
  const cluster = claimRef('arn:aws:eks:eu-1:1:cluster/a', 'ml', 'models');

  it('is read as it was written, also with a context that has slashes', () => {
    assert.equal(formatClaimRef(cluster), 'claim:arn:aws:eks:eu-1:1:cluster/a/ml/models');
    assert.deepEqual(parseClaimRef(formatClaimRef(cluster)), cluster);
  });

  it('is read as earlier versions wrote it', () => {
    assert.deepEqual(parseClaimRef('pvc:arn:aws:eks:eu-1:1:cluster/a/ml/models'), cluster);
  });

  it('is not taken from another kind of store, nor from half an id', () => {
    for (const id of ['folder:/a/b/c', 'claim:a/b', 'claim:a/b/', 'pvc://models/net/1', '']) {
      assert.equal(parseClaimRef(id), undefined, id);
    }
  });
});

describe('the id of a folder', () => {
  it('is read as it was written', () => {
    const folder = '/home/ada/my models';
    assert.deepEqual(parseFolderRef(formatFolderRef({ folder })), { kind: 'folder', folder });
    for (const id of ['folder:', 'claim:a/b/c', '/home/ada']) assert.equal(parseFolderRef(id), undefined, id);
  });
});

describe('the kinds of stores', () => {
  it('never take one store for another: an unknown id is refused', async () => {
    const stores = new Stores([]);
    await assert.rejects(stores.of('s3:bucket'), { category: 'unsupported', message: /"s3:bucket"/ });
    await assert.rejects(stores.open({ kind: 's3' }), { category: 'unsupported', message: /"s3"/ });
  });
});

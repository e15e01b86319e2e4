import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { fileError } from '../../../src/foundation/fileErrors.ts';

describe('ModelDeckError.is', () => {
  it('knows its own kind by brand, so that it works over bundle boundaries', () => {
    const fromAnotherBundle = Object.assign(new Error('x'), { [Symbol.for('model-deck.error')]: true });
    assert.ok(ModelDeckError.is(fromAnotherBundle));
    assert.ok(ModelDeckError.is(ModelDeckError.cancelled()));
    assert.ok(!ModelDeckError.is(new Error('x')));
    assert.ok(!ModelDeckError.is(undefined));
  });
});

describe('fileError', () => {
  const os = (code: string): Error => Object.assign(new Error(`${code}: boom`), { code });
  for (const [code, category] of [
    ['ENOENT', 'not-found'],
    ['EACCES', 'permission'],
    ['EROFS', 'permission'],
    ['ENOSPC', 'no-space'],
    ['EEXIST', 'conflict'],
    ['EISDIR', 'invalid-input'],
    ['EIO', 'internal'],
  ] as const) {
    it(`${code} is ${category} and names the file`, () => {
      const error = fileError(os(code), 'read the weights', '/models/w.pth');
      assert.ok(ModelDeckError.is(error));
      assert.equal(error.category, category);
      assert.match(error.message, /Could not read the weights: .*\/models\/w\.pth/);
    });
  }

  it('passes other errors through', () => {
    const error = new Error('not of the file system');
    assert.equal(fileError(error, 'read', 'x'), error);
    const ours = ModelDeckError.cancelled();
    assert.equal(fileError(ours, 'read', 'x'), ours);
  });
});

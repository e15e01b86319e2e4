import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { abortable, sleep } from '../../../src/foundation/abortable.ts';
import { Emitter } from '../../../src/foundation/emitter.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { isRecord, own } from '../../../src/foundation/json.ts';
import { once, OnceEach } from '../../../src/foundation/once.ts';
import { replaceFolder, replaceWhole, writeWhole } from '../../../src/foundation/writeWhole.ts';

describe('once', () => {
  it('makes the value one time, for all who ask', async () => {
    let made = 0;
    const value = once(() => Promise.resolve(++made));
    assert.equal(value.known(), undefined);
    assert.deepEqual(await Promise.all([value(), value()]), [1, 1]);
    assert.equal(await value.known(), 1);
    value.forget();
    assert.equal(await value(), 2);
  });

  it('forgets a failure, so that the next question tries again', async () => {
    let tries = 0;
    const value = once(() => {
      if (++tries === 1) throw new Error('the file is locked');
      return Promise.resolve('read');
    });
    await assert.rejects(value(), /locked/);
    assert.equal(await value(), 'read');
    const each = new OnceEach<string, string>();
    await assert.rejects(each.get('a', () => Promise.reject(new Error('refused'))));
    assert.equal(each.has('a'), false);
    assert.equal(await each.get('a', () => Promise.resolve('open')), 'open');
    assert.equal(await each.get('a', () => Promise.resolve('another')), 'open');
  });
});

describe('abortable', () => {
  it('gives what the work gives, and ends at once when it is cancelled', async () => {
    assert.equal(await abortable(Promise.resolve(1), undefined), 1);
    const abort = new AbortController();
    const never = abortable(new Promise(() => undefined), abort.signal);
    abort.abort();
    await assert.rejects(never, { category: 'cancelled' });
    await assert.rejects(abortable(Promise.reject(new Error('late')), abort.signal), { category: 'cancelled' });
    await assert.rejects(sleep(60_000, abort.signal), { category: 'cancelled' });
  });
});

describe('Emitter', () => {
  it('counts each subscription by itself', () => {
    const emitter = new Emitter<number>();
    const seen: number[] = [];
    const listener = (value: number): void => void seen.push(value);
    const end = emitter.on(listener);
    emitter.on(listener);
    emitter.fire(1);
    end();
    emitter.fire(2);
    emitter.clear();
    emitter.fire(3);
    assert.deepEqual(seen, [1, 1, 2]);
  });
});

describe('writeWhole', () => {
  it('leaves the old file, and no part of the new one, when it fails', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-test-'));
    try {
      const file = path.join(folder, 'deep', 'state.json');
      await writeWhole(file, 'old');
      await assert.rejects(
        replaceWhole(file, () => Promise.reject(new Error('disk'))),
        /disk/,
      );
      assert.equal(await readFile(file, 'utf8'), 'old');
      await writeWhole(file, 'new');
      assert.equal(await readFile(file, 'utf8'), 'new');
      assert.deepEqual(await readdir(path.dirname(file)), ['state.json']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('replaceFolder', () => {
  it('puts a filled folder in the place of another, or leaves that as it was', async () => {
    const parent = await mkdtemp(path.join(tmpdir(), 'model-deck-test-'));
    const folder = path.join(parent, 'package');
    const fill = (name: string) => (partial: string) => writeFile(path.join(partial, name), '');
    try {
      await replaceFolder(folder, fill('first'));
      await replaceFolder(folder, fill('second'));
      assert.deepEqual(await readdir(folder), ['second']);
      await assert.rejects(
        replaceFolder(folder, async (partial) => {
          await fill('third')(partial);
          throw new Error('disk');
        }),
        /disk/,
      );
      assert.deepEqual([await readdir(folder), await readdir(parent)], [['second'], ['package']]);
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });
});

describe('json', () => {
  it('takes objects with fields only, and their own fields only', () => {
    assert.deepEqual([{}, [], null, 'x'].map(isRecord), [true, false, false, false]);
    assert.equal(own({}, 'constructor'), undefined);
    assert.equal(own({ a: 1 }, 'a'), 1);
  });
});

describe('ModelDeckError.with', () => {
  it('keeps what is not replaced, and the original as the cause', () => {
    const first = new ModelDeckError('server', 'It failed.', { remedy: 'Try again.', nextStep: { kind: 'retry' } });
    const second = first.with({ summary: 'Deploying failed.', nextStep: { kind: 'show-log' } });
    assert.deepEqual(
      [second.category, second.message, second.remedy, second.nextStep, second.cause],
      ['server', 'Deploying failed.', 'Try again.', { kind: 'show-log' }, first],
    );
    assert.equal(ModelDeckError.from(new Error('x')).category, 'internal');
    assert.equal(ModelDeckError.from(first), first);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBegin, readCommit, readFreeBytes, readList } from '../../../../src/stores/claim/claimAnswers.ts';
import { formatRecord, type StoreRecord } from '../../../../src/stores/storeRecord.ts';

const record: StoreRecord = {
  name: 'cats',
  version: '1.0',
  size: 7,
  sha256: 'ab',
  archive: 'model-store/cats.mar',
  kind: 'torchserve',
  serves: { modelFormat: 'pytorch', protocols: ['v1', 'v2'] },
  files: [{ path: 'model-store/cats.mar', size: 7, sha256: 'ab' }],
};
const text = formatRecord(record);

describe('what the upload pod answers', () => {
  it('is read line by line', () => {
    assert.deepEqual(readBegin('missing dd sync\n'), { kind: 'missing', tools: 'dd, sync' });
    assert.deepEqual(readBegin(`exists whole\n${text}`), { kind: 'exists', isWhole: true, record });
    assert.deepEqual(readBegin('exists broken\n'), { kind: 'exists', isWhole: false, record: undefined });
    assert.deepEqual(readBegin('busy somebody 12\n'), { kind: 'busy', owner: 'somebody', bytes: 12 });
    assert.deepEqual(readBegin('partial\n0-0123456789ab 0 -\nnonsense\n'), {
      kind: 'partial',
      files: new Map(),
      freeBytes: undefined,
    });
    const table = 'Filesystem 1024-blocks Used Available Capacity Mounted on\nnfs:/a b 2048 1024 1000 52% /claim\n';
    assert.deepEqual(readBegin(`partial\n0-0123456789ab 5 0-0123456789ab.01\n1-0123456789ab 0 -\n${table}`), {
      kind: 'partial',
      files: new Map([['0-0123456789ab', { bytes: 5, file: '0-0123456789ab.01' }]]),
      freeBytes: 1_024_000,
    });
  });

  it('may begin with dots, when a disk takes its time', () => {
    assert.equal(readCommit('.\n.\ncommitted\n'), 'committed');
    assert.equal(readCommit('lost\n'), 'lost');
    assert.deepEqual(readCommit(`.\nexists whole\n${text}`), { kind: 'exists', isWhole: true, record });
  });

  it('is not guessed at', () => {
    for (const answer of ['', 'hello\n', 'Welcome to this host\npartial 1 x\n']) {
      assert.throws(() => readBegin(answer), { category: 'server', message: /says nothing about the claim/ }, answer);
      assert.throws(() => readCommit(answer), { category: 'server' }, answer);
    }
  });

  it('tells free space only where the file system does', () => {
    assert.equal(readFreeBytes('s3fs 0 0 0 0% /claim'), undefined);
    assert.equal(readFreeBytes('overlay - - - - /claim'), undefined);
    assert.equal(readFreeBytes('tmpfs 8192 8192 0 100% /claim'), 0);
  });

  it('lists records that are where they say', () => {
    const at = (file: string, content: string): string => `${file}\0${content}\0`;
    const good = at('./cats/1.0/model-deck.json', text);
    const wrong = [at('./cats/2.0/model-deck.json', text), at('./cats/1.0/model-deck.json', '{"name":"cats"}')];
    assert.deepEqual(readList([good, ...wrong, './cut/off'].join('')), [record]);
    assert.deepEqual(readList(''), []);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareQuantities, formatQuantity, parseQuantity, quantityProblem } from '../../../src/kserve/index.ts';

const unit = 1_000_000_000n;

describe('Quantities', () => {
  for (const [text, value] of [
    ['0', 0n],
    ['2', 2n * unit],
    ['500m', unit / 2n],
    ['0.5', unit / 2n],
    ['.5', unit / 2n],
    ['1.5Gi', 1536n * 1024n * 1024n * unit],
    ['2G', 2_000_000_000n * unit],
    ['1k', 1000n * unit],
    ['1e3', 1000n * unit],
    ['12E', 12n * 10n ** 18n * unit],
    ['1E2', 100n * unit],
    ['100n', 100n],
    ['1u', 1000n],
    ['+1', unit],
    ['-1', -unit],
    ['0.1n', 1n],
    ['8Ei', 8n * (1n << 60n) * unit],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseQuantity(text), value));
  }

  for (const text of ['', '.', 'Gi', '1 Gi', '1GB', '1gi', '0x10', '1e', '1Gi5', '1,5', 'm']) {
    it(`does not read "${text}"`, () => assert.equal(parseQuantity(text), undefined));
  }

  it('compares what is written differently, without the errors of floating point', () => {
    assert.equal(compareQuantities('1024Mi', '1Gi'), 0);
    assert.equal(compareQuantities('300m', '0.3'), 0);
    assert.equal(compareQuantities('8Gi', '3905100Ki'), 1);
    assert.equal(compareQuantities('999m', '1'), -1);
  });

  it('writes them for the eye', () => {
    assert.equal(formatQuantity('requests.memory', '3905100Ki'), '3.7 GiB');
    assert.equal(formatQuantity('cpu', '1500m'), '1.5 CPU');
    assert.equal(formatQuantity('pods', '4'), '4');
    assert.equal(formatQuantity('nvidia.com/gpu', '1'), '1');
    assert.equal(formatQuantity('memory', 'lots'), 'lots');
  });

  it('says what cannot be asked for', () => {
    assert.equal(quantityProblem('memory', '2Gi'), undefined);
    assert.match(quantityProblem('memory', '2GB') ?? '', /"2GB" is no amount of memory: write for example 2Gi\./);
    assert.match(quantityProblem('cpu', '-1') ?? '', /less than nothing/);
    assert.match(quantityProblem('memory', '512m') ?? '', /"Mi" means/);
  });
});

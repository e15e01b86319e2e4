import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatBytes } from '../../../src/panel/messages/shownSize.ts';

describe('formatBytes', () => {
  it('keeps small sizes exact and gives large ones one digit', () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, '0 bytes'],
      [1, '1 byte'],
      [1023, '1023 bytes'],
      [1024, '1.0 KiB'],
      [5_243_112, '5.0 MiB'],
      [3 * 1024 ** 3, '3.0 GiB'],
      [2 ** 53, '8192.0 TiB'],
    ];
    for (const [size, shown] of cases) assert.equal(formatBytes(size), shown);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ModelContract } from '../../../src/contract/modelContract.ts';
import * as inference from '../../../src/inference/index.ts';
import { seenView } from '../../../src/panel/classify/seenView.ts';
import { isClassifyUpdate } from '../../../src/panel/messages/classifyMessages.ts';
import { contractOf } from '../contract/contracts.ts';
import { readFixture } from '../inference/fixtures.ts';

const labels = Array.from({ length: 5000 }, (_, n) => `label ${n}`);
const contract: ModelContract = {
  ...contractOf(
    { meaning: 'multi-label', activation: 'sigmoid', labels },
    { width: 32, height: 24, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  ),
  origins: { 'input.mean': { from: 'assumed' }, 'input.width': { from: 'graph' } },
};

const load = (): Promise<typeof inference> => Promise.resolve(inference);
const input = (read: () => Promise<Uint8Array>): Parameters<typeof seenView>[0] => ({
  name: 'cat.jpg',
  origin: 'photos',
  held: 0,
  read,
});
const photo = input(() => Promise.resolve(readFixture('rgb-420.jpg')));

describe('what the model sees', () => {
  it('is a picture, and the contract with the origin of each field', async () => {
    const seen = await seenView(photo, contract, load);
    assert.match(seen.url ?? '', /^data:image\/png;base64,/);
    const rows = new Map(seen.rows.map((row) => [row.field, row]));
    assert.deepEqual([rows.get('input.mean')?.assumed, rows.get('input.width')?.assumed], [true, false]);
    assert.match(rows.get('input.width')?.origin ?? '', /graph/);
    assert.ok(isClassifyUpdate({ type: 'seen', imageId: 'image-1', seen }), 'also with thousands of labels');
  });

  it('is the contract alone, with the reason, when the picture cannot be read any more', async () => {
    const seen = await seenView(
      input(() => Promise.reject(new Error('gone'))),
      contract,
      load,
    );
    assert.equal(seen.url, undefined);
    assert.match(seen.notes.join(), /gone/);
    assert.ok(seen.rows.length > 5);
  });

  it('says that nobody here knows it, where no package is known', async () => {
    const seen = await seenView(photo, undefined, load);
    assert.deepEqual([seen.url, seen.rows.length, seen.notes.length], [undefined, 0, 1]);
  });
});

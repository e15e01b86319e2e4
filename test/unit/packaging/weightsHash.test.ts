import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { sha256OfChunks, type ChunkHash } from '../../../src/packaging/kinds/torchserve/weightsHash.ts';

const large = 64 << 20;

function update(hash: ChunkHash, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => hash.update(chunk, (error) => (error ? reject(error) : resolve())));
}

describe('the sha256 of chunks', () => {
  for (const size of [0, large]) {
    it(`is that of all bytes in their order, for about ${size} bytes`, async () => {
      const hash = sha256OfChunks(size);
      const expected = createHash('sha256');
      try {
        for (const length of [1 << 20, 1, 70_000, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 3]) {
          const chunk = randomFillSync(Buffer.alloc(length));
          expected.update(chunk);
          await update(hash, chunk);
          // Whoever made the chunk may use its memory again.
          chunk.fill(0);
        }
        assert.equal(await hash.digest(), expected.digest('hex'));
      } finally {
        await hash.close();
      }
    });

    it(`is that of nothing, for about ${size} bytes`, async () => {
      const hash = sha256OfChunks(size);
      assert.equal(await hash.digest(), createHash('sha256').digest('hex'));
      await hash.close();
    });
  }

  it('fails, and waits for nothing, when its thread is gone', async () => {
    const hash = sha256OfChunks(large);
    await hash.close();
    await assert.rejects(update(hash, Buffer.alloc(1)), /thread/);
    await assert.rejects(hash.digest(), /thread/);
  });
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { formatContract } from '../../../src/contract/contractJson.ts';
import { predict } from '../../../src/inference/index.ts';
import { startServer } from '../../../src/local/startServer.ts';
import { contractOf } from '../contract/contracts.ts';
import { readFixture } from '../inference/fixtures.ts';
import { endpointAt } from '../inference/server.ts';
import { fakeTorchServe } from './fakeTorchServe.ts';
import { serverSource } from './sampleArchive.ts';

/** Serves an archive by a program that stands for TorchServe. @returns what its contract is said to be, and what an answer means by it */
async function served(prediction: string, contract: string): Promise<readonly unknown[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-torchserve-'));
  const archive = path.join(folder, 'pets');
  const model = { modelName: 'pets', modelVersion: '1.0', handler: 'handler.py', serializedFile: 'pets.pt' };
  await mkdir(path.join(archive, 'MAR-INF'), { recursive: true });
  await writeFile(path.join(archive, 'MAR-INF', 'MANIFEST.json'), JSON.stringify({ runtime: 'python', model }));
  await writeFile(path.join(archive, 'contract.json'), contract);
  const server = await startServer({
    ...serverSource,
    model: {
      archive,
      modelName: 'pets',
      modelVersion: '1.0',
      engine: { kind: 'torchserve', ...(await fakeTorchServe(folder, prediction)) },
    },
    log: () => undefined,
  });
  try {
    const known = server.contract;
    const endpoint = endpointAt(server.url, { modelName: 'pets', ...(known && { contract: known }) });
    const { kind, predictions } = await predict({ endpoint, image: readFixture('rgb-420.jpg'), k: 5 });
    return [known?.output, kind, predictions.map(({ label, value }) => [label, value])];
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

// Windows starts no program by the first line of its text.
describe('TorchServe on this computer', { skip: process.platform === 'win32' }, () => {
  it('tells the contract of the archive, so that each label counts by itself', async () => {
    const output = { meaning: 'multi-label', activation: 'sigmoid', labels: ['cat', 'dog'] } as const;
    const values = [['cat', 0.9], ['dog', 0.8]]; // prettier-ignore
    assert.deepEqual(await served('{"cat":0.9,"dog":0.8}', formatContract(contractOf(output))), [
      output,
      'multi-label',
      values,
    ]);
  });

  it('and that the one probability is that of the positive class, however small it is', async () => {
    const output = { meaning: 'binary', activation: 'none', labels: ['normal', 'pneumonia'] } as const;
    const values = [['pneumonia', 0.1]];
    assert.deepEqual(await served('{"normal":0.9,"pneumonia":0.1}', formatContract(contractOf(output))), [
      output,
      'binary',
      values,
    ]);
  });

  it('and that numbers of which nobody knows the meaning stay numbers', async () => {
    const output = { meaning: 'unknown', activation: 'none' } as const;
    const [known, kind] = await served('{"scores":[3,-1]}', formatContract(contractOf(output)));
    assert.deepEqual([known, kind], [output, 'numbers']);
  });

  it('serves an archive whose contract cannot be read, without one', async () => {
    const [known, kind] = await served('{"cat":0.9,"dog":0.1}', '{');
    assert.deepEqual([known, kind], [undefined, 'probabilities']);
  });
});

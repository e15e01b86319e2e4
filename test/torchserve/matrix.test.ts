import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { torchServeEnvironment } from '../../scripts/torchserve/environment.ts';
import { assertSame, Largest, MatrixPeer, ranked, someAtATime } from '../parity/matrixPeer.ts';
import { startTorchServeIn, type TorchServe } from '../runtimes/torchServe.ts';

/** Models that are loaded at the same time: each has a worker of its own, a Python with torch. */
const atOnce = 3;

describe('one picture has one answer: TorchServe with the generated ONNX handler, and onnxruntime in Python', () => {
  let peer: MatrixPeer;
  let server: TorchServe;

  before(async () => {
    const python = await torchServeEnvironment((line) => console.log(line));
    peer = await MatrixPeer.start();
    server = await startTorchServeIn(python, path.join(peer.folder, 'store'));
    for (const one of peer.cases) {
      await copyFile((await peer.packaged(one)).path, path.join(server.models, `${one.name}.mar`));
    }
  });
  after(async () => {
    await server?.stop();
    await peer?.stop();
  });

  it('is the same in both, for every model of the matrix', async (context) => {
    const largest = new Largest();
    const wrong: string[] = [];
    await someAtATime(peer.cases, atOnce, async (one) => {
      try {
        await server.load(one.name);
        for (const picture of peer.pictures) {
          const found = ranked(Object.entries(await server.ask(one.name, picture)));
          const what = path.basename(picture);
          largest.note('TorchServe', one, assertSame(found, await peer.expected(one, picture), what));
        }
        await server.unload(one.name);
      } catch (error) {
        wrong.push(`${one.name}: ${String(error)}`);
      }
    });
    for (const line of largest.lines()) context.diagnostic(`largest difference, ${line}`);
    assert.deepEqual(wrong, []);
  });
});

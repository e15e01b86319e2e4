import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { torchServePorts } from '../../src/local/torchserve/serverConfig.ts';
import { startTorchServe, type TorchServeProcess } from '../../src/local/torchserve/torchServeProcess.ts';
import { torchServeEnvironment } from '../../scripts/torchserve/environment.ts';
import type { MatrixCase } from '../parity/matrixCases.ts';
import { assertSame, Largest, MatrixPeer, ranked, someAtATime } from '../parity/matrixPeer.ts';
import { waitUntil } from '../waitUntil.ts';

/** Models that are loaded at the same time: each has a worker of its own, a Python with torch. */
const atOnce = 3;

describe('one picture has one answer: TorchServe with the generated ONNX handler, and onnxruntime in Python', () => {
  let peer: MatrixPeer;
  let server: TorchServeProcess;
  let inference: string;
  let management: string;

  before(async () => {
    const python = await torchServeEnvironment((line) => console.log(line));
    peer = await MatrixPeer.start();
    const storeFolder = path.join(peer.folder, 'store');
    const workFolder = path.join(peer.folder, 'work');
    const models = path.join(storeFolder, 'model-store');
    for (const folder of [models, workFolder]) await mkdir(folder, { recursive: true });
    for (const one of peer.cases) await copyFile((await peer.packaged(one)).path, path.join(models, `${one.name}.mar`));
    const ports = await torchServePorts();
    inference = `http://127.0.0.1:${ports.inference}`;
    management = `http://127.0.0.1:${ports.management}`;
    const configFile = path.join(workFolder, 'config.properties');
    await writeFile(
      configFile,
      [
        `inference_address=${inference}`,
        `management_address=${management}`,
        `metrics_address=http://127.0.0.1:${ports.metrics}`,
        'grpc_inference_address=127.0.0.1',
        'grpc_management_address=127.0.0.1',
        `grpc_inference_port=${ports.grpcInference}`,
        `grpc_management_port=${ports.grpcManagement}`,
        'disable_token_authorization=true',
        'disable_system_metrics=true',
        'enable_model_api=true',
        `model_store=${models}`,
        '',
      ].join('\n'),
    );
    server = await startTorchServe(
      { kind: 'torchserve', python, storeFolder, workFolder },
      configFile,
      () => undefined,
    );
    await waitUntil('TorchServe answers', async () => (await fetch(`${inference}/ping`)).ok);
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
        await load(one);
        for (const picture of peer.pictures) {
          const found = ranked(Object.entries(await ask(one, picture)));
          const what = path.basename(picture);
          largest.note('TorchServe', one, assertSame(found, await peer.expected(one, picture), what));
        }
        await fetch(`${management}/models/${one.name}`, { method: 'DELETE' });
      } catch (error) {
        wrong.push(`${one.name}: ${String(error)}`);
      }
    });
    for (const line of largest.lines()) context.diagnostic(`largest difference, ${line}`);
    assert.deepEqual(wrong, []);
  });

  async function load({ name }: MatrixCase): Promise<void> {
    const query = `url=${name}.mar&initial_workers=1&synchronous=true`;
    const response = await fetch(`${management}/models?${query}`, { method: 'POST' });
    const said = await response.text();
    assert.ok(
      response.ok,
      `${said} ${server.lines
        .filter((line) => line.includes('Error'))
        .slice(-3)
        .join(' / ')}`,
    );
  }

  async function ask({ name }: MatrixCase, picture: string): Promise<Record<string, number>> {
    const response = await fetch(`${inference}/predictions/${name}`, { method: 'POST', body: await readFile(picture) });
    const said = await response.text();
    assert.ok(response.ok, said);
    return JSON.parse(said) as Record<string, number>;
  }
});

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { onnxRuntimeWheel } from '../../scripts/runtimes/environments.ts';
import { stockTorchServeEnvironment, torchServeEnvironment } from '../../scripts/torchserve/environment.ts';
import { openVinoPackages } from '../../src/packaging/kinds/openvino/openVinoPackages.ts';
import type { ModelPackage } from '../../src/packaging/modelPackage.ts';
import { deployModel } from '../../src/deploy/index.ts';
import { FolderStore } from '../../src/stores/index.ts';
import { ThisComputer } from '../../src/targets/index.ts';
import { torchServePackages } from '../../src/packaging/kinds/torchserve/torchServePackages.ts';
import { tritonPackages } from '../../src/packaging/kinds/triton/tritonPackages.ts';
import { mlServerPackages } from '../../src/packaging/kinds/mlserver/mlServerPackages.ts';
import type { PackageKind } from '../../src/packaging/kinds/packageKind.ts';
import { assertSame, Largest, MatrixPeer, tolerance, type Probabilities } from '../parity/matrixPeer.ts';
import { execArgv, serverEntry } from '../unit/local/sampleArchive.ts';
import { ask, mlServerColumn, refusals, torchServeColumn, tritonColumn, type Column } from './columns.ts';
import { startMLServer } from './mlServer.ts';
import { caseModel, tableModels, type TableModel } from './models.ts';
import { tableInReadme, tableText } from './table.ts';
import { startTorchServeIn, type TorchServe } from './torchServe.ts';
import { startTriton, type Triton } from './triton.ts';

/** What a cell of the table says of a model that a server refuses, by the code of the finding. */
const refusedAs: Readonly<Record<string, string>> = {
  'torchserve-image-without-onnxruntime': 'no: no onnxruntime',
  'triton-needs-graph': 'no: export it to ONNX',
  'triton-onnx-too-new': 'from 24.05 on',
  'mlserver-needs-onnx': 'no: export it to ONNX',
  'openvino-needs-graph': 'no: export it to ONNX',
};

/** The servers of the table, in the order of its columns. */
const titles = [
  'TorchServe as KServe brings it',
  'TorchServe, onnxruntime in the archive',
  'TorchServe, onnxruntime in the image',
  'Triton',
  'MLServer',
] as const;
const stockImage = 'pytorch/torchserve-kfs:0.9.0';

describe('which runtime serves which model', () => {
  let peer: MatrixPeer;
  let models: readonly TableModel[];
  let columns: readonly Column[];
  let stock: TorchServe;
  let whole: TorchServe;
  let triton: Triton;
  let target: ThisComputer;
  let store: FolderStore;
  const rows = new Map<string, string[]>();
  let largest = 0;

  before(async () => {
    peer = await MatrixPeer.start();
    models = await tableModels(peer);
    const repository = await workFolder('repository');
    triton = await startTriton(repository, await workFolder('triton'));
    stock = await startTorchServeIn(await stockTorchServeEnvironment(console.log), await workFolder('stock'));
    const python = await torchServeEnvironment(console.log);
    whole = await startTorchServeIn(python, await workFolder('whole'));
    const wheel = { wheel: await onnxRuntimeWheel(console.log) };
    const vendoring = {
      source: wheel,
      cacheFolder: await workFolder('cache'),
      python: '3.11',
      machine: 'x86_64',
    } as const;
    // In the order of `titles`.
    columns = [
      torchServeColumn(stock, stockImage),
      torchServeColumn(stock, stockImage, vendoring),
      torchServeColumn(whole, 'registry.local/torchserve-with-onnxruntime:1'),
      tritonColumn(triton, repository),
      mlServerColumn(await workFolder('mlserver')),
    ];
    store = new FolderStore(await workFolder('store'));
    target = await ThisComputer.open({
      stateFolder: await workFolder('state'),
      serverEntry,
      execPath: process.execPath,
      execArgv,
      torchServeSearch: () =>
        Promise.resolve({ settingPath: python, workspaceFolders: [], searchPath: process.env['PATH'] ?? '' }),
      log: () => undefined,
    });
  });
  after(async () => {
    await target?.dispose();
    await Promise.all([triton?.stop(), stock?.stop(), whole?.stop()]);
    await peer?.stop();
  });

  async function workFolder(name: string): Promise<string> {
    const folder = path.join(peer.folder, 'runtimes', name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  function cells(row: string): string[] {
    const found = rows.get(row) ?? [];
    rows.set(row, found);
    return found;
  }

  async function made(column: Pick<Column, 'kind' | 'vendoring'>, { folder, spec }: TableModel): Promise<ModelPackage> {
    const { kind, vendoring } = column;
    const outputFolder = path.join(peer.folder, 'made', vendoring ? `${kind.kind}-vendored` : kind.kind, spec.name);
    return kind.write({ folder, spec, outputFolder, force: true, ...(vendoring && { vendoring }) });
  }

  async function assertRight(
    { row, expected }: TableModel,
    title: string,
    pictures: readonly string[],
    answers: readonly Probabilities[],
  ): Promise<void> {
    assert.equal(answers.length, pictures.length);
    for (const [index, answer] of answers.entries()) {
      const picture = pictures[index] ?? '';
      const right = await expected(picture);
      const what = `${row} on ${title}, ${path.basename(picture)}`;
      const best = [...right].sort((a, b) => b[1] - a[1]).slice(0, Math.min(5, answer.size));
      assert.equal(best.length > 0, true, what);
      for (const [label, value] of best) {
        const difference = Math.abs(value - (answer.get(label) ?? NaN));
        assert.ok(difference <= tolerance, `${what}: ${label} ${answer.get(label)}, expected ${value}`);
        largest = Math.max(largest, difference);
      }
    }
  }

  it('answers rightly on this computer', async () => {
    for (const model of models) {
      const { name } = model.spec;
      const modelPackage = await made({ kind: torchServePackages }, model);
      const deployment = await deployModel({ modelPackage, store, target, name, protocol: 'v2' });
      const isTorchServe = deployment.runtime.startsWith('TorchServe');
      const { baseUrl } = await target.endpoint(deployment.id);
      // TorchServe gets JPEG, which another picture becomes with loss.
      const pictures = isTorchServe ? peer.pictures.filter((file) => file.endsWith('tall.jpg')) : peer.pictures;
      await assertRight(model, 'this computer', pictures, await ask(baseUrl, name, modelPackage, pictures));
      cells(model.row)[0] = isTorchServe ? 'by your TorchServe' : 'yes';
      await target.remove(deployment.id);
    }
  });

  for (const [index, title] of titles.entries()) {
    it(`answers rightly, or is refused beforehand with the reason, on ${title}`, async () => {
      const column = columns[index] ?? assert.fail();
      for (const model of models) {
        const [refusal] = await refusals(column, model);
        const modelPackage = refusal ? undefined : await made(column, model);
        const [later] = modelPackage ? await refusals(column, model, modelPackage) : [];
        const because = refusal ?? later;
        if (because === undefined || because.code === 'triton-onnx-too-new') {
          // What only the older image refuses is asked of the Triton that runs here.
          const answers = await column.answers(model, modelPackage ?? assert.fail(), peer.pictures);
          await assertRight(model, title, peer.pictures, answers);
        }
        cells(model.row)[index + 1] = because ? (refusedAs[because.code] ?? `no: ${because.code}`) : 'yes';
      }
    });
  }

  it('is packaged for OpenVINO Model Server, or refused; it cannot be run here', async () => {
    for (const model of models) {
      const [refusal] = await refusals({ kind: openVinoPackages, image: '' }, model);
      if (refusal === undefined) await made({ kind: openVinoPackages }, model);
      cells(model.row)[titles.length + 1] = refusal ? (refusedAs[refusal.code] ?? `no: ${refusal.code}`) : 'packaged';
    }
  });

  it('cannot be loaded by a TorchServe without onnxruntime where pre-flight says so', async () => {
    const model = models.find(({ spec }) => spec.name === 'sample') ?? assert.fail();
    const column = columns[0] ?? assert.fail();
    const modelPackage = await made(column, model);
    assert.deepEqual(
      (await refusals(column, model, modelPackage)).map(({ code }) => code),
      ['torchserve-image-without-onnxruntime'],
    );
    await assert.rejects(column.answers(model, modelPackage, []), /No module named 'onnxruntime'/);
  });

  it('is as the README tells it', async (context) => {
    context.diagnostic(`largest difference ${largest.toExponential(1)}`);
    const table = tableText(['this computer', ...titles, 'OpenVINO Model Server'], rows);
    assert.equal(await tableInReadme(), table, `The README's table has to be:\n${table}`);
  });
});

describe('every model of the parity matrix', () => {
  let peer: MatrixPeer;
  before(async () => {
    peer = await MatrixPeer.start();
  });
  after(() => peer?.stop());

  it('has one answer on Triton and in onnxruntime', async (context) => {
    const repository = path.join(peer.folder, 'repository');
    await mkdir(repository);
    const triton = await startTriton(repository, peer.folder);
    try {
      const column = tritonColumn(triton, repository);
      const largest = await heldAgainst(peer, 'Triton', tritonPackages, (one, made) =>
        column.answers(one, made, peer.pictures),
      );
      context.diagnostic(`largest difference ${largest.toExponential(1)}`);
    } finally {
      await triton.stop();
    }
  });

  it('has one answer on MLServer and in onnxruntime', async (context) => {
    const outputFolder = path.join(peer.folder, 'all');
    const packages = new Map<string, ModelPackage>();
    for (const one of peer.cases) {
      const { folder, spec } = caseModel(peer, one.name, one);
      packages.set(one.name, await mlServerPackages.write({ folder, spec, outputFolder }));
    }
    const server = await startMLServer(path.join(outputFolder, mlServerPackages.kind));
    try {
      const largest = await heldAgainst(peer, 'MLServer', mlServerPackages, ({ spec: { name } }) =>
        ask(server.url, name, packages.get(name) ?? assert.fail(), peer.pictures),
      );
      context.diagnostic(`largest difference ${largest.toExponential(1)}`);
    } finally {
      await server.stop();
    }
  });
});

/** Asks for all models. @returns the largest difference */
async function heldAgainst(
  peer: MatrixPeer,
  title: string,
  kind: PackageKind,
  answersOf: (model: TableModel, made: ModelPackage) => Promise<readonly Probabilities[]>,
): Promise<number> {
  const largest = new Largest();
  const wrong: string[] = [];
  for (const one of peer.cases) {
    const model = caseModel(peer, one.name, one);
    try {
      const outputFolder = path.join(peer.folder, title);
      const made = await kind.write({ folder: model.folder, spec: model.spec, outputFolder });
      for (const [index, answer] of (await answersOf(model, made)).entries()) {
        const picture = peer.pictures[index] ?? '';
        largest.note(title, one, assertSame(answer, await model.expected(picture), path.basename(picture)));
      }
    } catch (error) {
      wrong.push(`${one.name}: ${String(error)}`);
    }
  }
  assert.deepEqual(wrong, []);
  return largest.most;
}

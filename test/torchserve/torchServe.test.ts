import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deployModel } from '../../src/deploy/index.ts';
import { ModelDeckError } from '../../src/foundation/error.ts';
import { predict } from '../../src/inference/index.ts';
import type { ClassValue } from '../../src/inference/index.ts';
import { findTorchServe } from '../../src/local/index.ts';
import { adoptArchive, packageModel } from '../../src/packaging/index.ts';
import type { ModelArchive } from '../../src/packaging/kinds/torchserve/modelArchive.ts';
import type { ArchiveFormat, ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { FolderStore } from '../../src/stores/index.ts';
import type { ThisComputer } from '../../src/targets/index.ts';
import { torchServeEnvironment } from '../../scripts/torchserve/environment.ts';
import { packageSample, sampleFolder, serverSource } from '../unit/local/sampleArchive.ts';
import { openThisComputer } from '../unit/targets/openThisComputer.ts';

const formats: readonly ArchiveFormat[] = ['default', 'zip-store', 'tgz', 'no-archive'];
const extensions: Readonly<Record<ArchiveFormat, string>> = {
  default: '.mar',
  'zip-store': '.mar',
  tgz: '.tar.gz',
  'no-archive': '',
};

describe('a real TorchServe on this computer', () => {
  let folder: string;
  let python: string;
  let store: FolderStore;
  let target: ThisComputer;
  let photo: Buffer;
  let expected: readonly ClassValue[];
  const processesBefore = torchServes();

  const spec = (change: Partial<ModelSpec> = {}): ModelSpec => ({
    name: 'small',
    version: '1.0',
    weights: 'weights.pth',
    modelFile: 'model.py',
    handler: 'image_classifier',
    labels: 'index_to_name.json',
    ...change,
  });
  const packaged = (model: string, change: Partial<ModelSpec> = {}): Promise<ModelArchive> => {
    const { name, archiveFormat } = spec(change);
    const outputFolder = path.join(folder, 'packages', `${model}-${name}-${archiveFormat ?? ''}`);
    return packageModel({ folder: path.join(folder, 'models', model), spec: spec(change), outputFolder, force: true });
  };
  const answerOf = async (archive: ModelArchive, name: string): Promise<readonly ClassValue[]> => {
    await deployModel({ modelPackage: archive, store, target, name, protocol: 'v1' });
    const endpoint = await target.endpoint(`this-computer/${name}`);
    const { predictions } = await predict({ endpoint, image: photo, k: 5 });
    await target.remove(`this-computer/${name}`);
    return predictions;
  };

  before(async () => {
    python = await torchServeEnvironment((line) => console.log(line));
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-real-torchserve-'));
    execFileSync(python, ['scripts/torchserve/makeModels.py', path.join(folder, 'models')], { stdio: 'inherit' });
    photo = await readFile(path.join(sampleFolder, 'photos', 'chelsea.jpg'));
    store = new FolderStore(path.join(folder, 'store'));
    target = await openThisComputer(path.join(folder, 'state'), {
      torchServeSearch: () =>
        Promise.resolve({ settingPath: python, workspaceFolders: [], searchPath: process.env['PATH'] ?? '' }),
    });
  });
  after(async () => {
    await target.dispose();
    await rm(folder, { recursive: true });
  });

  it('is found by the setting, and in a virtual environment of the workspace', async () => {
    const searchPath = process.env['PATH'] ?? '';
    const bySetting = await findTorchServe({ settingPath: python, workspaceFolders: [], searchPath });
    assert.equal(bySetting?.version, '0.12.0');
    const { symlink, mkdir } = await import('node:fs/promises');
    const workspace = path.join(folder, 'workspace');
    await mkdir(workspace);
    await symlink(path.dirname(path.dirname(python)), path.join(workspace, '.venv'));
    const inWorkspace = await findTorchServe({ workspaceFolders: [workspace], searchPath: '/usr/bin:/bin' });
    assert.equal(inWorkspace?.python, path.join(workspace, '.venv', 'bin', 'python'));
    assert.equal(await findTorchServe({ workspaceFolders: [], searchPath: '/nowhere' }), undefined);
    const wrong = findTorchServe({ settingPath: process.execPath, workspaceFolders: [], searchPath });
    await assert.rejects(wrong, { category: 'missing-tool', message: /modelDeck\.python\.path/ });
  });

  it('serves what we package and what torch-model-archiver packages, with the same predictions', async () => {
    expected = await answerOf(await packaged('eager'), 'ours');
    assert.equal(expected.length, 5);
    const made = path.join(folder, 'peer');
    const { mkdir } = await import('node:fs/promises');
    await mkdir(made);
    const archiver = path.join(path.dirname(python), 'torch-model-archiver');
    const args = [
      '--model-name',
      'small',
      '--version',
      '1.0',
      '--serialized-file',
      'weights.pth',
      '--model-file',
      'model.py',
    ];
    execFileSync(
      archiver,
      [...args, '--handler', 'image_classifier', '--extra-files', 'index_to_name.json', '--export-path', made],
      {
        cwd: path.join(folder, 'models', 'eager'),
      },
    );
    const peers = await adoptArchive(path.join(made, 'small.mar'), path.join(folder, 'peer-config'));
    const other = new FolderStore(path.join(folder, 'peer-store'));
    await deployModel({ modelPackage: peers, store: other, target, name: 'peer', protocol: 'v2' });
    const { predictions } = await predict({
      endpoint: await target.endpoint('this-computer/peer'),
      image: photo,
      k: 5,
    });
    await target.remove('this-computer/peer');
    assert.deepEqual(predictions, expected);
  });

  for (const archiveFormat of formats) {
    it(`serves an archive of the format ${archiveFormat}`, async () => {
      const name = `small-${archiveFormat}`;
      const archive = await packaged('eager', { name, archiveFormat });
      assert.equal(path.basename(archive.path), `${name}${extensions[archiveFormat]}`);
      assert.deepEqual(await answerOf(archive, name), expected);
    });
  }

  it('serves TorchScript', async () => {
    const { modelFile, ...scripted } = spec({ name: 'scripted', weights: 'weights.pt' });
    assert.equal(modelFile, 'model.py');
    const archive = await packageModel({
      folder: path.join(folder, 'models', 'scripted'),
      spec: scripted,
      outputFolder: path.join(folder, 'packages', 'scripted'),
    });
    const predictions = await answerOf(archive, 'scripted');
    assert.deepEqual(
      predictions.map(({ label }) => label),
      expected.map(({ label }) => label),
    );
    for (const [index, { value = 0 }] of predictions.entries()) {
      assert.ok(Math.abs(value - (expected[index]?.value ?? 0)) < 1e-5);
    }
  });

  it('serves the sample with the handler that we generate, as onnxruntime in Python computes it', async () => {
    const archive = await packageSample(path.join(folder, 'packages', 'sample'), { name: 'sample' });
    // This computer would run it without Python: TorchServe is asked for by name here.
    const { startServer } = await import('../../src/local/index.ts');
    const stored = await store.put(archive);
    const workFolder = await mkdtemp(path.join(folder, 'work-'));
    const server = await startServer({
      ...serverSource,
      model: {
        archive: stored.archivePath ?? '',
        modelName: 'sample',
        modelVersion: '1.0',
        engine: { kind: 'torchserve', python, storeFolder: stored.path ?? '', workFolder },
      },
      log: () => undefined,
    });
    try {
      const response = await fetch(`${server.url}/v1/models/sample:predict`, {
        method: 'POST',
        body: JSON.stringify({ instances: [{ data: photo.toString('base64') }] }),
      });
      const { predictions } = (await response.json()) as { predictions: Record<string, number>[] };
      const fixture = JSON.parse(await readFile('test/fixtures/sample-expected.json', 'utf8')) as {
        photos: { file: string; top5: { label: string; probability: number }[] }[];
      };
      const chelsea = fixture.photos.find(({ file }) => file === 'chelsea.jpg');
      assert.ok(chelsea);
      for (const { label, probability } of chelsea.top5) {
        assert.ok(Math.abs((predictions[0]?.[label] ?? 0) - probability) < 1e-3, label);
      }
    } finally {
      await server.stop();
    }
  });

  it("gives Python's reason when a model cannot be loaded", async () => {
    for (const [model, words] of [
      ['two-classes', /Expected only one class as model definition/],
      ['missing-module', /No module named 'not_there_at_all'/],
    ] as const) {
      const archive = await packaged(model, { name: model });
      const order = { modelPackage: archive, store, target, name: model, protocol: 'v1' } as const;
      await assert.rejects(deployModel(order), (error) => ModelDeckError.is(error) && words.test(error.message));
      assert.equal(target.deployments()[0]?.state, 'failed');
      await target.remove(`this-computer/${model}`);
    }
  });

  it('is cancelled while it loads', async () => {
    const abort = new AbortController();
    const archive = await packaged('eager', { name: 'cancelled' });
    const order = { modelPackage: archive, store, target, name: 'cancelled', protocol: 'v1' } as const;
    const onProgress = ({ step }: { step: string }): void => {
      if (step === 'load-model') abort.abort();
    };
    await assert.rejects(deployModel(order, { signal: abort.signal, onProgress }), { category: 'cancelled' });
    assert.deepEqual(target.deployments(), []);
  });

  it('leaves no process and no folder', async () => {
    // What belongs to others may end, or be on its way out, at any time.
    const stayed = torchServes().filter((line) => !processesBefore.includes(line));
    assert.deepEqual(stayed, []);
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith('model-deck-torchserve-'));
    assert.deepEqual(left, []);
  });
});

/** Command lines of everything that belongs to a TorchServe. */
function torchServes(): readonly string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => /ts\.model_server|org\.pytorch\.serve|model_service_worker/.test(line));
}

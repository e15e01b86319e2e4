import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkPackage, packageModel, parseSpec, readEntry } from '../../src/packaging/index.ts';
import type { ArchiveFormat, ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { waitUntil } from '../waitUntil.ts';
import { differences, Peer } from './peer.ts';

/** What lies in the model folder, so that every option has something to take. */
const files: Readonly<Record<string, string>> = {
  'model.py': 'class Net:\n    pass\n',
  'code/net.py': 'class Net:\n    pass\n',
  'weights.pt': 'weights '.repeat(9000),
  'nested/weights-2.onnx': 'other weights',
  'my_handler.py': 'def handle(data, context):\n    return data\n',
  'handlers/my_handler.py': 'def entry(data, context):\n    return data\n',
  'index_to_name.json': '{"0":"tench","1":"cat"}',
  'nested/index_to_name.json': '{"0":["n01440764","tench"]}',
  'requirements.txt': 'numpy\n',
  'nested/requirements.txt': 'pillow\n',
  'model-config.yaml': 'minWorkers: 1\n',
  LICENSE: 'licence',
  'notes.txt': 'notes',
  'empty.bin': '',
  'assets/vocabulary.txt': 'a\nb\n',
  'assets/.hidden-file': 'kept',
  'assets/deep/deeper/table.csv': '1,2\n',
  'assets/deep/readme.md': 'read me',
  'many/part-1.bin': 'one',
  'many/part-2.bin': 'two',
  'many/part-10.bin': 'ten',
  'many/.part-3.bin': 'hidden',
  'many/other.txt': 'other',
  'many/sub/inside.txt': 'inside',
};

/** Every option that model-deck.yaml has for the archiver's, each with all its kinds of values. */
const options = {
  modelFile: [undefined, 'model.py', 'code/net.py'],
  weights: [undefined, 'weights.pt', 'nested/weights-2.onnx'],
  extras: [
    {},
    { labels: 'index_to_name.json', extraFiles: ['LICENSE', 'empty.bin'] },
    { extraFiles: ['assets'] },
    { labels: 'nested/index_to_name.json', extraFiles: ['many/part-*.bin', 'assets/deep'] },
  ],
  requirements: [undefined, 'nested/requirements.txt'],
  configFile: [undefined, 'model-config.yaml'],
} as const;
const formats = ['default', 'zip-store', 'tgz', 'no-archive'] as const satisfies readonly ArchiveFormat[];
const handlers = ['image_classifier', 'handlers/my_handler.py', 'my_handler', 'handlers/my_handler:entry'];
const runtimes = [undefined, 'python', 'python3'] as const;
const versions = ['1.0', '1.10', '2026-11-24', '3rc1+build.7'];
const names = ['Net_v2-final', '7'];

/** The product of all options but those that only the manifest repeats. */
function* combinations(archiveFormat: ArchiveFormat, handler: string): Generator<ModelSpec> {
  for (const modelFile of options.modelFile)
    for (const weights of options.weights)
      for (const extras of options.extras)
        for (const requirements of options.requirements)
          for (const configFile of options.configFile) {
            const given = Object.entries({ modelFile, weights, requirements, configFile }).filter(([, value]) => value);
            yield { name: 'resnet18', version: '1.0', handler, archiveFormat, ...extras, ...Object.fromEntries(given) };
          }
}

describe('archives, ours and those of torch-model-archiver', () => {
  let peer: Peer;

  before(async () => {
    peer = await Peer.start();
    await writeFiles(files);
  });
  after(() => peer.stop());

  async function writeFiles(content: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(content)) {
      const file = path.join(peer.modelFolder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** Some at a time: we write the next ones while Python is at the last. */
  async function assertSame(specs: Iterable<ModelSpec>): Promise<number> {
    const failures: string[] = [];
    const queue = specs[Symbol.iterator]();
    let count = 0;
    const work = async (): Promise<void> => {
      for (let next = queue.next(); !next.done; next = queue.next()) {
        const spec = next.value;
        count++;
        const found = differences(await peer.compare(spec));
        if (found.length > 0) failures.push(`${JSON.stringify(spec)}:\n    ${found.join('\n    ')}`);
      }
    };
    await Promise.all([work(), work(), work()]);
    assert.equal(failures.length, 0, `${failures.length} of ${count} differ:\n${failures.slice(0, 3).join('\n')}`);
    return count;
  }

  for (const format of formats) {
    for (const handler of handlers) {
      it(`are the same in every combination: ${format}, ${handler}`, async (context) => {
        const count = await assertSame(combinations(format, handler));
        assert.equal(count, 3 * 3 * 4 * 2 * 2);
        context.diagnostic(`${count} combinations`);
      });
    }

    it(`are the same with every name, version, runtime and built-in handler: ${format}`, async () => {
      const builtIn = ['base_handler', 'text_classifier', 'image_classifier', 'object_detector', 'image_segmenter'];
      builtIn.push('dali_image_classifier', 'vllm_handler', 'trt_llm_handler');
      const specs: ModelSpec[] = [];
      for (const name of names)
        for (const version of versions)
          for (const runtime of runtimes)
            for (const handler of builtIn) {
              const common = { name, version, handler, weights: 'weights.pt', archiveFormat: format };
              specs.push({ ...common, ...(runtime && { runtime }) });
            }
      assert.equal(await assertSame(specs), 2 * 4 * 3 * 8);
    });

    it(`take the same files for every pattern: ${format}`, async () => {
      const patterns = ['*.txt', 'many/*', 'many/part-?.bin', 'many/part-[12].bin', 'many/part-[!1].bin', '*/*.txt'];
      patterns.push(
        'many/.*',
        'm?ny/other.txt',
        '**/other.txt',
        '*/part-1.bin',
        '*/sub',
        'many/part-[0-9][0-9].bin',
        './assets',
      );
      patterns.push('assets/', 'assets/deep/../vocabulary.txt', 'many/[po]*');
      const lists = [...patterns.map((pattern) => [pattern]), ['LICENSE', 'many/part-*', 'assets', 'notes.txt']];
      await assertSame(lists.map((extraFiles) => ({ ...plain, extraFiles, archiveFormat: format })));
    });

    it(`leave out the same caches, forks and hidden folders: ${format}`, async () => {
      await writeFiles({
        'dirty/__pycache__/cached.pyc': 'out',
        'dirty/.git/config': 'out',
        'dirty/__MACOSX/._a': 'out',
        'dirty/sub/__pycache__/b.pyc': 'out',
        'dirty/sub/.idea/deep/c.xml': 'out',
        'dirty/sub/__MACOSX/deep/d': 'out',
        'dirty/.DS_Store': 'in',
        'dirty/a.pyc': 'in',
        'dirty/old.mar': 'in',
        'dirty/sub/.env': 'in',
        'dirty/__pycache__.txt': 'in',
        '.cache/direct.txt': 'in, when the folder itself is named',
      });
      const specs = ['dirty', '.cache', 'dirty/__pycache__', 'dirty/*'].map((folder) => ({
        ...plain,
        extraFiles: [folder],
        archiveFormat: format,
      }));
      await assertSame(specs);
      const { ours } = await peer.compare({ ...plain, extraFiles: ['dirty'], archiveFormat: format });
      assert.deepEqual(ours?.entries.map(({ name }) => name).sort(), [
        '.DS_Store',
        'MAR-INF/MANIFEST.json',
        '__pycache__.txt',
        'a.pyc',
        'old.mar',
        'sub/.env',
      ]);
    });
  }

  it('let the later of two files with one name win, as the archiver does', async () => {
    const twice = { ...plain, labels: 'index_to_name.json', extraFiles: ['nested', 'requirements.txt'] };
    await assertSame(
      formats.map((archiveFormat) => ({ ...twice, archiveFormat, requirements: 'nested/requirements.txt' })),
    );
  });

  it('write names that are not ASCII into the manifest as Python does', async () => {
    const named = { weights: 'poids-é.pt', modelFile: 'модель.py', handler: 'h-ä.py', configFile: 'näme-😀.yaml' };
    await writeFiles({ ...Object.fromEntries(Object.values(named).map((name) => [name, name])), 'ü/ñ.txt': 'x' });
    const spec = { ...plain, ...named, requirements: 'requirements.txt', extraFiles: ['ü'] };
    await assertSame(formats.map((archiveFormat) => ({ ...spec, archiveFormat })));
  });

  it('follow links to files and folders', async () => {
    await writeFiles({ 'elsewhere/table.csv': '1', 'linked/own.txt': 'own' });
    await symlink(
      path.join(peer.modelFolder, 'elsewhere'),
      path.join(peer.modelFolder, 'linked', 'folder'),
      'junction',
    );
    await symlink(path.join('..', 'LICENSE'), path.join(peer.modelFolder, 'linked', 'LICENSE'));
    await assertSame(formats.map((archiveFormat) => ({ ...plain, extraFiles: ['linked'], archiveFormat })));
    const { ours } = await peer.compare({ ...plain, extraFiles: ['linked'] });
    assert.ok(ours?.entries.some(({ name }) => name === 'folder/table.csv'));
  });

  it('equal what the archiver makes of the handler that we generate', async () => {
    const preprocessing = { resize: 256, crop: 224, layout: 'NCHW', mean: [0, 0, 0], std: [1, 1, 1] } as const;
    const own: ModelSpec = { ...plain, weights: 'nested/weights-2.onnx', preprocessing };
    const spec = { ...own, handler: 'model-deck:onnx-image-classifier' };
    const made = await packageModel({
      folder: peer.modelFolder,
      spec,
      outputFolder: path.join(peer.modelFolder, 'out'),
    });
    for (const name of ['onnx_image_classifier.py', 'preprocessing.json', 'contract.json']) {
      await writeFiles({ [`generated/${name}`]: Buffer.from(await readEntry(made.path, name, 1 << 20)).toString() });
    }
    const change = {
      handler: 'generated/onnx_image_classifier.py',
      extra_files: 'generated/preprocessing.json,generated/contract.json',
    };
    for (const archiveFormat of formats) {
      assert.deepEqual(differences(await peer.compare({ ...spec, archiveFormat }, change)), [], archiveFormat);
    }
  });

  it('are refused by both when a file is missing', async () => {
    for (const spec of [
      { ...plain, weights: 'nope.pt' },
      { ...plain, modelFile: 'nope.py' },
      { ...plain, handler: 'nope' },
      { ...plain, extraFiles: ['nope.txt'] },
      { ...plain, requirements: 'nope.txt' },
      { ...plain, configFile: 'nope.yaml' },
    ]) {
      await assert.rejects(ours(spec), { category: 'not-found' });
      assert.match((await peer.alone(spec)).error ?? '', /FileNotFoundError/, JSON.stringify(spec));
    }
  });

  describe('differ on purpose', () => {
    it('where a name has a dot: we refuse what KServe cannot load', async () => {
      const spec = { ...plain, name: 'resnet.18' };
      const findings = await checkPackage({ folder: peer.modelFolder, spec });
      assert.ok(findings.some(({ code, severity }) => code === 'name-dots' && severity === 'error'));
      assert.equal((await peer.alone(spec)).error, undefined);
    });

    it('where a handler is my_handler.py:entry: the archiver looks for a file of that whole name', async () => {
      const spec = { ...plain, handler: 'handlers/my_handler.py:entry' };
      assert.match((await peer.alone(spec)).error ?? '', /FileNotFoundError.*my_handler\.py:entry/);
      const { manifest } = await ours(spec);
      assert.equal(manifest.model.handler, 'my_handler.py:entry');
    });

    it('where the runtime is LSP, which KServe has no server for', async () => {
      const alone = await peer.alone({ ...plain, handler: 'BaseHandler', runtime: 'LSP' as 'python' });
      assert.match(alone.peer?.manifest ?? '', /"runtime": "LSP"/);
      const { findings } = parseSpec('name: a\nversion: "1"\nhandler: BaseHandler\nruntime: LSP\n', 'model-deck.yaml');
      assert.match(findings[0]?.message ?? '', /runtime/);
    });

    it('where a folder has a link to itself: the archiver copies until the path is too long', async () => {
      await writeFiles({ 'loop/a.txt': 'a' });
      await symlink(path.join(peer.modelFolder, 'loop'), path.join(peer.modelFolder, 'loop', 'again'), 'junction');
      const spec = { ...plain, extraFiles: ['loop'] };
      await assert.rejects(ours(spec), { category: 'invalid-input', message: /loop.again is a link to a folder/ });
      assert.match((await peer.alone(spec)).error ?? '', /Error/);
    });

    it('where a pattern matches nothing: the archiver writes an archive without the file', async () => {
      const spec = { ...plain, extraFiles: ['*.safetensors'] };
      await assert.rejects(ours(spec), { category: 'not-found', message: /\*\.safetensors/ });
      assert.deepEqual(
        (await peer.alone(spec)).peer?.entries.map(({ name }) => name),
        ['MAR-INF/MANIFEST.json'],
      );
    });

    it('where two folders have a sub-folder of the same name: the archiver stops, we put both into it', async () => {
      await writeFiles({ 'first/shared/a.txt': 'a', 'second/shared/b.txt': 'b' });
      const spec = { ...plain, extraFiles: ['first', 'second'], archiveFormat: 'no-archive' } as const;
      assert.match((await peer.alone(spec)).error ?? '', /FileExistsError/);
      const archive = await ours(spec);
      for (const name of ['shared/a.txt', 'shared/b.txt']) {
        assert.equal((await readEntry(archive.path, name, 10)).length, 1);
      }
    });

    it('where a file has a comma in its name: the archiver splits there', async () => {
      await writeFiles({ 'a,b.txt': 'comma' });
      const spec = { ...plain, extraFiles: ['a,b.txt'] };
      assert.match((await peer.alone(spec)).error ?? '', /FileNotFoundError: File does not exist: a$/);
      assert.equal((await readEntry((await ours(spec)).path, 'a,b.txt', 10)).length, 5);
    });

    it('where the time is written: ours is that of the newest file, so the bytes are the same again', async () => {
      const spec = { ...plain, weights: 'weights.pt' };
      const first = await ours(spec);
      const second = (): number => Math.floor(Date.now() / 1000);
      const writtenIn = second();
      await waitUntil('the clock shows another second', () => second() > writtenIn);
      const again = await ours(spec);
      assert.equal(again.sha256, first.sha256);
      const [one, other] = [await peer.alone(spec), await peer.alone(spec)];
      assert.notEqual(one.peer?.manifest, undefined);
      assert.deepEqual(differences({ ...other, ours: one.peer ?? null }), []);
    });
  });

  function ours(spec: ModelSpec): ReturnType<typeof packageModel> {
    return packageModel({
      folder: peer.modelFolder,
      spec,
      outputFolder: path.join(peer.modelFolder, 'out'),
      force: true,
    });
  }
});

const plain: ModelSpec = { name: 'resnet18', version: '1.0', handler: 'image_classifier' };

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { archiveLayout } from '../../../src/packaging/kinds/torchserve/archiveLayout.ts';
import { modelName } from '../../../src/packaging/spec/suggestSpec.ts';
import { checkPackage, detectModelFolder, parseSpec, formatSpec } from '../../../src/packaging/index.ts';
import { writeFiles, type Files } from '../writeFiles.ts';
import { legacyTorch, onnx, pickles, safetensors, torchScriptZip, torchZip, zip } from './detectFixtures.ts';

let scratch: string;
let folder: string;
before(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'model-deck-detect-'));
});
after(() => rm(scratch, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(scratch, 'net-'));
});

const put = (files: Files): Promise<void> => writeFiles(folder, files);

const model = 'import torch.nn as nn\nclass Net(nn.Module):\n    def forward(self, x): return x\n';
const labels = '{"0": "cat", "1": "dog", "2": "owl"}';

describe('detectModelFolder', () => {
  it('finds nothing in an empty folder', async () => {
    const detection = await detectModelFolder(folder, {});
    assert.deepEqual(detection.weights, []);
    assert.equal(detection.suggestion, undefined);
    assert.equal(detection.specFile, undefined);
  });

  it('suggests a spec for ONNX with the generated handler and its preprocessing', async () => {
    await put({ 'net.onnx': onnx({ input: [1, 240, 240, 3], lastOperator: 'Softmax' }), 'index_to_name.json': labels });
    const { suggestion, weights } = await detectModelFolder(folder, {});
    assert.deepEqual(Object.keys(weights[0] ?? {}).sort(), ['explanation', 'kind', 'onnx', 'path', 'size']);
    assert.ok(suggestion);
    const { input, output, ...rest } = suggestion;
    assert.equal(rest.handler, 'model-deck:onnx-image-classifier');
    assert.equal(rest.labels, 'index_to_name.json');
    assert.deepEqual([input?.name, input?.width, input?.height, input?.layout], ['image', 240, 240, 'NHWC']);
    assert.deepEqual([output?.meaning, output?.activation], ['single-label', 'none']);
    assert.equal(rest.origins?.['input.width'], 'graph');
    assert.equal(rest.origins?.['input.mean'], 'assumed');
  });

  it("assumes torchvision's own numbers for 224 pixels and for a free size", async () => {
    for (const input of [
      ['n', 3, 224, 224],
      ['n', 3, 'h', 'w'],
      ['n', 'c', 'h', 'w'],
    ] as const) {
      await put({ 'net.onnx': onnx({ input }) });
      const { input: said, output } = (await detectModelFolder(folder, {})).suggestion ?? {};
      assert.deepEqual(
        [said?.resize, said?.width, said?.layout],
        [{ method: 'shorter-side', length: 256 }, 224, 'NCHW'],
      );
      assert.equal(output?.activation, 'softmax');
    }
  });

  it('suggests the model file with one class that needs no arguments', async () => {
    await put({
      'weights/net.pth': torchZip(pickles.stateDict),
      'model.py': `${model}class Block(nn.Module):\n    def forward(self, x): return x\n`,
      'network.py': model,
      'train.py': 'def train(): pass\n',
    });
    const { suggestion, candidates } = await detectModelFolder(folder, {});
    assert.equal(suggestion?.weights, 'weights/net.pth');
    assert.equal(suggestion.modelFile, 'network.py');
    assert.equal(suggestion.handler, 'model-deck:image-classifier');
    assert.deepEqual(candidates.modelFiles, ['network.py', 'model.py']);
  });

  it("suggests the folder's own handler, and the modules that it imports", async () => {
    await put({
      'net.pt': torchScriptZip(),
      'my_handler.py':
        'import helper, torch\nfrom ts.torch_handler.image_classifier import ImageClassifier\nclass Mine(ImageClassifier): pass\n',
      'helper.py': 'import deeper\n',
      'deeper.py': 'import json\n',
      'requirements.txt': 'timm==1.0\n',
      'model-config.yaml': 'minWorkers: 1\n',
    });
    const { suggestion, candidates } = await detectModelFolder(folder, {});
    assert.deepEqual(candidates.handlers, ['my_handler.py']);
    assert.deepEqual(candidates.modelFiles, []);
    assert.equal(suggestion?.handler, 'my_handler.py');
    assert.deepEqual(suggestion.extraFiles, ['helper.py', 'deeper.py']);
    assert.equal(suggestion.requirements, 'requirements.txt');
    assert.equal(suggestion.configFile, 'model-config.yaml');
    assert.equal(suggestion.modelFile, undefined);
  });

  it('prefers what runs in most places, and lists the rest', async () => {
    await put({
      'a.pth': torchZip(pickles.stateDict),
      'b.pt': torchScriptZip(),
      'c.onnx': onnx(),
      'd.safetensors': safetensors(),
      'e.mar': zip([['MAR-INF/MANIFEST.json', Buffer.from('{}')]]),
      'f.pth': legacyTorch(pickles.wholeModule),
      'g.pt': '',
      'h.bin': 'firmware',
    });
    const { weights, suggestion } = await detectModelFolder(folder, {});
    assert.equal(suggestion?.weights, 'c.onnx');
    assert.deepEqual(
      weights.map(({ path: file, kind }) => `${file} ${kind}`),
      [
        'c.onnx onnx',
        'b.pt torchscript',
        'a.pth eager-state-dict',
        'e.mar mar',
        'd.safetensors safetensors',
        'f.pth pickled-module',
        'g.pt unreadable',
      ],
    );
  });

  it('takes the data files of a graph along', async () => {
    await put({ 'sub/net.onnx': onnx({ externalFile: 'net.data' }), 'sub/net.data': 'x' });
    const { suggestion } = await detectModelFolder(folder, {});
    assert.ok(suggestion);
    assert.equal(suggestion.extraFiles, undefined, 'nobody has to name them');
    const names = (await archiveLayout(folder, suggestion)).map(({ name }) => name);
    assert.ok(names.includes('net.data'), names.join());
  });

  it('explains a SavedModel', async () => {
    await put({ 'saved/saved_model.pb': 'x', 'saved/variables/variables.index': 'x' });
    const { weights, suggestion } = await detectModelFolder(folder, {});
    assert.deepEqual([weights[0]?.path, weights[0]?.kind], ['saved', 'other-format']);
    assert.equal(suggestion, undefined);
  });

  it('passes over output, hidden folders, environments, and says that it did not look deeper', async () => {
    const deep = 'a/b/c/d/e/f/g';
    const skipped = ['package/model-store', '.git', 'node_modules/x', 'myenv/lib', 'conda/lib', '__pycache__', deep];
    await put(Object.fromEntries(skipped.map((where) => [`${where}/net.onnx`, onnx()])));
    await put({ 'myenv/pyvenv.cfg': '', 'conda/conda-meta/history': '', 'a/b/c/d/e/f/net.onnx': onnx() });
    const { weights, limit } = await detectModelFolder(folder, {});
    assert.deepEqual(
      weights.map(({ path: file }) => file),
      ['a/b/c/d/e/f/net.onnx'],
    );
    assert.match(limit ?? '', /more than 6 levels down were not looked into/);
  });

  it('finds weights four folders down, with the labels further up', async () => {
    await put({ 'runs/classify/train/weights/best.onnx': onnx(), 'index_to_name.json': labels });
    const { suggestion, limit } = await detectModelFolder(folder, {});
    assert.deepEqual(
      [suggestion?.weights, suggestion?.labels, limit],
      ['runs/classify/train/weights/best.onnx', 'index_to_name.json', undefined],
    );
  });

  it('finds weights behind thousands of pictures', async () => {
    await mkdir(path.join(folder, 'data'));
    const pictures = Array.from({ length: 5200 }, (_, number) => path.join(folder, 'data', `${number}.jpg`));
    for (const picture of pictures) await writeFile(picture, '');
    await put({ 'zoo/net.onnx': onnx() });
    assert.equal((await detectModelFolder(folder, {})).suggestion?.weights, 'zoo/net.onnx');
  });

  it('follows links to files and folders, each folder once', async () => {
    const elsewhere = await mkdtemp(path.join(scratch, 'elsewhere-'));
    await writeFile(path.join(elsewhere, 'far.onnx'), onnx());
    await put({ 'blobs/0abc': onnx(), 'z/inner.onnx': onnx() });
    await symlink(path.join('blobs', '0abc'), path.join(folder, 'net.onnx'));
    await symlink('.', path.join(folder, 'again'));
    await symlink('z', path.join(folder, 'a'));
    await symlink(elsewhere, path.join(folder, 'linked'));
    assert.deepEqual(
      (await detectModelFolder(folder, {})).weights.map(({ path: file }) => file),
      ['net.onnx', 'z/inner.onnx', 'linked/far.onnx'],
    );
  });

  it('says where a link leads whose target is not there', async () => {
    await symlink(path.join('blobs', 'gone'), path.join(folder, 'net.onnx'));
    const [row] = (await detectModelFolder(folder, {})).weights;
    assert.equal(row?.explanation, 'It is a link to blobs/gone, which is not there.');
  });

  it('names the spec that is there', async () => {
    await put({ 'model-deck.yaml': 'name: net\n' });
    assert.equal((await detectModelFolder(folder, {})).specFile, path.join(folder, 'model-deck.yaml'));
  });

  it('lists labels that are broken, so that the check can say where', async () => {
    await put({ 'net.onnx': onnx(), 'index_to_name.json': '{' });
    assert.deepEqual((await detectModelFolder(folder, {})).candidates.labels, ['index_to_name.json']);
  });

  it('suggests what the checks let pass, and what the spec file gives back', async () => {
    const contents: readonly Readonly<Record<string, string | Buffer>>[] = [
      { 'net.onnx': onnx(), 'index_to_name.json': labels },
      { 'net.onnx': onnx({ externalFile: 'net.data' }), 'net.data': 'x' },
      { 'net.pt': torchScriptZip() },
      {
        'net.pth': torchZip(pickles.stateDict),
        'model.py': `import blocks\n${model}`,
        'blocks.py': 'class Block: pass\n',
      },
    ];
    for (const files of contents) {
      folder = await mkdtemp(path.join(scratch, 'net-'));
      await put(files);
      const { suggestion } = await detectModelFolder(folder, {});
      assert.ok(suggestion);
      assert.deepEqual(await checkPackage({ folder, spec: suggestion }, {}), []);
      assert.deepEqual(parseSpec(formatSpec(suggestion), 'model-deck.yaml').spec, suggestion);
    }
  });

  it('says what is wrong with the folder itself', async () => {
    await assert.rejects(detectModelFolder(path.join(folder, 'gone'), {}), { category: 'not-found' });
    await put({ file: 'x' });
    await assert.rejects(detectModelFolder(path.join(folder, 'file'), {}), { category: 'not-found' });
  });

  it('is cancelled', async () => {
    await put({ 'net.onnx': onnx() });
    await assert.rejects(detectModelFolder(folder, { signal: AbortSignal.abort() }), { category: 'cancelled' });
  });
});

describe('modelName', () => {
  for (const [name, expected] of [
    ['resnet18', 'resnet18'],
    ['ResNet 18 (v1.5)', 'ResNet-18-v1-5'],
    ['Übung', 'Ubung'],
    ['模型', 'model'],
    ['..', 'model'],
    ['_net', 'net'],
    ['<img src=x>', 'img-src-x'],
  ] as const) {
    it(`${name} becomes ${expected}`, () => assert.equal(modelName(name), expected));
  }
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { detectModelFolder } from '../../../src/packaging/index.ts';
import { writeFiles } from '../writeFiles.ts';
import { folder, useModelFolders } from './checksFixtures.ts';
import { onnx, zip } from './detectFixtures.ts';

useModelFolders();

async function put(...files: readonly string[]): Promise<void> {
  const contents = files.map((file) => [file, file.endsWith('.onnx') ? onnx() : 'x'] as const);
  await writeFiles(folder, Object.fromEntries(contents));
}

/** Files of a folder, the path that is named, what it is called, and the way on. */
const formats: readonly (readonly [files: readonly string[], named: string, what: RegExp, wayOn: RegExp])[] = [
  [['model_unquant.tflite', 'labels.txt'], 'model_unquant.tflite', /TensorFlow Lite/, /tf2onnx.*--tflite/],
  [
    ['best_openvino_model/best.xml', 'best_openvino_model/best.bin'],
    'best_openvino_model/best.xml',
    /OpenVINO/,
    /ONNX/,
  ],
  [['net.engine'], 'net.engine', /TensorRT/, /built from/],
  [['net.plan'], 'net.plan', /TensorRT/, /ONNX/],
  [['Net.mlmodel'], 'Net.mlmodel', /Core ML/, /ONNX/],
  [['Net.mlpackage/Manifest.json', 'Net.mlpackage/Data/weight.bin'], 'Net.mlpackage', /Core ML package/, /ONNX/],
  [['web/model.json', 'web/group1-shard1of1.bin'], 'web/model.json', /TensorFlow\.js/, /tensorflowjs_converter/],
  [['model.json', 'weights.bin', 'metadata.json'], 'model.json', /TensorFlow\.js/, /ONNX/],
  [['inference.pdmodel', 'inference.pdiparams'], 'inference.pdmodel', /PaddlePaddle/, /paddle2onnx/],
  [['inference.json', 'inference.pdiparams'], 'inference.pdiparams', /PaddlePaddle/, /paddle2onnx/],
  [['net.pte'], 'net.pte', /ExecuTorch/, /ONNX/],
  [['net.ptl'], 'net.ptl', /PyTorch Mobile/, /torch\.jit\.save/],
  [['saved/saved_model.pb', 'saved/variables/variables.index'], 'saved', /SavedModel/, /--saved-model/],
  [['frozen.pb'], 'frozen.pb', /frozen graph/, /--graphdef/],
  [['net.ckpt.index', 'net.ckpt.data-00000-of-00001'], 'net.ckpt.index', /checkpoint of TensorFlow/, /tf2onnx/],
  [['flax_model.msgpack'], 'flax_model.msgpack', /Flax/, /ONNX/],
  [['net-symbol.json', 'net-0000.params'], 'net-0000.params', /MXNet/, /ONNX/],
  [['net.gguf'], 'net.gguf', /llama\.cpp/, /GGUF/],
  [['model.zip'], 'model.zip', /packed archive/, /Unpack/],
  [['weights.tar.gz'], 'weights.tar.gz', /packed archive/, /Unpack/],
  [['train.ipynb'], 'train.ipynb', /notebook/, /save the model/],
  [['net.onnx.dvc'], 'net.onnx.dvc', /DVC/, /dvc pull/],
  [['pytorch_model.bin'], 'pytorch_model.bin', /no kind of weights that is known/, /./],
];

describe('a model of a format that no package takes', () => {
  for (const [files, named, what, wayOn] of formats) {
    it(`is named, with the way on: ${files.join(', ')}`, async () => {
      await put(...files);
      const { weights, suggestion } = await detectModelFolder(folder);
      assert.deepEqual(
        weights.map((row) => row.path),
        [named],
      );
      assert.match(weights[0]?.explanation ?? '', what);
      assert.match(weights[0]?.explanation ?? '', wayOn);
      assert.equal(suggestion, undefined);
    });
  }

  it('does not stand before a graph that can be packaged', async () => {
    await put('best.onnx', 'best.tflite', 'best.engine');
    const { weights, suggestion } = await detectModelFolder(folder);
    assert.equal(suggestion?.weights, 'best.onnx');
    assert.equal(weights[0]?.path, 'best.onnx');
    assert.equal(weights.length, 3);
  });

  it('is not looked for in notebooks and archives where there are weights', async () => {
    await put('best.onnx', 'train.ipynb', 'data.zip');
    assert.deepEqual(
      (await detectModelFolder(folder)).weights.map((row) => row.path),
      ['best.onnx'],
    );
  });

  it('is a program of torch.export, whatever is beside it', async () => {
    await writeFile(path.join(folder, 'net.pt2'), zip([['net/archive_format', Buffer.from('pt2')]]));
    await put('train.ipynb');
    const { weights } = await detectModelFolder(folder);
    assert.equal(weights.length, 1);
    assert.match(weights[0]?.explanation ?? '', /torch\.export.*ONNX or TorchScript/);
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { mlServerPackages as mlServer } from '../../../src/packaging/kinds/mlserver/mlServerPackages.ts';
import { folder, useModelFolders } from './checksFixtures.ts';
import { onnx, pickles, torchZip } from './detectFixtures.ts';
import { bytesOf, findings, made, pathsOf, put, textOf } from './serverKindFixtures.ts';

useModelFolders();

describe('a package for MLServer', () => {
  it('has settings, our runtime and the contract beside the graph', async () => {
    const model = await made(mlServer, { 'net.onnx': onnx({ irVersion: 10 }) });
    const names = [
      'contract.json',
      'model-deck-package.json',
      'model-settings.json',
      'model.onnx',
      'model_deck_runtime.py',
    ];
    assert.deepEqual(pathsOf(model), names);
    assert.deepEqual(JSON.parse(await textOf(model, 'model-settings.json')), {
      name: 'net',
      platform: 'onnx',
      implementation: 'model_deck_runtime.OnnxPictures',
      parameters: { uri: './model.onnx', version: '1.0' },
      inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 3, 224, 224] }],
      outputs: [{ name: 'scores', datatype: 'FP32', shape: [-1, 3] }],
    });
    assert.equal((await bytesOf(model, 'model.onnx'))[1], 9);
    assert.match((await findings(mlServer)).join(), /^warning onnx-ir-lowered/);
  });

  it('says what has to be in the image, and which images have it', async () => {
    const { serves } = await made(mlServer, { 'net.onnx': onnx() });
    assert.deepEqual(serves.pythonPackages, ['onnxruntime', 'Pillow']);
    const said = (image: string): string | undefined => mlServer.suits?.(serves, image)[0]?.code;
    assert.equal(said('docker.io/seldonio/mlserver:1.7.1'), undefined);
    assert.equal(said('docker.io/seldonio/mlserver:1.7.1-slim'), 'mlserver-image-without-packages');
    assert.equal(said('registry.local/ml:3'), 'mlserver-image-unknown');
  });

  it('refuses what it has no runtime for', async () => {
    await put({ 'net.pth': torchZip(pickles.stateDict) });
    assert.match((await findings(mlServer, { weights: 'net.pth' })).join('\n'), /error mlserver-needs-onnx/);
  });

  const lightgbm = 'tree\nversion=v4\nnum_class=3\n';
  const sklearn = Buffer.concat([Buffer.from('\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00', 'latin1'), Buffer.from('\x8c\x18sklearn.linear_model.base\x8c\x12LogisticRegression\x93.', 'latin1')]); // prettier-ignore
  for (const [file, content, format] of [
    ['model.txt', lightgbm, 'lightgbm'],
    ['model.json', '{"learner":{"attributes":{}}}', 'xgboost'],
    ['model.ubj', '{L\0\0\0\0\0\0\0\x07learner{', 'xgboost'],
    ['model.joblib', sklearn, 'sklearn'],
  ] as const) {
    it(`takes ${file} of ${format} as it is, for MLServer's own runtime`, async () => {
      const model = await made(mlServer, { [file]: content }, { weights: file });
      assert.equal(model.serves.modelFormat, format);
      const { implementation, parameters } = JSON.parse(await textOf(model, 'model-settings.json')) as {
        implementation: string;
        parameters: unknown;
      };
      assert.match(implementation, new RegExp(`^mlserver_${format}\\.`));
      assert.deepEqual(parameters, { uri: `./${file}`, version: '1.0' });
      assert.deepEqual(await findings(mlServer, { weights: file }), []);
    });
  }

  it('does not take a pickle that would run programs for a model', async () => {
    await put({ 'model.joblib': "cos\nsystem\n(S'ls'\ntR." });
    assert.match((await findings(mlServer, { weights: 'model.joblib' })).join('\n'), /error hostile-pickle/);
  });

  it("takes a folder of the user's own with its settings", async () => {
    const settings =
      '{"name": "prices", "implementation": "mlserver_xgboost.XGBoostModel", "parameters": {"uri": "./m.json", "version": "v7"}}';
    await put({ 'model-settings.json': settings, 'm.json': '{}', '__pycache__/x.pyc': '' });
    assert.equal(await mlServer.recognises(folder, true), true);
    assert.equal(await mlServer.recognises(path.join(folder, 'model-settings.json'), false), true);
    const model = await mlServer.adopt(folder, '/nowhere');
    assert.deepEqual([model.name, model.version, model.serves.modelFormat], ['prices', 'v7', 'xgboost']);
    assert.deepEqual(pathsOf(model), ['m.json', 'model-settings.json']);
    assert.equal((await mlServer.read(folder)).description?.text, settings);
    await put({ 'model-settings.json': '{"implementation": "x.Y"}' });
    await assert.rejects(mlServer.adopt(folder, '/nowhere'), { category: 'invalid-input', message: /it has no name/ });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openVinoPackages as openVino } from '../../../src/packaging/kinds/openvino/openVinoPackages.ts';
import { useModelFolders } from './checksFixtures.ts';
import { onnx, pickles, torchZip } from './detectFixtures.ts';
import { bytesOf, findings, made, pathsOf, put } from './serverKindFixtures.ts';

useModelFolders();

// OpenVINO Model Server cannot be run here: its layout and arguments are held to what its documentation says.
describe('a package for OpenVINO Model Server', () => {
  it('has the graph in a numbered folder, byte by byte', async () => {
    const graph = onnx({ irVersion: 10 });
    const model = await made(openVino, { 'net.onnx': graph });
    assert.deepEqual(pathsOf(model), ['1/model.onnx', 'model-deck-package.json']);
    assert.deepEqual(await bytesOf(model, '1/model.onnx'), graph);
    assert.deepEqual(await findings(openVino), []);
    assert.deepEqual(model.serves, {
      modelFormat: 'openvino',
      protocols: ['v2'],
      server: 'ovms',
      isNamedByService: true,
    });
  });

  it('fixes sides that the graph leaves free by an argument, and leaves the batch free', async () => {
    const model = await made(openVino, { 'net.onnx': onnx({ input: ['n', 3, 'h', 'w'] }) });
    assert.deepEqual(model.serves.args, ['--shape={"image": "(-1,3,224,224)"}']);
  });

  it('keeps weights in other files where the graph looks for them', async () => {
    const model = await made(openVino, { 'net.onnx': onnx({ externalFile: 'w/net.data' }), 'w/net.data': 'x' });
    assert.deepEqual(pathsOf(model), ['1/model.onnx', '1/w/net.data', 'model-deck-package.json']);
  });

  it('takes IR with its weights, and says what of it is missing', async () => {
    const files = { 'net.xml': '<?xml version="1.0"?>\n<net name="a" version="11">', 'net.bin': 'weights' };
    const model = await made(openVino, files, { weights: 'net.xml' });
    assert.deepEqual(pathsOf(model), ['1/model.bin', '1/model.xml', 'model-deck-package.json']);
    assert.deepEqual(await findings(openVino, { weights: 'net.xml' }), []);
    await put({ 'other.xml': '<annotations/>' });
    const found = (await findings(openVino, { weights: 'other.xml' })).join('\n');
    assert.match(found, /openvino-no-ir .*other\.xml is no network[^]*openvino-weights-missing .*other\.bin/);
  });

  it('refuses weights of PyTorch', async () => {
    await put({ 'net.pth': torchZip(pickles.stateDict) });
    assert.match((await findings(openVino, { weights: 'net.pth' })).join('\n'), /error openvino-needs-graph/);
  });
});

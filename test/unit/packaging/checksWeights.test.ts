import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { ModelSpec } from '../../../src/packaging/spec/modelSpec.ts';
import { eager, expectFinding, graph, model, script, useModelFolders, type Case } from './checksFixtures.ts';
import { hostilePickles, lfsPointer, onnx, pickles, safetensors, torchScriptZip, torchZip } from './detectFixtures.ts';

useModelFolders();

describe('checkPackage: the weights', () => {
  const hostile = hostilePickles['GLOBAL, posix']?.bytes ?? assert.fail();
  const cases: Readonly<Record<string, Case>> = {
    'TorchScript with a model file': {
      base: eager,
      files: { 'net.pth': torchScriptZip() },
      code: 'torchscript-with-model-file',
      message: /brings its code along/,
      later: /RecursiveScriptModule/,
      at: 'modelFile',
    },
    'a state_dict without a model file, .pth': {
      base: eager,
      spec: { modelFile: undefined },
      code: 'state-dict-without-model-file',
      message: /no modelFile/,
      later: /No model weights/,
      at: 'weights',
    },
    'a state_dict without a model file, .pt': {
      base: script,
      files: { 'net.pt': torchZip(pickles.stateDict) },
      code: 'state-dict-without-model-file',
      message: /net\.pt/,
      later: /constants\.pkl/,
      at: 'weights',
    },
    'a whole module': {
      base: eager,
      files: { 'net.pth': torchZip(pickles.wholeModule) },
      code: 'pickled-module',
      message: /ResNet/,
      later: /dict-like.*ResNet/,
      at: 'weights',
    },
    'a hostile pickle': {
      base: eager,
      files: { 'net.pth': torchZip(hostile) },
      code: 'hostile-pickle',
      message: /posix\.system/,
      later: /would call posix\.system/,
      at: 'weights',
    },
    'a hostile pickle for a handler of its own': {
      base: script,
      files: { 'net.pt': hostile, 'h.py': 'def handle(d, c): pass\n' },
      spec: { handler: 'h.py' },
      code: 'hostile-pickle',
      message: /posix\.system/,
    },
    'a checkpoint': {
      base: eager,
      files: { 'net.pth': torchZip(pickles.checkpoint) },
      code: 'weights-unsupported',
      message: /image_classifier does not load.*checkpoint.*"model"/,
      at: 'handler',
    },
    'cut off': {
      base: eager,
      files: { 'net.pth': torchZip(pickles.stateDict).subarray(0, 100) },
      code: 'weights-unreadable',
      message: /Copy or download it again/,
      later: /central directory/,
      at: 'weights',
    },
    empty: { base: eager, files: { 'net.pth': '' }, code: 'weights-unreadable', message: /0 bytes/ },
    'a git-LFS pointer': {
      base: graph,
      files: { 'net.onnx': 'version https://git-lfs.github.com/spec/v1\nsize 12\n' },
      code: 'weights-unreadable',
      message: /git lfs pull/,
      later: /Protobuf/,
    },
    'safetensors for a built-in handler': {
      base: eager,
      files: { 'net.safetensors': safetensors() },
      spec: { weights: 'net.safetensors' },
      code: 'weights-unsupported',
      message: /image_classifier does not load net\.safetensors/,
      later: /UnpicklingError/,
      at: 'handler',
    },
    'safetensors without a model file': {
      base: script,
      files: { 'net.safetensors': safetensors() },
      spec: { weights: 'net.safetensors' },
      code: 'state-dict-without-model-file',
      message: /no code/,
      at: 'weights',
    },
    'ONNX for the generated handler of PyTorch': {
      base: graph,
      spec: { handler: 'model-deck:image-classifier', preprocessing: undefined },
      code: 'generated-handler-needs-pytorch',
      message: /net\.onnx is an ONNX graph/,
      at: 'handler',
    },
    'ONNX for a built-in handler': {
      base: graph,
      spec: { handler: 'image_segmenter', preprocessing: undefined },
      code: 'onnx-with-built-in-handler',
      message: /image_segmenter calls PyTorch/,
      later: /not callable/,
      at: 'handler',
    },
    'ONNX that is called .pth': {
      base: graph,
      files: { 'net.pth': onnx() },
      spec: { weights: 'net.pth' },
      code: 'weights-ending',
      message: /ONNX graph/,
      severity: 'warning',
      at: 'weights',
    },
    'ONNX with a model file': {
      base: graph,
      files: { 'model.py': model },
      spec: { modelFile: 'model.py' },
      code: 'onnx-with-model-file',
      message: /never read/,
      severity: 'warning',
      at: 'modelFile',
    },
    'ONNX without its data file': {
      base: graph,
      files: { 'net.onnx': onnx({ externalFile: 'net.data' }) },
      code: 'onnx-external-data',
      message: /net\.data/,
      at: 'weights',
    },
    'ONNX with a data file that is cut off': {
      base: graph,
      files: { 'net.onnx': onnx({ externalFile: 'net.data', externalBytes: 64 }), 'net.data': 'x' },
      code: 'onnx-external-data-cut-off',
      message: /has 1 bytes, and the graph reads up to byte 64/,
      at: 'weights',
    },
    'ONNX with a data file that git-lfs has not fetched': {
      base: graph,
      files: {
        'net.onnx': onnx({ externalFile: 'net.data', externalBytes: 64 }),
        'net.data': lfsPointer(64),
      },
      code: 'onnx-external-data-pointer',
      message: /git-LFS pointer/,
      at: 'weights',
    },
    'ONNX with a data file outside its folder': {
      base: graph,
      files: { 'net.onnx': onnx({ externalFile: '../net.data' }) },
      code: 'onnx-external-data',
      message: /outside its folder/,
      at: 'weights',
    },
    'TorchScript for the generated handler': {
      base: graph,
      files: { 'net.pt': torchScriptZip() },
      spec: { weights: 'net.pt' },
      code: 'generated-handler-needs-onnx',
      message: /TorchScript/,
      at: 'handler',
    },
    'a state_dict for the generated handler': {
      base: graph,
      files: { 'net.pth': torchZip(pickles.stateDict) },
      spec: { weights: 'net.pth' },
      code: 'generated-handler-needs-onnx',
      message: /state_dict/,
      at: 'handler',
    },
    none: {
      base: script,
      spec: { weights: undefined },
      code: 'weights-missing',
      message: /none are named/,
      later: /endswith/,
      at: 'handler',
    },
    missing: { base: script, spec: { weights: 'gone.pt' }, code: 'file-missing', message: /gone\.pt/, at: 'weights' },
    'other ones than the spec means': {
      base: script,
      spec: { provenance: { sha256: 'f'.repeat(64) } },
      code: 'weights-changed',
      message: new RegExp(createHash('sha256').update(torchScriptZip()).digest('hex')),
      at: 'sha256',
    },
  };
  for (const [what, bad] of Object.entries(cases)) it(what, () => expectFinding(bad));
});

describe('checkPackage: preprocessing', () => {
  const changed = (change: Partial<NonNullable<ModelSpec['preprocessing']>>): NonNullable<Case['spec']> => ({
    preprocessing: { ...graph.spec.preprocessing, ...change },
  });
  const cases: Readonly<Record<string, Case>> = {
    none: {
      base: graph,
      spec: { preprocessing: undefined },
      code: 'input-missing',
      message: /how an image is prepared/,
    },
    'the other layout': {
      base: graph,
      spec: changed({ layout: 'NHWC' }),
      code: 'input-layout',
      message: /NHWC.*\[batch, 3, 224, 224\]/,
      later: /invalid dimensions/,
      at: 'layout',
    },
    'another size': {
      base: graph,
      spec: changed({ crop: 192 }),
      code: 'input-size',
      message: /192/,
      at: 'crop',
    },
    'an input that is not there': {
      base: graph,
      spec: changed({ inputName: 'pixels' }),
      code: 'input-name',
      message: /no input pixels/,
      later: /pixels/,
      at: 'inputName',
    },
    'a crop larger than the image': {
      base: graph,
      spec: changed({ resize: 200 }),
      code: 'input-border',
      message: /black borders/,
      severity: 'warning',
      at: 'crop',
    },
    'a graph of text': {
      base: graph,
      files: { 'net.onnx': onnx({ input: [1, 128] }) },
      code: 'onnx-input-not-image',
      message: /\[1, 128\]/,
    },
    'a graph of grey images': {
      base: graph,
      files: { 'net.onnx': onnx({ input: [1, 1, 28, 28] }) },
      code: 'input-size',
      message: /\[1, 1, 28, 28\]/,
      also: ['input-colour'],
    },
    'a graph with two inputs': {
      base: graph,
      files: { 'net.onnx': onnx({ secondInput: true }) },
      code: 'onnx-input-not-image',
      message: /2 inputs/,
    },
    'a graph that takes eight images': {
      base: graph,
      files: { 'net.onnx': onnx({ input: [8, 3, 224, 224] }) },
      code: 'onnx-fixed-batch',
      message: /8 images at once/,
    },
  };
  for (const [what, bad] of Object.entries(cases)) it(what, () => expectFinding(bad));
});

import type { Files } from '../../writeFiles.ts';
import { reshaped, tensorsOf, withClasses, withPrefix } from '../architectures/torchvisionTensors.ts';
import { legacyTorch, lfsPointer, pickles, torchScriptZip, torchZip, zip } from '../detectFixtures.ts';
import { checkpointFile, foreignObject, pickledDict, safetensorsFile, stateDictFile } from '../torchFixtures.ts';
import { graphFile } from './graphFile.ts';
import { casesOf, json, type ReaderCase, type Right } from './readerCase.ts';

/** Without what only the generated handlers read. */
const bare = { input: undefined, output: undefined, origins: undefined };

const resnet = withClasses(tensorsOf('resnet18'), 'fc', 4);
const withFirstLayer = (changed: readonly number[]): typeof resnet =>
  reshaped(resnet, ({ key, shape }) => (key === 'conv1.weight' ? changed : shape));
const known: Right = {
  spec: { architecture: { name: 'resnet18', classes: 4 }, handler: 'model-deck:image-classifier' },
  output: { classes: 4 },
};

const saved = (what: string, files: Files, right: Right = known): ReaderCase => ({
  kind: 'a network of torchvision without a class',
  what,
  files,
  right,
});
const wrapped = (what: string, tensors: typeof resnet): ReaderCase =>
  saved(what, { 'model.pth': stateDictFile(tensors) });

const networks: readonly ReaderCase[] = [
  wrapped('as it is', resnet),
  wrapped('behind module.', withPrefix(resnet, 'module.')),
  wrapped('behind _orig_mod.', withPrefix(resnet, '_orig_mod.')),
  wrapped('behind module._orig_mod.', withPrefix(resnet, 'module._orig_mod.')),
  wrapped('behind model.', withPrefix(resnet, 'model.')),
  wrapped('behind net.backbone.', withPrefix(resnet, 'net.backbone.')),
  wrapped(
    'without what a batch norm counts',
    resnet.filter(({ key }) => !key.endsWith('num_batches_tracked')),
  ),
  saved('as safetensors', { 'model.safetensors': safetensorsFile(resnet) }),
  saved('as pytorch_model.bin', { 'pytorch_model.bin': stateDictFile(resnet) }),
  saved('in a checkpoint, as state_dict', {
    'checkpoint.pth.tar': checkpointFile({ epoch: 'K\x03', state_dict: pickledDict(resnet) }),
  }),
  saved('in a checkpoint, as model_state_dict', {
    'last.ckpt': checkpointFile({ model_state_dict: pickledDict(resnet) }),
  }),
  saved('in a checkpoint, as model', { 'model.pt': checkpointFile({ model: pickledDict(resnet) }) }),
  saved('in a checkpoint, as net', { 'model.pt': checkpointFile({ net: pickledDict(resnet) }) }),
  saved('in a checkpoint beside its averages', {
    'model.pt': checkpointFile({ state_dict_ema: pickledDict(resnet), state_dict: pickledDict(resnet) }),
  }),
  saved('in a checkpoint beside an optimizer', {
    'model.pt': checkpointFile({
      optimizer: pickledDict([{ key: 'momentum', shape: [4], type: 'float32' }]),
      state_dict: pickledDict(resnet),
    }),
  }),
  saved('in a checkpoint beside the arguments of its program', {
    'model.pt': checkpointFile({ args: foreignObject, state_dict: pickledDict(resnet) }),
  }),
  saved('of Lightning, behind model. in state_dict', {
    'epoch=9-step=100.ckpt': checkpointFile({
      state_dict: pickledDict(withPrefix(resnet, 'model.')),
      'pytorch-lightning_version': '\x8c\x032.1',
    }),
  }),
  saved(
    'with labels beside it',
    { 'model.pth': stateDictFile(resnet), 'labels.txt': 'a\nb\nc\nd\n' },
    { ...known, labels: { file: 'labels.txt', names: ['a', 'b', 'c', 'd'] } },
  ),
  saved(
    'three folders down',
    { 'outputs/run 1/weights/best.pth': stateDictFile(resnet) },
    { ...known, weights: 'outputs/run 1/weights/best.pth' },
  ),
  saved(
    'with one channel',
    {
      'model.pth': stateDictFile(withFirstLayer([64, 1, 7, 7])),
    },
    { input: { colour: 'grey' }, origins: { 'input.colour': 'model.pth' } },
  ),
  saved(
    'with two channels, which no picture has',
    {
      'model.pth': stateDictFile(withFirstLayer([64, 2, 7, 7])),
    },
    { refused: true, says: /resnet18 with 4 classes, for pictures of 2 channels/ },
  ),
  saved(
    'changed for small pictures',
    {
      'model.pth': stateDictFile(withFirstLayer([64, 3, 3, 3])),
    },
    { refused: true, says: /named as in torchvision's ResNet/ },
  ),
];

const other = (what: string, files: Files, says: RegExp, more: Partial<Right> = {}): ReaderCase => ({
  kind: 'weights of another library',
  what,
  files,
  right: { refused: true, says, ...more },
});
const vit = [{ key: 'vit.embeddings.cls_token', shape: [1, 1, 8], type: 'float32' }];
const hf = json({ 'config.json': { architectures: ['ViTForImageClassification'], model_type: 'vit' } });
const blocks = [
  { key: 'patch_embed.proj.weight', shape: [8, 3, 2, 2], type: 'float32' },
  { key: 'blocks.0.attn.qkv.weight', shape: [24, 8], type: 'float32' },
];
const pickledObject = (module: string, name: string): Buffer =>
  torchZip(Buffer.from(`\x80\x02c${module}\n${name}\n)\x81}b.`, 'latin1'));

const libraries: readonly ReaderCase[] = [
  other(
    'safetensors of transformers with config.json',
    { 'model.safetensors': safetensorsFile(vit), ...hf },
    /config\.json names the network ViTForImageClassification of transformers.*pip install "optimum-onnx\[onnxruntime\]", then optimum-cli export onnx --model \. --task image-classification onnx\. Then package onnx/,
  ),
  other(
    'pytorch_model.bin of transformers',
    { 'pytorch_model.bin': stateDictFile(vit), ...hf },
    /optimum-cli export onnx --model \. /,
  ),
  other(
    'in a folder of its own, beside an export',
    {
      'vit/model.safetensors': safetensorsFile(vit),
      'vit/config.json': hf['config.json'] ?? '',
      'vit/onnx/readme.txt': 'x',
    },
    /optimum-cli export onnx --model vit --task image-classification vit\/onnx-2\. Then package vit\/onnx-2/,
  ),
  other(
    'transformers by the keys alone',
    { 'model.safetensors': safetensorsFile(vit) },
    /ViTForImageClassification.*optimum-cli/,
  ),
  other(
    'timm with config.json',
    {
      'model.safetensors': safetensorsFile(blocks),
      ...json({
        'config.json': {
          architecture: 'vit_tiny_patch16_224',
          num_classes: 5,
          pretrained_cfg: { input_size: [3, 384, 384] },
        },
      }),
    },
    /timm\.create_model\("vit_tiny_patch16_224", num_classes=5, checkpoint_path="model\.safetensors"\)\.eval\(\), torch\.zeros\(1, 3, 384, 384\), "model\.onnx"/,
  ),
  other(
    'timm by the keys alone, beside a file of the name',
    { 'model.pth': stateDictFile(blocks), 'model.onnx': 'x' },
    /timm's VisionTransformer.*"model-2\.onnx"/,
  ),
  other(
    'a whole YOLO',
    { 'best.pt': pickledObject('ultralytics.nn.tasks', 'ClassificationModel') },
    /yolo export model=best\.pt format=onnx\. Then package best\.onnx/,
  ),
  {
    kind: 'weights of another library',
    what: 'a whole YOLO beside its export, which the command would write over',
    files: { 'best.pt': pickledObject('ultralytics.nn.tasks', 'ClassificationModel'), 'best.onnx': graphFile() },
    right: {
      weights: 'best.onnx',
      says: /best\.onnx lies beside it, .*: package that/,
      saysNot: /Run in the model folder: yolo/,
    },
  },
  other(
    'a learner of fastai',
    { 'export.pkl': pickledObject('fastai.learner', 'Learner') },
    /load_learner\("export\.pkl"\).*learn\.dls\.vocab/,
  ),
  other(
    "a whole module of torchvision, without a file's name to write over",
    { 'model.pth': torchZip(pickles.wholeModule) },
    /torchvision\.models\.resnet\.ResNet.*under another name/,
  ),
  other(
    'a MONAI bundle with its weights alone',
    {
      'models/model.pt': stateDictFile([{ key: 'a.weight', shape: [2, 2], type: 'float32' }]),
      'configs/inference.json': '{}',
      'configs/metadata.json': JSON.stringify({ network_data_format: { inputs: {}, outputs: {} } }),
    },
    /configs\/metadata\.json describes a network of MONAI.*monai\.bundle onnx_export network_def --config_file configs\/inference\.json --ckpt_file models\/model\.pt --filepath models\/model\.onnx/,
    { saysNot: /filepath models\/model\.pt/ },
  ),
];

const kinds = (
  what: string,
  file: string,
  content: Buffer,
  kind: NonNullable<Right['kinds']>[string],
  right: Partial<Right> = {},
): ReaderCase => ({
  kind: 'what a file is, whatever its ending',
  what,
  files: { [file]: content },
  right: { refused: true, ...right, kinds: { [file]: kind } },
});
const whatever: readonly ReaderCase[] = [
  kinds('TorchScript as .pth', 'model.pth', torchScriptZip(), 'torchscript', { refused: undefined }),
  kinds('TorchScript as .ts', 'model.ts', torchScriptZip(), 'torchscript', { refused: undefined }),
  kinds('TorchScript as .torchscript', 'best.torchscript', torchScriptZip(), 'torchscript', { refused: undefined }),
  kinds('ONNX as .bin', 'model.bin', graphFile(), 'onnx', { refused: undefined, findings: ['weights-ending'] }),
  kinds('a web page as .onnx', 'model.onnx', Buffer.from('<!DOCTYPE html><html>'), 'unreadable', { says: /web page/ }),
  kinds('a pointer of git-lfs as .onnx', 'model.onnx', Buffer.from(lfsPointer(99)), 'unreadable', {
    says: /99 bytes.*git lfs pull/,
  }),
  kinds('an empty file as .pth', 'model.pth', Buffer.alloc(0), 'unreadable', { says: /empty/ }),
  kinds('a cut-off graph', 'model.onnx', graphFile().subarray(0, 60), 'unreadable', { says: /cut off/ }),
  kinds('a cut-off safetensors', 'model.safetensors', safetensorsFile(resnet).subarray(0, 5000), 'unreadable', {
    says: /cut off/,
  }),
  kinds('a checkpoint of before 2020', 'model.pth', legacyTorch(pickles.stateDict), 'eager-state-dict', {
    says: /Python file of its class/,
  }),
  kinds(
    'a program of torch.export',
    'model.pt2',
    zip([
      ['model/archive_format', Buffer.from('pt2')],
      ['model/models/model.json', Buffer.from('{}')],
      ['model/version', Buffer.from('1')],
    ]),
    'unknown',
    { says: /torch\.export|ZIP without a model/ },
  ),
  kinds('HDF5 of Keras', 'model.h5', Buffer.from('\x89HDF\r\n\x1a\n0123456789', 'latin1'), 'keras', {
    says: /ONNX \(tf2onnx\)/,
  }),
  kinds('a single tensor', 'model.pt', torchZip(pickles.tensor), 'unknown', { says: /single tensor/ }),
];

const deep = casesOf('where weights lie');
const net = graphFile();
const thousands: Files = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`data/${index}.jpg`, '']));
const places: readonly ReaderCase[] = [
  deep(
    'four folders down',
    { 'runs/classify/train/weights/best.onnx': net },
    { weights: 'runs/classify/train/weights/best.onnx' },
  ),
  deep(
    'behind names with spaces and umlauts',
    { 'Meine Läufe/Nr 1/Netz ü.onnx': net },
    { weights: 'Meine Läufe/Nr 1/Netz ü.onnx' },
  ),
  deep('seven folders down, which is said', { 'a/b/c/d/e/f/g/net.onnx': net }, { refused: true }),
  deep('beside thousands of pictures', { ...thousands, 'z/net.onnx': net }, { weights: 'z/net.onnx' }),
  deep(
    'in an environment of Python, which is none of the model',
    { 'venv/pyvenv.cfg': '', 'venv/net.onnx': net },
    { refused: true },
  ),
  deep('in a hidden folder', { '.cache/net.onnx': net }, { refused: true }),
];

const net5 = (classes: number): string => `import torch.nn as nn


class Net(nn.Module):
    def __init__(self, classes=${classes}):
        super().__init__()
        self.fc = nn.Linear(4, classes)
`;
const small = stateDictFile([
  { key: 'fc.weight', shape: [5, 4], type: 'float32' },
  { key: 'fc.bias', shape: [5], type: 'float32' },
]);
const handler = 'def handle(data, context):\n    return data\n';
const beside = casesOf('what goes along');
const companions: readonly ReaderCase[] = [
  beside(
    'requirements.txt, not requirements-dev.txt',
    {
      'model.pt': torchScriptZip(),
      'handler.py': handler,
      'requirements-dev.txt': 'pytest\n',
      'requirements.txt': 'pillow\n',
    },
    { spec: { requirements: 'requirements.txt', handler: 'handler.py' } },
  ),
  beside(
    'requirements.txt in a folder, not requirements-dev.txt at the top',
    {
      'model.pt': torchScriptZip(),
      'handler.py': handler,
      'requirements-dev.txt': 'pytest\n',
      'serve/requirements.txt': 'pillow\n',
    },
    { spec: { requirements: 'serve/requirements.txt' } },
  ),
  beside(
    'the module that a network imports',
    { 'model.pth': small, 'model.py': `from layers import Layer\n${net5(5)}`, 'layers.py': 'class Layer: pass\n' },
    { spec: { modelFile: 'model.py', extraFiles: ['layers.py'] } },
  ),
  beside(
    'a handler that is a function of another name',
    { 'model.pth': small, 'model.py': net5(5), 'handler.py': 'def answer(data, context):\n    return data\n' },
    { change: { handler: 'handler.py:answer', ...bare } },
  ),
  beside(
    'a handler that is named as a class',
    {
      'model.pth': small,
      'model.py': net5(5),
      'handler.py': 'class Mine:\n    def handle(self, data, context):\n        return data\n',
    },
    {
      change: { handler: 'handler.py:Mine', ...bare },
      findings: ['handler-names-class'],
      says: /handler\.py without :Mine/,
    },
  ),
  beside(
    'a handler with a name that it does not have',
    { 'model.pth': small, 'model.py': net5(5), 'handler.py': handler },
    { change: { handler: 'handler.py:answer', ...bare }, findings: ['handler-function-not-found'] },
  ),
  beside(
    'two classes in a handler and no function',
    {
      'model.pth': small,
      'model.py': net5(5),
      'handler.py': 'class A:\n    def handle(self, data, context): pass\n\n\nclass B:\n    pass\n',
    },
    { change: { handler: 'handler.py', ...bare }, findings: ['handler-entry-point'] },
  ),
  beside(
    'a MONAI bundle as TorchScript: its metadata, and nothing to write over',
    {
      'models/model.ts': torchScriptZip(),
      'models/model.pt': small,
      'configs/metadata.json': JSON.stringify({
        network_data_format: {
          inputs: { image: { num_channels: 1, spatial_shape: [96, 96] } },
          outputs: { pred: { channel_def: { 0: 'healthy', 1: 'ill' } } },
        },
      }),
      'scripts/__init__.py': '',
    },
    {
      weights: 'models/model.ts',
      input: { colour: 'grey', width: 96 },
      origins: { 'input.width': 'configs/metadata.json', 'output.classes': 'configs/metadata.json' },
      labels: { file: 'configs/metadata.json', names: ['healthy', 'ill'] },
      saysNot: /"models\/model\.pt"|filepath models\/model\.(pt|ts)/,
    },
  ),
];

export const weightCases: readonly ReaderCase[] = [...networks, ...libraries, ...whatever, ...places, ...companions];

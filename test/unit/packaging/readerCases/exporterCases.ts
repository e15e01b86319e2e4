import { torchZip } from '../detectFixtures.ts';
import { graphFile, picture, scores, type GraphFile } from './graphFile.ts';
import { casesOf, json, type ReaderCase, type Right } from './readerCase.ts';

const half = [0.5, 0.5, 0.5];

/** A configuration of timm beside a graph. */
const timmCase = (what: string, config: object, right: Right, size = 224): ReaderCase => ({
  kind: 'timm',
  what,
  files: { 'model.onnx': graphFile({ inputs: [picture(['n', 3, size, size])] }), ...json({ 'config.json': config }) },
  right,
});
const cfg = { input_size: [3, 224, 224], mean: half, std: half, interpolation: 'bicubic' };
const timm: readonly ReaderCase[] = [
  timmCase(
    'with labels',
    { architecture: 'vit', num_classes: 3, label_names: ['cat', 'dog', 'owl'], pretrained_cfg: cfg },
    {
      input: { mean: half, std: half, interpolation: 'bicubic', resize: { method: 'shorter-side', length: 256 } },
      origins: { 'input.mean': 'config.json', 'input.interpolation': 'config.json' },
      labels: { file: 'config.json', names: ['cat', 'dog', 'owl'] },
    },
  ),
  timmCase(
    'the whole picture',
    { architecture: 'vit', pretrained_cfg: { ...cfg, crop_pct: 1 } },
    { input: { resize: { method: 'shorter-side', length: 224 } } },
  ),
  timmCase(
    '95 per cent of it',
    { architecture: 'vit', pretrained_cfg: { ...cfg, crop_pct: 0.95 } },
    { input: { resize: { method: 'shorter-side', length: 235 } } },
  ),
  timmCase(
    'squashed',
    { architecture: 'vit', pretrained_cfg: { ...cfg, crop_pct: 1, crop_mode: 'squash' } },
    { input: { resize: { method: 'exact', width: 224, height: 224 } } },
  ),
  timmCase(
    'with a border',
    { architecture: 'vit', pretrained_cfg: { ...cfg, crop_pct: 1, crop_mode: 'border' } },
    { input: { resize: { method: 'letterbox', fill: 0 } } },
  ),
  timmCase(
    'an old file, with everything at its top',
    { architecture: 'resnet18', num_classes: 3, ...cfg, interpolation: 'bilinear' },
    { input: { mean: half, interpolation: 'bilinear' } },
  ),
  timmCase(
    'a filter drawn by lot',
    { architecture: 'vit', pretrained_cfg: { ...cfg, interpolation: 'random' } },
    { assumed: ['input.interpolation'] },
  ),
  timmCase(
    'exported for another size than it was trained with',
    { architecture: 'vit', pretrained_cfg: cfg },
    { input: { width: 448, mean: half }, assumed: ['input.resize'] },
    448,
  ),
  timmCase(
    'the classes of the fine-tuning, not of the pretraining',
    { architecture: 'vit', num_classes: 3, pretrained_cfg: { ...cfg, num_classes: 1000 } },
    { output: { classes: 3 } },
  ),
  timmCase(
    'labels with their descriptions',
    {
      architecture: 'vit',
      label_names: ['n1', 'n2', 'n3'],
      label_descriptions: { n1: 'cat', n2: 'dog', n3: 'owl' },
      pretrained_cfg: cfg,
    },
    { labels: { names: ['cat', 'dog', 'owl'] } },
  ),
];

/** A graph with metadata alone in its folder. */
const metadata =
  (kind: string) =>
  (what: string, entries: Readonly<Record<string, string>>, right: Right, graph: GraphFile = {}): ReaderCase => ({
    kind,
    what,
    files: { 'best.onnx': graphFile({ inputs: [picture([1, 3, 96, 96])], ...graph, metadata: entries }) },
    right,
  });
const yolo = metadata('Ultralytics');
const yoloData = {
  author: 'Ultralytics',
  description: 'Ultralytics YOLOv8n-cls model',
  task: 'classify',
  imgsz: '[96, 96]',
  stride: '1',
  names: "{0: 'cat', 1: 'dog', 2: 'owl'}",
};
const plain = {
  mean: [0, 0, 0],
  std: [1, 1, 1],
  range: '0..1',
  width: 96,
  resize: { method: 'shorter-side', length: 96 },
} as const;
const ultralytics: readonly ReaderCase[] = [
  yolo('a classifier', yoloData, {
    input: plain,
    origins: { 'input.mean': 'graph', 'input.resize': 'graph' },
    labels: { file: 'best.onnx', names: ['cat', 'dog', 'owl'] },
  }),
  yolo(
    'names as JSON',
    { ...yoloData, names: '{"0": "cat", "1": "dog", "2": "owl"}' },
    { labels: { names: ['cat', 'dog', 'owl'] } },
  ),
  yolo(
    'names with an apostrophe',
    { ...yoloData, names: `{0: "crow's nest", 1: 'dog', 2: 'owl'}` },
    { labels: { names: ["crow's nest", 'dog', 'owl'] } },
  ),
  yolo(
    'half precision',
    yoloData,
    { input: { ...plain, type: 'float16' } },
    { inputs: [picture([1, 3, 96, 96], 'float16')] },
  ),
  ...(['detect', 'segment', 'pose', 'obb'] as const).map((task) =>
    yolo(`the task ${task}`, { ...yoloData, task }, { refused: true, says: new RegExp(`"${task}"`) }),
  ),
  {
    kind: 'Ultralytics',
    what: 'a run four folders down, with its args.yaml',
    files: {
      'runs/classify/train/weights/best.onnx': graphFile({ inputs: [picture([1, 3, 96, 96])] }),
      'runs/classify/train/args.yaml': 'task: classify\nimgsz: 96\n',
    },
    right: {
      weights: 'runs/classify/train/weights/best.onnx',
      input: plain,
      origins: { 'input.mean': 'runs/classify/train/args.yaml' },
    },
  },
  {
    kind: 'Ultralytics',
    what: 'the weights of training, a whole object',
    files: { 'weights/best.pt': wholeYolo() },
    right: {
      refused: true,
      kinds: { 'weights/best.pt': 'pickled-module' },
      says: /yolo export model=weights\/best\.pt format=onnx\. Then package weights\/best\.onnx/,
    },
  },
];

const own = metadata('what an author wrote into the file');
const authors: readonly ReaderCase[] = [
  own(
    'one mean for all channels',
    { mean: '0.5', std: '0.25' },
    { input: { colour: 'rgb', mean: half, std: [0.25, 0.25, 0.25] } },
  ),
  own(
    'mean and std as lists',
    { mean: '[0.5, 0.5, 0.5]', std: '[0.25, 0.25, 0.25]' },
    { input: { mean: half, std: [0.25, 0.25, 0.25], range: '0..1' }, origins: { 'input.mean': 'graph' } },
  ),
  own(
    'mean and std as numbers between commas',
    { image_mean: '0.5, 0.5, 0.5', image_std: '0.5,0.5,0.5' },
    { input: { mean: half, std: half } },
  ),
  own(
    'a mean in pixels',
    { mean: '[123.7, 116.3, 103.5]', std: '[58.4, 57.1, 57.4]' },
    { input: { range: '0..255', mean: [123.7, 116.3, 103.5] } },
  ),
  own(
    'the order of colours',
    { color_format: 'BGR' },
    { input: { colour: 'bgr' }, origins: { 'input.colour': 'graph' } },
  ),
  own(
    'class names as a JSON list',
    { class_names: '["cat", "dog", "owl"]' },
    { labels: { file: 'best.onnx', names: ['cat', 'dog', 'owl'] } },
  ),
  own(
    'class names between commas',
    { classes: 'cat, dog, owl' },
    { labels: { file: 'best.onnx', names: ['cat', 'dog', 'owl'] } },
  ),
  own(
    'a description with mean and std',
    {},
    { input: { mean: half, std: half } },
    { doc: 'Input is RGB, mean=[0.5, 0.5, 0.5], std=[0.5, 0.5, 0.5].' },
  ),
  own(
    'keys that are no settings',
    { __proto__: 'x', author: 'me', mean: 'of all' },
    {
      assumed: ['input.mean'],
    },
  ),
];

const vision = casesOf('Custom Vision and Windows ML');
const customVision: readonly ReaderCase[] = [
  vision(
    'blue first, pixels as they are, by the metadata of the graph',
    {
      'model.onnx': graphFile({
        metadata: { 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'NominalRange_0_255' },
      }),
      'labels.txt': 'cat\ndog\nowl\n',
    },
    {
      input: { colour: 'bgr', range: '0..255', mean: [0, 0, 0], std: [1, 1, 1] },
      origins: { 'input.colour': 'graph', 'input.range': 'graph' },
      labels: { file: 'labels.txt', names: ['cat', 'dog', 'owl'] },
    },
  ),
  vision(
    'by metadata_properties.json',
    {
      'model.onnx': graphFile(),
      'metadata_properties.json': JSON.stringify({
        'Image.BitmapPixelFormat': 'Rgb8',
        'Image.NominalPixelRange': 'Normalized_0_1',
      }),
    },
    {
      input: { colour: 'rgb', range: '0..1', mean: [0, 0, 0] },
      origins: { 'input.colour': 'metadata_properties.json' },
    },
  ),
  vision(
    'from -1 to 1',
    { 'model.onnx': graphFile({ metadata: { 'Image.NominalPixelRange': 'Normalized_1_1' } }) },
    { input: { range: '-1..1', mean: [0, 0, 0] } },
  ),
];

const keras = (what: string, graph: GraphFile, right: Right): ReaderCase => ({
  kind: 'Keras by tf2onnx',
  what,
  files: { 'model.onnx': graphFile({ producer: 'tf2onnx', inputs: [picture(['unk__1', 224, 224, 3])], ...graph }) },
  right,
});
const kerasCases: readonly ReaderCase[] = [
  keras(
    'pixels as they are, marked as assumed',
    {},
    {
      input: { layout: 'NHWC', range: '0..255', mean: [0, 0, 0] },
      origins: { 'input.layout': 'graph' },
      assumed: ['input.range'],
    },
  ),
  keras(
    'one grey picture of 28 pixels',
    { inputs: [picture(['n', 28, 28, 1])] },
    { input: { colour: 'grey', layout: 'NHWC', range: '0..255', mean: [0] } },
  ),
];

const bundle = casesOf('MONAI bundle');
const description = {
  network_data_format: {
    inputs: { image: { num_channels: 1, spatial_shape: [96, 64], value_range: [0, 1] } },
    outputs: { pred: { num_channels: 2, channel_def: { 0: 'healthy', 1: 'ill' } } },
  },
};
const monai: readonly ReaderCase[] = [
  bundle(
    'its graph takes what metadata.json describes',
    {
      'models/model.onnx': graphFile({ inputs: [picture(['n', 1, 'h', 'w'])], outputs: [scores(['n', 2])] }),
      'configs/metadata.json': JSON.stringify(description),
    },
    {
      input: { colour: 'grey', height: 96, width: 64, range: '0..1', mean: [0] },
      origins: { 'input.width': 'configs/metadata.json' },
      labels: { file: 'configs/metadata.json', names: ['healthy', 'ill'] },
    },
  ),
];

export const exporterCases: readonly ReaderCase[] = [
  ...timm,
  ...ultralytics,
  ...authors,
  ...customVision,
  ...kerasCases,
  ...monai,
];

/** As `torch.save` writes a model of Ultralytics. */
function wholeYolo(): Buffer {
  return torchZip(Buffer.from('\x80\x02cultralytics.nn.tasks\nClassificationModel\n)\x81}b.', 'latin1'));
}

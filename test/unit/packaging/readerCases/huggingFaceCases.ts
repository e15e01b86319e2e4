import { graphFile, picture, scores, type GraphFile } from './graphFile.ts';
import { json, type ReaderCase, type Right } from './readerCase.ts';

const free = graphFile({ inputs: [picture(['n', 3, 'h', 'w'])] });
const half = [0.5, 0.5, 0.5];
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

const id2label = { 0: 'cat', 1: 'dog', 2: 'owl' };
const vitConfig = { architectures: ['ViTForImageClassification'], model_type: 'vit', id2label };

/** A processor of transformers beside a graph of free size. */
const processor = (what: string, steps: object, right: Right, config: object = vitConfig): ReaderCase => ({
  kind: 'Hugging Face',
  what,
  files: { 'model.onnx': free, ...json({ 'config.json': config, 'preprocessor_config.json': steps }) },
  right,
});
const configured = (what: string, config: object, right: Right, graph: GraphFile = {}): ReaderCase => ({
  kind: 'Hugging Face',
  what,
  files: { 'model.onnx': graphFile(graph), ...json({ 'config.json': config }) },
  right,
});
const normal = { image_mean: half, image_std: half };
const said = 'preprocessor_config.json';

export const huggingFaceCases: readonly ReaderCase[] = [
  processor(
    'ViT: both sides, to 384',
    { ...normal, image_processor_type: 'ViTImageProcessor', resample: 2, size: { height: 384, width: 384 } },
    {
      input: {
        resize: { method: 'exact', width: 384, height: 384 },
        width: 384,
        height: 384,
        range: '0..1',
        mean: half,
        std: half,
        interpolation: 'bilinear',
      },
      origins: { 'input.mean': said, 'input.resize': said, 'input.range': said, 'output.meaning': 'config.json' },
      labels: { file: 'config.json', names: ['cat', 'dog', 'owl'] },
    },
  ),
  processor(
    'ViT of before 2023, whose size is one number',
    { ...normal, feature_extractor_type: 'ViTFeatureExtractor', size: 224 },
    { input: { resize: { method: 'exact', width: 224, height: 224 }, width: 224 } },
  ),
  processor(
    'ResNet: the shorter side, then the middle',
    {
      ...normal,
      image_processor_type: 'BitImageProcessor',
      resample: 3,
      size: { shortest_edge: 256 },
      crop_size: { height: 224, width: 224 },
      do_center_crop: true,
    },
    { input: { resize: { method: 'shorter-side', length: 256 }, width: 224, interpolation: 'bicubic' } },
  ),
  processor(
    'CLIP of before 2023: one number is the shorter side',
    { ...normal, feature_extractor_type: 'CLIPFeatureExtractor', size: 224, crop_size: 224, resample: 3 },
    { input: { resize: { method: 'shorter-side', length: 224 }, width: 224 } },
  ),
  processor(
    'ConvNeXt below 384 crops',
    { ...normal, image_processor_type: 'ConvNextImageProcessor', size: { shortest_edge: 224 }, crop_pct: 0.875 },
    { input: { resize: { method: 'shorter-side', length: 256 }, width: 224 } },
  ),
  processor(
    'ConvNeXt at 384 squashes',
    { ...normal, image_processor_type: 'ConvNextImageProcessor', size: { shortest_edge: 384 } },
    { input: { resize: { method: 'exact', width: 384, height: 384 }, width: 384 } },
  ),
  processor(
    'PoolFormer resizes by its share of the crop',
    {
      ...normal,
      image_processor_type: 'PoolFormerImageProcessor',
      size: { shortest_edge: 224 },
      crop_pct: 0.9,
      crop_size: { height: 224, width: 224 },
    },
    { input: { resize: { method: 'shorter-side', length: 248 }, width: 224 } },
  ),
  processor(
    'LeViT resizes to 256/224 of its size',
    {
      ...normal,
      image_processor_type: 'LevitImageProcessor',
      size: { shortest_edge: 224 },
      crop_size: { height: 224, width: 224 },
    },
    { input: { resize: { method: 'shorter-side', length: 256 }, width: 224 } },
  ),
  processor(
    'DeiT: both sides to 256, then the middle',
    {
      ...normal,
      image_processor_type: 'DeiTImageProcessor',
      resample: 3,
      size: { height: 256, width: 256 },
      do_center_crop: true,
      crop_size: { height: 224, width: 224 },
    },
    { input: { resize: { method: 'exact', width: 256, height: 256 }, width: 224, height: 224 } },
  ),
  processor(
    'EfficientNet: the deviation twice',
    {
      image_mean: imageNet.mean,
      image_std: imageNet.std,
      image_processor_type: 'EfficientNetImageProcessor',
      size: { height: 346, width: 346 },
      do_center_crop: false,
      crop_size: { height: 289, width: 289 },
      include_top: true,
    },
    { input: { width: 346, mean: imageNet.mean, std: imageNet.std.map((value) => value * value) } },
  ),
  processor(
    'a processor that crops nothing',
    { ...normal, size: { shortest_edge: 256 }, do_center_crop: false, crop_size: { height: 224, width: 224 } },
    { input: { resize: { method: 'shorter-side', length: 256 } }, assumed: ['input.width'] },
  ),
  processor(
    'a processor that resizes nothing',
    { ...normal, do_resize: false, crop_size: { height: 96, width: 96 } },
    { input: { resize: { method: 'none' }, width: 96 } },
  ),
  processor(
    'a size that is not square',
    { ...normal, size: { height: 480, width: 640 } },
    { input: { resize: { method: 'exact', width: 640, height: 480 }, width: 640, height: 480 } },
  ),
  processor(
    'without normalisation',
    { do_normalize: false, size: { height: 224, width: 224 } },
    { input: { range: '0..1', mean: [0, 0, 0], std: [1, 1, 1] }, origins: { 'input.mean': said } },
  ),
  processor(
    'without scaling, mean in pixels',
    { do_rescale: false, image_mean: [123, 117, 104], image_std: [58, 57, 57], size: 224 },
    { input: { range: '0..255', mean: [123, 117, 104], std: [58, 57, 57] } },
  ),
  processor(
    'without scaling and normalisation',
    { do_rescale: false, do_normalize: false, size: 224 },
    { input: { range: '0..255', mean: [0, 0, 0], std: [1, 1, 1] } },
  ),
  processor(
    'scaled to -1..1',
    { do_rescale: true, rescale_factor: 1 / 127.5, rescale_offset: true, do_normalize: false, size: 224 },
    { input: { range: '-1..1', mean: [0, 0, 0], std: [1, 1, 1] } },
  ),
  processor(
    'MobileViT: blue first, and no normalisation',
    {
      image_processor_type: 'MobileViTImageProcessor',
      do_flip_channel_order: true,
      size: { shortest_edge: 288 },
      crop_size: { height: 256, width: 256 },
    },
    { input: { colour: 'bgr', mean: [0, 0, 0], width: 256 }, origins: { 'input.colour': said } },
  ),
  processor(
    'each filter of Pillow by its number',
    { ...normal, resample: 1, size: 224 },
    { input: { interpolation: 'lanczos' } },
  ),
  processor(
    'a filter that no contract has',
    { ...normal, resample: 4, size: 224 },
    { assumed: ['input.interpolation'] },
  ),
  processor(
    'a processor without mean and deviation',
    { size: 224 },
    { assumed: ['input.mean', 'input.std', 'input.range'] },
  ),
  processor('a processor that is no JSON object', [1], { assumed: ['input.mean'] }),
  {
    kind: 'Hugging Face',
    what: 'the steps inside processor_config.json, as transformers 5 writes them',
    files: {
      'model.onnx': free,
      ...json({
        'config.json': vitConfig,
        'processor_config.json': { image_processor: { ...normal, size: { height: 96, width: 96 } } },
      }),
    },
    right: { input: { width: 96, mean: half }, origins: { 'input.mean': 'processor_config.json' } },
  },
  {
    kind: 'Hugging Face',
    what: 'the graph in a folder below its configuration, as transformers.js has it',
    files: {
      'onnx/model.onnx': free,
      ...json({ 'config.json': vitConfig, 'preprocessor_config.json': { ...normal, size: 384 } }),
    },
    right: {
      weights: 'onnx/model.onnx',
      input: { width: 384, mean: half },
      labels: { file: 'config.json', names: ['cat', 'dog', 'owl'] },
    },
  },
  configured(
    'several labels at once',
    { ...vitConfig, problem_type: 'multi_label_classification' },
    { output: { meaning: 'multi-label', activation: 'sigmoid' }, origins: { 'output.meaning': 'config.json' } },
  ),
  configured(
    'a regression',
    { ...vitConfig, problem_type: 'regression' },
    { output: { meaning: 'unknown', activation: 'none' } },
  ),
  configured(
    'one label',
    { ...vitConfig, id2label: { 0: 'pneumonia' } },
    { output: { meaning: 'unknown' } },
    { outputs: [scores(['n', 1])] },
  ),
  configured(
    'label numbers that are written as they were saved, out of order',
    { ...vitConfig, id2label: { 2: 'owl', 0: 'cat', 1: 'dog' } },
    { labels: { names: ['cat', 'dog', 'owl'] } },
  ),
  configured(
    'label2id alone',
    { model_type: 'vit', architectures: ['ViTForImageClassification'], label2id: { cat: 0, dog: 1, owl: 2 } },
    { labels: { names: ['cat', 'dog', 'owl'] } },
  ),
  configured(
    'more labels than the graph has numbers',
    { ...vitConfig, id2label: { ...id2label, 3: 'eel' } },
    { findings: ['labels-beyond-classes'], says: /config\.json.*(4|class 3)/ },
  ),
  configured(
    'a grey model',
    { ...vitConfig, num_channels: 1 },
    { input: { colour: 'grey' } },
    { inputs: [picture([1, 1, 28, 28])] },
  ),
];

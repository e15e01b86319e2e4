import { graph } from './graphAlone.ts';
import { beginning, classifier, node, picture, scores, type GraphFile } from './graphFile.ts';
import type { ReaderCase } from './readerCase.ts';

const type = graph('element types');
const types: readonly ReaderCase[] = [
  type(
    '16-bit floats',
    { inputs: [picture(undefined, 'float16')], outputs: [scores(undefined, 'float16')] },
    { input: { type: 'float16' }, origins: { 'input.type': 'graph' } },
  ),
  type(
    'bytes, with the normalisation inside',
    {
      inputs: [picture([1, 224, 224, 3], 'uint8')],
      ...beginning(
        node('Cast', 'image', 'f', { to: 1 }),
        node('Transpose', 'f', 't', { perm: [0, 3, 1, 2] }),
        node('Div', ['t', 'k'], 'ready'),
      ),
    },
    {
      input: { type: 'uint8', layout: 'NHWC', range: '0..255', mean: [0, 0, 0], std: [1, 1, 1] },
      origins: { 'input.range': 'graph' },
    },
  ),
  type(
    'bytes, channels first',
    { inputs: [picture(undefined, 'uint8')] },
    { input: { type: 'uint8', layout: 'NCHW', range: '0..255' } },
  ),
  ...(['float64', 'int8', 'int32', 'int64', 'bfloat16'] as const).map((name) =>
    type(
      `pictures of ${name}`,
      { inputs: [picture(undefined, name)] },
      { refused: true, says: new RegExp(`takes numbers of the type ${name}`) },
    ),
  ),
  type(
    'text instead of a picture',
    { inputs: [{ name: 'image', shape: ['n'], type: 'string' }] },
    { refused: true, says: /type string/ },
  ),
  type(
    'labels as text, as Custom Vision exports them',
    {
      outputs: [
        { name: 'classLabel', shape: ['n', 1], type: 'string' },
        { name: 'loss', shape: [], type: 'sequence' },
      ],
    },
    { refused: true, says: /answers text instead of numbers.*classLabel/ },
  ),
  type(
    'labels as text beside the probabilities as a tensor',
    { outputs: [{ name: 'label', shape: ['n'], type: 'string' }, scores()] },
    { output: { name: 'scores', classes: 3 } },
  ),
];

const shape = graph('shapes of the picture');
const shapes: readonly ReaderCase[] = [
  shape(
    '224 x 320',
    { inputs: [picture([1, 3, 224, 320])] },
    { input: { height: 224, width: 320, batch: 1, layout: 'NCHW' } },
  ),
  shape(
    'a free size',
    { inputs: [picture(['n', 3, 'h', 'w'])] },
    { input: { width: 224, height: 224, layout: 'NCHW' }, assumed: ['input.width', 'input.height'] },
  ),
  shape(
    'a free size, channels last',
    { inputs: [picture(['n', 'h', 'w', 3])] },
    { input: { layout: 'NHWC' }, assumed: ['input.width'] },
  ),
  shape(
    'all free, channels named',
    { inputs: [picture(['n', 'height', 'width', 'channels'])] },
    { input: { layout: 'NHWC' } },
  ),
  shape(
    'all free, and a convolution of three channels',
    { inputs: [picture(['a', 'b', 'c', 'd'])], ...beginning(node('Identity', 'image', 'ready')) },
    { input: { layout: 'NCHW' } },
  ),
  shape(
    'one channel',
    { inputs: [picture([1, 1, 512, 512])] },
    { input: { colour: 'grey', mean: [0], std: [1], width: 512 }, origins: { 'input.colour': 'graph' } },
  ),
  shape(
    'one channel, last',
    { inputs: [picture(['n', 28, 28, 1])] },
    { input: { colour: 'grey', layout: 'NHWC', width: 28 } },
  ),
  shape(
    'four pictures at once',
    { inputs: [picture([4, 3, 224, 224])], outputs: [scores([4, 3])] },
    { input: { batch: 4 }, origins: { 'input.batch': 'graph' } },
  ),
  shape('a batch of one', { inputs: [picture([1, 3, 224, 224])] }, { input: { batch: 1 } }),
  shape(
    'twelve channels of a satellite',
    { inputs: [picture([1, 12, 64, 64])] },
    { refused: true, says: /one or three channels/ },
  ),
  shape(
    'four channels, with transparency',
    { inputs: [picture([1, 4, 224, 224])] },
    { refused: true, says: /one or three channels/ },
  ),
  shape('a volume', { inputs: [picture([1, 1, 64, 64, 64])] }, { refused: true, says: /not a batch of pictures/ }),
  shape(
    'no batch dimension',
    { inputs: [picture([3, 224, 224])] },
    { refused: true, says: /batch dimension in front/ },
  ),
  shape(
    'features instead of a picture',
    { inputs: [picture(['n', 512])] },
    { refused: true, says: /not a batch of pictures/ },
  ),
  shape(
    'two pictures',
    { inputs: [picture(), { name: 'other', shape: ['n', 3, 224, 224] }] },
    { refused: true, says: /has 2 inputs, image .*other/ },
  ),
  shape(
    'no shape at all',
    { inputs: [picture([])] },
    { input: { width: 224 }, assumed: ['input.width', 'input.layout'] },
  ),
];

const inside = graph('normalisation inside the graph');
const values = (...numbers: readonly number[]) => ({ dimensions: [numbers.length], values: numbers });
const constants = (tensors: Readonly<Record<string, readonly number[]>>, file: GraphFile): GraphFile => ({
  ...file,
  tensors: {
    ...file.tensors,
    ...Object.fromEntries(Object.entries(tensors).map(([name, numbers]) => [name, values(...numbers)])),
  },
});
const nothing = { mean: [0, 0, 0], std: [1, 1, 1] };
const insides: readonly ReaderCase[] = [
  inside('divided by 255', constants({ k: [255] }, beginning(node('Div', ['image', 'k'], 'ready'))), {
    input: { range: '0..255', ...nothing },
    origins: { 'input.range': 'graph', 'input.mean': 'graph' },
  }),
  inside('times 1/255', constants({ k: [1 / 255] }, beginning(node('Mul', ['image', 'k'], 'ready'))), {
    input: { range: '0..255', ...nothing },
  }),
  inside(
    'to -1..1 from pixels',
    constants(
      { k: [127.5], one: [1] },
      beginning(node('Div', ['image', 'k'], 'a'), node('Sub', ['a', 'one'], 'ready')),
    ),
    { input: { range: '0..255', ...nothing } },
  ),
  inside(
    "ImageNet's mean and deviation",
    constants(
      { m: [0.485, 0.456, 0.406], s: [0.229, 0.224, 0.225] },
      beginning(node('Sub', ['image', 'm'], 'a'), node('Div', ['a', 's'], 'ready')),
    ),
    { input: { range: '0..1', ...nothing }, origins: { 'input.range': 'graph' } },
  ),
  inside(
    '255 first, then the mean and deviation',
    constants(
      { k: [255], m: [0.485, 0.456, 0.406], s: [0.229, 0.224, 0.225] },
      beginning(node('Div', ['image', 'k'], 'x'), node('Sub', ['x', 'm'], 'a'), node('Div', ['a', 's'], 'ready')),
    ),
    { input: { range: '0..255', ...nothing } },
  ),
  inside(
    "Caffe's mean in pixels",
    constants({ m: [123.68, 116.779, 103.939] }, beginning(node('Sub', ['image', 'm'], 'ready'))),
    { input: { range: '0..255', ...nothing } },
  ),
  inside(
    'a BatchNormalization on the picture',
    constants(
      { g: [1, 1, 1], b: [0, 0, 0], m: [123, 117, 104], v: [3249, 3249, 3249] },
      beginning(node('BatchNormalization', ['image', 'g', 'b', 'm', 'v'], 'ready')),
    ),
    { input: { range: '0..255', ...nothing } },
  ),
  inside(
    'channels turned by Gather',
    constants({ order: [2, 1, 0] }, beginning(node('Gather', ['image', 'order'], 'ready', { axis: 1 }))),
    { input: { colour: 'rgb' }, origins: { 'input.colour': 'graph' } },
  ),
  inside(
    'resized to its size',
    {
      inputs: [picture(['n', 3, 'h', 'w'])],
      ...constants({ sizes: [1, 3, 300, 200] }, beginning(node('Resize', ['image', '', '', 'sizes'], 'ready'))),
    },
    {
      input: { resize: { method: 'exact', width: 200, height: 300 }, width: 200, height: 300 },
      origins: { 'input.width': 'graph' },
    },
  ),
  inside('nothing', beginning(node('Identity', 'image', 'ready')), {
    assumed: ['input.range', 'input.mean', 'input.std', 'input.colour'],
  }),
  inside(
    'a sum that is no normalisation',
    { nodes: [node('Add', ['image', 'image'], 'ready'), ...classifier('ready', 'scores')] },
    { assumed: ['input.range'] },
  ),
];

export const pictureCases: readonly ReaderCase[] = [...types, ...shapes, ...insides];

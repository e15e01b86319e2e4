import {
  beginning,
  classifier,
  ending,
  graphFile,
  node,
  picture,
  scores,
  type GraphFile,
  type GraphNode,
} from './graphFile.ts';
import type { ReaderCase, Right } from './readerCase.ts';

const labels = JSON.stringify({ 0: 'cat', 1: 'dog', 2: 'owl' });

const graph =
  (kind: string) =>
  (what: string, file: GraphFile, right: Right): ReaderCase => ({
    kind,
    what,
    files: { 'net.onnx': graphFile(file) },
    right,
  });

const ending3 = (...nodes: readonly GraphNode[]): GraphFile => ({ nodes: ending(...nodes) });
const float = { values: [1] };

const tail = graph('the last operator that means something');
const single = { meaning: 'single-label', activation: 'none' } as const;
const multi = { meaning: 'multi-label', activation: 'none' } as const;
const unknown = { meaning: 'unknown', activation: 'none' } as const;
const raw: Right = { output: { activation: 'softmax' }, assumed: ['output.meaning', 'output.activation'] };

const tails: readonly ReaderCase[] = [
  tail('nothing behind the linear layer', {}, raw),
  tail('Softmax, then Identity', ending3(node('Softmax', 'logits', 'p'), node('Identity', 'p', 'scores')), {
    output: single,
  }),
  tail('Softmax, then Cast', ending3(node('Softmax', 'logits', 'p'), node('Cast', 'p', 'scores', { to: 1 })), {
    output: single,
  }),
  tail('Softmax, then Reshape', ending3(node('Softmax', 'logits', 'p'), node('Reshape', ['p', 'shape'], 'scores')), {
    output: single,
  }),
  tail('Softmax, then Squeeze', ending3(node('Softmax', 'logits', 'p'), node('Squeeze', 'p', 'scores')), {
    output: single,
  }),
  tail(
    'Softmax, then Unsqueeze, Transpose and Flatten',
    ending3(
      node('Softmax', 'logits', 'a'),
      node('Unsqueeze', 'a', 'b'),
      node('Transpose', 'b', 'c'),
      node('Flatten', 'c', 'scores'),
    ),
    { output: single },
  ),
  tail('Softmax, then Clip', ending3(node('Softmax', 'logits', 'p'), node('Clip', ['p', 'lo', 'hi'], 'scores')), {
    output: single,
  }),
  tail(
    'Softmax, then Relu, which changes no probability',
    ending3(node('Softmax', 'logits', 'p'), node('Relu', 'p', 'scores')),
    { output: single },
  ),
  tail('LogSoftmax', ending3(node('LogSoftmax', 'logits', 'scores')), {
    output: { meaning: 'single-label', activation: 'softmax' },
    origins: { 'output.activation': 'graph' },
  }),
  tail('Softmax, then Log', ending3(node('Softmax', 'logits', 'p'), node('Log', 'p', 'scores')), {
    output: { meaning: 'single-label', activation: 'softmax' },
    origins: { 'output.activation': 'graph' },
  }),
  tail('LogSoftmax, then Exp', ending3(node('LogSoftmax', 'logits', 'p'), node('Exp', 'p', 'scores')), {
    output: single,
  }),
  tail(
    'a softmax in its parts',
    ending3(
      node('ReduceMax', 'logits', 'm'),
      node('Sub', ['logits', 'm'], 's'),
      node('Exp', 's', 'e'),
      node('ReduceSum', 'e', 'sum'),
      node('Div', ['e', 'sum'], 'scores'),
    ),
    { output: single },
  ),
  tail(
    'a sigmoid in its parts',
    {
      ...ending3(
        node('Neg', 'logits', 'm'),
        node('Exp', 'm', 'e'),
        node('Add', ['e', 'one'], 'd'),
        node('Div', ['one', 'd'], 'scores'),
      ),
      tensors: { one: { dimensions: [1], ...float } },
    },
    { output: multi },
  ),
  tail(
    'the mean of two softmaxes',
    ending3(node('Softmax', 'logits', 'p'), node('Softmax', 'logits', 'q'), node('Mean', ['p', 'q'], 'scores')),
    { output: single },
  ),
  tail(
    'Softmax times 100',
    {
      ...ending3(node('Softmax', 'logits', 'p'), node('Mul', ['p', 'hundred'], 'scores')),
      tensors: { hundred: { dimensions: [1], values: [100] } },
    },
    { output: unknown },
  ),
  tail('Softmax, then Sqrt', ending3(node('Softmax', 'logits', 'p'), node('Sqrt', 'p', 'scores')), { output: unknown }),
  tail('Softmax, then Round', ending3(node('Softmax', 'logits', 'p'), node('Round', 'p', 'scores')), {
    output: unknown,
  }),
  tail(
    'Sigmoid, then a threshold',
    {
      ...ending3(
        node('Sigmoid', 'logits', 'p'),
        node('Greater', ['p', 'half'], 'b'),
        node('Cast', 'b', 'scores', { to: 1 }),
      ),
      tensors: { half: { dimensions: [1], values: [0.5] } },
    },
    { output: unknown },
  ),
  tail(
    'logits divided by a temperature',
    { ...ending3(node('Div', ['logits', 't'], 'scores')), tensors: { t: { dimensions: [1], values: [1.5] } } },
    raw,
  ),
  tail(
    'a temperature, then Softmax',
    {
      ...ending3(node('Div', ['logits', 't'], 'a'), node('Softmax', 'a', 'scores')),
      tensors: { t: { dimensions: [1], values: [1.5] } },
    },
    { output: single },
  ),
  tail('a dropout in front of Softmax', ending3(node('Dropout', 'logits', 'a'), node('Softmax', 'a', 'scores')), {
    output: single,
  }),
  tail(
    'one sigmoid, then Squeeze',
    { ...ending3(node('Sigmoid', 'logits', 'p'), node('Squeeze', 'p', 'scores')), outputs: [scores(['n'])] },
    { output: { meaning: 'binary', activation: 'none', classes: 1 } },
  ),
  tail(
    'one number without an activation',
    { outputs: [scores(['n', 1])] },
    { output: unknown, assumed: ['output.meaning'] },
  ),
  tail(
    'one number that went through a softmax',
    { ...ending3(node('Softmax', 'logits', 'scores')), outputs: [scores(['n', 1])] },
    { output: unknown },
  ),
  tail(
    'one sigmoid beside its complement',
    {
      ...ending3(node('Sigmoid', 'logits', 'p'), node('Sub', ['one', 'p'], 'q'), node('Concat', ['q', 'p'], 'scores')),
      tensors: { one: { dimensions: [1], ...float } },
      outputs: [scores(['n', 2])],
    },
    { output: single },
  ),
  tail(
    'sigmoids of several heads, together',
    {
      ...ending3(node('Sigmoid', 'logits', 'p'), node('Sigmoid', 'logits', 'q'), node('Concat', ['p', 'q'], 'scores')),
      outputs: [scores(['n', 6])],
    },
    { output: multi },
  ),
  tail('HardSigmoid', ending3(node('HardSigmoid', 'logits', 'scores')), { output: multi }),
  tail(
    'the number of the best class',
    { ...ending3(node('Softmax', 'logits', 'p'), node('ArgMax', 'p', 'scores')), outputs: [scores(['n'], 'int64')] },
    { output: { ...unknown, classes: 1 } },
  ),
  tail(
    'the best three and their numbers',
    {
      nodes: [
        ...ending(node('Softmax', 'logits', 'p')),
        { operator: 'TopK', inputs: ['p', 'k'], outputs: ['scores', 'classes'] },
      ],
      outputs: [scores(['n', 3]), { name: 'classes', shape: ['n', 3], type: 'int64' }],
    },
    { output: unknown },
  ),
  tail(
    'a softmax that a function of the file makes',
    {
      nodes: ending({
        operator: 'aten_softmax',
        inputs: ['logits'],
        outputs: ['scores'],
        domain: 'pkg.onnxscript.torch_lib',
      }),
      functionNodes: [],
    },
    { output: single, findings: ['onnx-custom-operators'] },
  ),
  tail(
    'a Softmax of numbers as bytes',
    ending3(
      node('Softmax', 'logits', 'p'),
      node('QuantizeLinear', ['p', 's', 'z'], 'q'),
      node('DequantizeLinear', ['q', 's', 'z'], 'scores'),
    ),
    { output: single },
  ),
];

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

const outputs = graph('which output');
const features = { name: 'features', shape: ['n', 512] } as const;
const which: readonly ReaderCase[] = [
  outputs(
    'features, then logits that are made of them',
    {
      nodes: [...classifier('image', 'features'), node('Gemm', ['features', 'w'], 'logits')],
      outputs: [features, { name: 'logits', shape: ['n', 3] }],
    },
    { output: { name: 'logits', classes: 3 }, origins: { 'output.name': 'graph' } },
  ),
  outputs(
    'logits first, features second',
    {
      nodes: [...classifier('image', 'features'), node('Gemm', ['features', 'w'], 'logits')],
      outputs: [{ name: 'logits', shape: ['n', 3] }, features],
    },
    { output: { name: 'logits' } },
  ),
  outputs(
    'probabilities beside their class number',
    {
      nodes: ending(node('Softmax', 'logits', 'scores'), node('ArgMax', 'scores', 'best')),
      outputs: [{ name: 'best', shape: ['n'], type: 'int64' }, scores()],
    },
    { output: { name: 'scores', ...single } },
  ),
  outputs(
    'two that nothing tells apart',
    {
      nodes: [...classifier('image', 'a'), ...classifier('image', 'b')],
      outputs: [
        { name: 'a', shape: ['n', 3] },
        { name: 'b', shape: ['n', 3] },
      ],
    },
    { output: { name: 'a' }, assumed: ['output.name'] },
  ),
  outputs(
    'a map of features beside the classes',
    { outputs: [{ name: 'map', shape: ['n', 512, 7, 7] }, scores()] },
    { output: { name: 'scores' }, origins: { 'output.name': 'graph' } },
  ),
  outputs(
    'a detector of [1, 84, N]',
    { outputs: [{ name: 'output0', shape: [1, 84, 8400] }] },
    { refused: true, says: /an object detector/ },
  ),
  outputs(
    'a detector with boxes and scores',
    {
      outputs: [
        { name: 'boxes', shape: ['n', 4] },
        { name: 'scores', shape: ['n', 3] },
      ],
    },
    { refused: true, says: /an object detector.*boxes/ },
  ),
  outputs(
    'a detector that ends in NonMaxSuppression',
    { nodes: ending(node('NonMaxSuppression', ['logits', 'logits'], 'scores')), outputs: [scores(['n', 3], 'int64')] },
    { refused: true, says: /NonMaxSuppression/ },
  ),
  outputs(
    'a number for each pixel',
    { outputs: [{ name: 'mask_logits', shape: [1, 21, 224, 224] }] },
    { refused: true, says: /segmentation model/ },
  ),
  outputs(
    'a free number of classes, read off the last layer',
    { outputs: [scores(['n', 'classes'])], tensors: { weight: { dimensions: [7, 512] } } },
    { output: { classes: 7 }, origins: { 'output.classes': 'graph' } },
  ),
  outputs('[N, classes, 1, 1]', { outputs: [scores(['n', 9, 1, 1])] }, { output: { classes: 9 } }),
  outputs('without a batch', { outputs: [scores([5])] }, { output: { classes: 5 } }),
];

const data = 'external data';
const external = (location: string, more: object = {}): GraphFile => ({
  tensors: { weight: { dimensions: [4, 4], external: { location, ...more } } },
});
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 4096\n`;
const bytes = Buffer.alloc(64);
const externals: readonly ReaderCase[] = [
  {
    kind: data,
    what: 'model.onnx.data beside it, as PyTorch 2.9 writes it',
    files: { 'model.onnx': graphFile(external('model.onnx.data')), 'model.onnx.data': bytes },
    right: { weights: 'model.onnx' },
  },
  {
    kind: data,
    what: 'in a sub-folder',
    files: { 'net.onnx': graphFile(external('weights/net.data')), 'weights/net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'below a graph that lies in a folder itself',
    files: { 'onnx/net.onnx': graphFile(external('parts/net.data')), 'onnx/parts/net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'with ./ before it',
    files: { 'net.onnx': graphFile(external('./net.data')), 'net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'with a backslash, from Windows',
    files: { 'net.onnx': graphFile(external('weights\\net.data')), 'weights/net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'in a Constant',
    files: {
      'net.onnx': graphFile({
        nodes: [
          node('Constant', [], 'weight', { value: { dimensions: [3, 512], external: { location: 'c.data' } } }),
          ...classifier(),
        ],
      }),
    },
    right: { findings: ['onnx-external-data'], says: /c\.data, which is not there/ },
  },
  {
    kind: data,
    what: 'in the graph of an If',
    files: {
      'net.onnx': graphFile({
        nodes: [
          ...classifier(),
          node('If', 'scores', 'x', {
            then_branch: { graph: { tensors: { w: { dimensions: [1], external: { location: 'if.data' } } } } },
          }),
        ],
      }),
    },
    right: { findings: ['onnx-external-data'], says: /if\.data/ },
  },
  {
    kind: data,
    what: 'in two files',
    files: {
      'net.onnx': graphFile({
        tensors: {
          a: { dimensions: [4], external: { location: 'a.data' } },
          b: { dimensions: [4], external: { location: 'b.data' } },
        },
      }),
      'a.data': bytes,
      'b.data': bytes,
    },
    right: {},
  },
  {
    kind: data,
    what: 'missing',
    files: { 'net.onnx': graphFile(external('net.onnx.data')) },
    right: { findings: ['onnx-external-data'], says: /net\.onnx\.data, which is not there/ },
  },
  {
    kind: data,
    what: 'cut off',
    files: { 'net.onnx': graphFile(external('net.data', { offset: 32, length: 64 })), 'net.data': bytes },
    right: { findings: ['onnx-external-data-cut-off'], says: /64 bytes.*up to byte 96/ },
  },
  {
    kind: data,
    what: 'whole, with an offset',
    files: { 'net.onnx': graphFile(external('net.data', { offset: 32, length: 32 })), 'net.data': bytes },
    right: {},
  },
  {
    kind: data,
    what: 'a pointer of git-lfs',
    files: { 'net.onnx': graphFile(external('net.data', { length: 4096 })), 'net.data': pointer },
    right: { findings: ['onnx-external-data-pointer'], says: /git lfs pull/ },
  },
  {
    kind: data,
    what: 'outside its folder',
    files: { 'onnx/net.onnx': graphFile(external('../net.data')), 'net.data': bytes },
    right: { findings: ['onnx-external-data'], says: /outside its folder/ },
  },
  {
    kind: data,
    what: 'at an absolute place',
    files: { 'net.onnx': graphFile(external('/data/net.data')) },
    right: { findings: ['onnx-external-data'], says: /outside its folder/ },
  },
];

const versions: readonly ReaderCase[] = [
  {
    kind: 'operators and versions',
    what: 'operators of a domain that ONNX Runtime does not have',
    files: {
      'net.onnx': graphFile({
        nodes: [{ operator: 'Strange', inputs: ['image'], outputs: ['x'], domain: 'com.example' }, ...classifier('x')],
      }),
    },
    right: { findings: ['onnx-custom-operators'], says: /com\.example/ },
  },
  {
    kind: 'operators and versions',
    what: 'operators that the file itself defines',
    files: {
      'net.onnx': graphFile({
        nodes: [{ operator: 'Own', inputs: ['image'], outputs: ['x'], domain: 'local' }, ...classifier('x')],
        functionNodes: [node('Relu', 'a', 'b')],
      }),
    },
    right: {},
  },
  {
    kind: 'two graphs in one folder',
    what: 'the first is suggested, the second has its own suggestion',
    files: {
      'a.onnx': graphFile(),
      'b.onnx': graphFile({ inputs: [picture([1, 3, 384, 384])] }),
      'index_to_name.json': labels,
    },
    right: { weights: 'a.onnx', input: { width: 224 } },
  },
];

export const graphCases: readonly ReaderCase[] = [
  ...tails,
  ...types,
  ...shapes,
  ...insides,
  ...which,
  ...externals,
  ...versions,
];

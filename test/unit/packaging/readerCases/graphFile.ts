/** ONNX files of any shape for tests, written field by field as onnx.proto numbers them. */

const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;

export type ElementType = keyof typeof elementTypes;

export interface GraphValue {
  readonly name: string;
  /** Left out: float32. `sequence` has no shape. */
  readonly type?: ElementType | 'sequence';
  readonly shape: readonly (number | string)[];
}

export interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** A float is written as text with a dot, `'0.5'`, so that 1 stays a whole number. */
type AttributeValue =
  number | string | readonly number[] | readonly string[] | TensorFile | { readonly graph: GraphBody };

export interface TensorFile {
  readonly dimensions: readonly number[];
  readonly type?: ElementType;
  /** Numbers of a float32 or int64 tensor; left out, it has zeros. */
  readonly values?: readonly number[];
  readonly external?: { readonly location: string; readonly offset?: number; readonly length?: number };
}

interface GraphBody {
  readonly nodes?: readonly GraphNode[];
  readonly tensors?: Readonly<Record<string, TensorFile>>;
}

export interface GraphFile extends GraphBody {
  readonly inputs?: readonly GraphValue[];
  readonly outputs?: readonly GraphValue[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly doc?: string;
  readonly producer?: string;
  readonly irVersion?: number;
  readonly opset?: number;
  /** Nodes of a function of its own in the domain `local`. */
  readonly functionNodes?: readonly GraphNode[];
}

/** A picture `image` to `scores`, through a convolution and a linear layer, unless the parts say otherwise. */
export function graphFile(graph: GraphFile = {}): Buffer {
  const { inputs = [picture()], outputs = [scores()], opset = 17, irVersion = 8, metadata = {} } = graph;
  const nodes = graph.nodes ?? classifier(inputs[0]?.name ?? 'image', outputs[0]?.name ?? 'scores');
  return Buffer.concat([
    number(1, irVersion),
    ...(graph.producer === undefined ? [] : [text(2, graph.producer)]),
    ...(graph.doc === undefined ? [] : [text(6, graph.doc)]),
    bytes(
      7,
      body({ nodes, tensors: { ...graph.tensors } }),
      ...inputs.map((value) => valueInfo(11, value)),
      ...outputs.map((value) => valueInfo(12, value)),
    ),
    bytes(8, text(1, ''), number(2, opset)),
    ...Object.entries(metadata).map(([key, value]) => bytes(14, text(1, key), text(2, value))),
    ...(graph.functionNodes === undefined
      ? []
      : [bytes(25, text(1, 'Own'), ...graph.functionNodes.map((node) => bytes(7, nodeBody(node))), text(10, 'local'))]),
  ]);
}

export function picture(
  shape: GraphValue['shape'] = ['n', 3, 224, 224],
  type: GraphValue['type'] = 'float32',
): GraphValue {
  return { name: 'image', shape, type };
}

export function scores(shape: GraphValue['shape'] = ['n', 3], type: GraphValue['type'] = 'float32'): GraphValue {
  return { name: 'scores', shape, type };
}

/** A node with one output. */
export function node(
  operator: string,
  inputs: string | readonly string[],
  output: string,
  attributes: GraphNode['attributes'] = {},
): GraphNode {
  return { operator, inputs: typeof inputs === 'string' ? [inputs] : inputs, outputs: [output], attributes };
}

/** The middle of a classifier: from a value with pictures to one with numbers. */
export function classifier(from = 'image', to = 'scores'): readonly GraphNode[] {
  return [
    node('GlobalAveragePool', from, 'pooled'),
    node('Flatten', 'pooled', 'flat'),
    node('Gemm', ['flat', 'weight'], to, { transB: 1 }),
  ];
}

/** A classifier whose numbers go through these nodes, from `logits` to `scores`. */
export function ending(...nodes: readonly GraphNode[]): readonly GraphNode[] {
  return [...classifier('image', 'logits'), ...nodes];
}

/** A classifier whose picture goes through these nodes first, from `image` to `ready`, and into a convolution. */
export function beginning(...nodes: readonly GraphNode[]): Pick<GraphFile, 'nodes' | 'tensors'> {
  return {
    nodes: [...nodes, node('Conv', ['ready', 'kernel'], 'convolved'), ...classifier('convolved', 'scores')],
    tensors: { kernel: { dimensions: [4, 3, 3, 3] } },
  };
}

function body({ nodes = [], tensors = {} }: GraphBody): Buffer {
  return Buffer.concat([
    ...nodes.map((one) => bytes(1, nodeBody(one))),
    text(2, 'net'),
    ...Object.entries(tensors).map(([name, tensor]) => bytes(5, tensorBody(name, tensor))),
  ]);
}

function nodeBody({ operator, inputs, outputs, domain, attributes = {} }: GraphNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, text(1, name), attribute(value))),
    ...(domain === undefined ? [] : [text(7, domain)]),
  ]);
}

function attribute(value: AttributeValue): Buffer {
  if (typeof value === 'number') return number(3, value);
  if (typeof value === 'string') return /^-?\d+\.\d+$/.test(value) ? float(2, Number(value)) : text(4, value);
  if ('graph' in value) return bytes(6, body(value.graph));
  if ('dimensions' in value) return bytes(5, tensorBody('', value));
  const items = value as readonly (number | string)[];
  return Buffer.concat(items.map((item) => (typeof item === 'string' ? text(9, item) : number(8, item))));
}

function tensorBody(name: string, { dimensions, type = 'float32', values, external }: TensorFile): Buffer {
  const numbers = type === 'int64' ? BigInt64Array.from((values ?? []).map(BigInt)) : Float32Array.from(values ?? []);
  const { location = '', offset, length } = external ?? {};
  const entry = (key: string, value: string): Buffer => bytes(13, text(1, key), text(2, value));
  return Buffer.concat([
    ...dimensions.map((size) => number(1, size)),
    number(2, elementTypes[type]),
    ...(name === '' ? [] : [text(8, name)]),
    ...(external === undefined
      ? [bytes(9, Buffer.from(numbers.buffer))]
      : [
          entry('location', location),
          ...(offset === undefined ? [] : [entry('offset', String(offset))]),
          ...(length === undefined ? [] : [entry('length', String(length))]),
          number(14, 1),
        ]),
  ]);
}

function valueInfo(field: number, { name, type = 'float32', shape }: GraphValue): Buffer {
  const dimensions = shape.map((size) => bytes(1, typeof size === 'number' ? number(1, size) : text(2, size)));
  const kind =
    type === 'sequence' ? bytes(4, Buffer.alloc(0)) : bytes(1, number(1, elementTypes[type]), bytes(2, ...dimensions));
  return bytes(field, text(1, name), bytes(2, kind));
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function bytes(field: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function float(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8 + 5), Buffer.from(Float32Array.of(value).buffer)]);
}

/** Negative numbers have ten bytes, as protobuf writes an int64. */
function varint(value: number): Buffer {
  const parts: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    parts.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(parts);
}

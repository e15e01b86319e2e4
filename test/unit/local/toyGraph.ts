/** Small ONNX graphs for tests, written by hand: no weights have to be trained to see what goes in and comes out. */

/** Element types of onnx.proto. */
const elementTypes = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;

export interface ToyGraph {
  /** With -1 for a free dimension. */
  readonly shape: readonly number[];
  readonly type?: 'float32' | 'float16' | 'uint8';
  readonly layout?: 'NCHW' | 'NHWC';
  /** One row for each channel, one number for each class. */
  readonly weights: readonly (readonly number[])[];
  /** Applied last, for example `Sigmoid`. */
  readonly last?: 'Softmax' | 'Sigmoid' | 'Identity';
  /** The mean of each channel is an output before the classes. */
  readonly hasFeatures?: boolean;
  /** The file that holds the weights, in place of the graph. */
  readonly externalFile?: string;
}

/** Three classes: each gets the mean of its channel, four times. */
export const oneChannelEach = [
  [4, 0, 0],
  [0, 4, 0],
  [0, 0, 4],
];

/** The mean of each channel over the picture, times `weights`: input `pixels`, output `classes`. */
export function toyGraph(graph: ToyGraph): { readonly graph: Buffer; readonly externalData: Buffer } {
  const { shape, type = 'float32', layout = 'NCHW', weights, last = 'Identity', hasFeatures = false } = graph;
  const classes = weights[0]?.length ?? 0;
  const numbers = Buffer.from(Float32Array.from(weights.flat()).buffer);
  const axes = layout === 'NCHW' ? [2n, 3n] : [1n, 2n];
  const initializer = Buffer.concat([
    ...[BigInt(weights.length), BigInt(classes)].map((size) => varint(1, size)),
    varint(2, BigInt(elementTypes.float32)),
    text(8, 'weights'),
    ...(graph.externalFile === undefined
      ? [bytes(9, numbers)]
      : [bytes(13, Buffer.concat([text(1, 'location'), text(2, graph.externalFile)])), varint(14, 1n)]),
  ]);
  const axesTensor = Buffer.concat([
    varint(1, 2n),
    varint(2, BigInt(elementTypes.int64)),
    text(8, 'axes'),
    bytes(9, Buffer.from(BigInt64Array.from(axes).buffer)),
  ]);
  const nodes = [
    node('Cast', ['pixels'], ['floats'], [attribute('to', BigInt(elementTypes.float32))]),
    node('ReduceMean', ['floats', 'axes'], ['means'], [attribute('keepdims', 0n)]),
    node('MatMul', ['means', 'weights'], ['products']),
    node(last, ['products'], ['classes']),
  ];
  const body = Buffer.concat([
    ...nodes.map((one) => bytes(1, one)),
    text(2, 'toy'),
    bytes(5, initializer),
    bytes(5, axesTensor),
    bytes(11, value('pixels', elementTypes[type], shape)),
    ...(hasFeatures ? [bytes(12, value('means', elementTypes.float32, [shape[0] ?? -1, weights.length]))] : []),
    bytes(12, value('classes', elementTypes.float32, [shape[0] ?? -1, classes])),
  ]);
  const opset = Buffer.concat([text(1, ''), varint(2, 18n)]);
  return { graph: Buffer.concat([varint(1, 8n), bytes(7, body), bytes(8, opset)]), externalData: numbers };
}

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Buffer[] = [],
): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...attributes.map((one) => bytes(5, one)),
  ]);
}

/** A whole number as an attribute. */
function attribute(name: string, number: bigint): Buffer {
  return Buffer.concat([text(1, name), varint(3, number), varint(20, 2n)]);
}

function value(name: string, elementType: number, shape: readonly number[]): Buffer {
  const dimensions = shape.map((size) => bytes(1, size === -1 ? text(2, 'batch') : varint(1, BigInt(size))));
  const tensor = Buffer.concat([varint(1, BigInt(elementType)), bytes(2, Buffer.concat(dimensions))]);
  return Buffer.concat([text(1, name), bytes(2, bytes(1, tensor))]);
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([number(BigInt(field * 8 + 2)), number(BigInt(content.length)), content]);
}

function varint(field: number, content: bigint): Buffer {
  return Buffer.concat([number(BigInt(field * 8)), number(content)]);
}

function number(content: bigint): Buffer {
  const parts: number[] = [];
  let rest = content;
  do {
    parts.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(parts);
}

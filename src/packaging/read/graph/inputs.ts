import type { Resize, ValueRange } from '../../../contract/modelContract.ts';
import type { TensorInfo } from '../detection.ts';
import type { OnnxNode } from '../formats/onnx.ts';
import { reshaping, type Graph } from './graph.ts';

/** How a graph takes a picture. What it leaves open is undefined. */
export interface InputFacts extends TensorInfo {
  readonly layout?: 'NCHW' | 'NHWC';
  readonly channels?: 1 | 3;
  readonly height?: number;
  readonly width?: number;
  readonly batch: 'free' | number;
  /** What the graph does itself to the numbers before the first layer. */
  readonly inside: InsideSteps;
}

/** Steps of preprocessing that are nodes of the graph. */
export interface InsideSteps {
  /** The range of the numbers that the graph expects, read off its own normalisation. */
  readonly range?: ValueRange;
  /** It exchanges red and blue itself. */
  readonly swapsColours: boolean;
  readonly resize?: Extract<Resize, { method: 'exact' }>;
}

/** The input that takes the picture, or why there is none. */
export type InputChoice =
  | { readonly kind: 'chosen'; readonly input: InputFacts }
  | { readonly kind: 'none'; readonly because: string; readonly remedy: string };

const acceptedTypes = new Set(['float32', 'float16', 'uint8']);
const channelNames = /^(num_)?(c|ch|chan|channels?)$/i;
const ownHandler = 'Write a handler for this graph, and name it as handler.';

export function chooseInput(graph: Graph): InputChoice {
  const { inputs } = graph.facts;
  const told = inputs.map((input) => `${input.name} [${input.shape.join(', ')}]`).join(', ');
  const [input, second] = inputs;
  if (input === undefined) return { kind: 'none', because: 'the graph has no input', remedy: ownHandler };
  if (second !== undefined) {
    return { kind: 'none', because: `the graph has ${inputs.length} inputs, ${told}`, remedy: ownHandler };
  }
  const { type = 'float32', shape } = input;
  if (!acceptedTypes.has(type)) {
    return {
      kind: 'none',
      because: `the graph's input ${input.name} takes numbers of the type ${type}`,
      remedy: 'Export the model with an input of float32, float16 or uint8; or write a handler for it.',
    };
  }
  const facts = describeInput(graph, input);
  if (shape.length === 0 || (shape.length === 4 && facts.channels !== 'other')) {
    const { channels, ...rest } = facts;
    return { kind: 'chosen', input: { ...rest, ...(channels !== undefined && channels !== 'other' && { channels }) } };
  }
  return {
    kind: 'none',
    because: `the graph's input ${told} is not a batch of pictures with one or three channels`,
    remedy: shape.length === 3 ? `Export it with a batch dimension in front; or write a handler for it.` : ownHandler,
  };
}

type Described = Omit<InputFacts, 'channels'> & { readonly channels?: 1 | 3 | 'other' };

function describeInput(graph: Graph, input: TensorInfo): Described {
  const { shape } = input;
  const chain = walkInside(graph, input.name);
  const [batch, first, second, third] = shape;
  const layout = layoutOf(shape, chain);
  const [channel, height, width] = layout === 'NHWC' ? [third, first, second] : [first, second, third];
  // A picture whose sides and channels are all told, and none of them is a number of colours.
  const isOther = layout === undefined && typeof first === 'number' && typeof third === 'number';
  const channels = isOther && chain.layer === undefined ? 'other' : channelsOf(channel, layout, chain);
  return {
    ...input,
    ...(layout !== undefined && { layout }),
    ...(channels !== undefined && { channels }),
    ...(layout !== undefined && typeof height === 'number' && height > 0 && { height }),
    ...(layout !== undefined && typeof width === 'number' && width > 0 && { width }),
    batch: typeof batch === 'number' && batch > 1 ? batch : typeof batch === 'number' && batch === 1 ? 1 : 'free',
    inside: insideSteps(input, chain),
  };
}

function layoutOf(shape: readonly (number | string)[], chain: Chain): InputFacts['layout'] {
  const [, first, , third] = shape;
  if (shape.length === 4) {
    const isChannel = (size: number | string | undefined): boolean => size === 3 || size === 1;
    // Where both could be: three rows of an image are less likely than three channels at their usual place.
    if (isChannel(first) && !(isChannel(third) && chain.transposed === 'from NHWC')) return 'NCHW';
    if (isChannel(third)) return 'NHWC';
    if (typeof first === 'number' || typeof third === 'number') {
      // Of a picture with free sides only the channels are a number.
      if (typeof first === 'number' && typeof third !== 'number') return 'NCHW';
      if (typeof third === 'number' && typeof first !== 'number') return 'NHWC';
    }
    if (typeof first === 'string' && channelNames.test(first)) return 'NCHW';
    if (typeof third === 'string' && channelNames.test(third)) return 'NHWC';
  }
  if (chain.transposed === 'from NHWC') return 'NHWC';
  return chain.layer === undefined ? undefined : chain.transposed === 'from NCHW' ? undefined : 'NCHW';
}

function channelsOf(
  size: number | string | undefined,
  layout: InputFacts['layout'],
  chain: Chain,
): 1 | 3 | 'other' | undefined {
  const number = layout !== undefined && typeof size === 'number' && size > 0 ? size : chain.layer;
  return number === undefined ? undefined : number === 1 || number === 3 ? number : 'other';
}

/** What was found on the way from an input to the first layer. */
interface Chain {
  /** y = a x + b, per channel or for all, of what the nodes do to the numbers. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly normalises: boolean;
  readonly transposed?: 'from NHWC' | 'from NCHW';
  readonly swapsColours: boolean;
  readonly resize?: { readonly width: number; readonly height: number };
  /** Channels that the first convolution takes. */
  readonly layer?: number;
}

/** Longer than any preprocessing. */
const longestChain = 40;

function walkInside(graph: Graph, input: string): Chain {
  let chain: Chain = { a: [1], b: [0], normalises: false, swapsColours: false };
  let value = input;
  for (let steps = 0; steps < longestChain; steps += 1) {
    const [node, ...more] = graph.consumers(value);
    if (node === undefined || more.length > 0) break;
    const next = step(graph, chain, node, value);
    const [output] = node.outputs;
    if (next === undefined || output === undefined) return withLayer(graph, chain, node);
    chain = next;
    value = output;
  }
  return chain;
}

function withLayer(graph: Graph, chain: Chain, node: OnnxNode): Chain {
  const [, channels] = node.operator === 'Conv' ? (graph.dimensions(node.inputs[1]) ?? []) : [];
  const group = node.attributes.group;
  if (channels === undefined) return chain;
  return { ...chain, layer: channels * (typeof group === 'number' ? group : 1) };
}

/** The chain with one more node; undefined where preprocessing ends. */
function step(graph: Graph, chain: Chain, node: OnnxNode, value: string): Chain | undefined {
  const { operator, inputs, attributes } = node;
  if (operator === 'Transpose') return { ...chain, ...transposition(attributes.perm) };
  if (operator === 'Gather')
    return isReversal(graph.constant(inputs[1])) ? { ...chain, swapsColours: true } : undefined;
  if (operator === 'Slice') return graph.constant(inputs[4])?.[0] === -1 ? { ...chain, swapsColours: true } : undefined;
  if (operator === 'Resize' || operator === 'Upsample') return { ...chain, ...resizing(graph, node, chain) };
  if (operator === 'Pad' || reshaping.has(operator)) return chain;
  if (operator === 'BatchNormalization') return batchNormalisation(graph, chain, node);
  const other = inputs.find((name) => name !== value);
  const constant = graph.constant(other);
  if (constant === undefined || (constant.length !== 1 && constant.length !== 3)) return undefined;
  return arithmetic(chain, operator, constant, inputs[0] === value);
}

/** The chain followed by an operation with a constant. */
function arithmetic(chain: Chain, operator: string, constant: readonly number[], isFirst: boolean): Chain | undefined {
  switch (operator) {
    case 'Add':
      return affine(chain, [1], constant);
    case 'Sub':
      return isFirst
        ? affine(
            chain,
            [1],
            constant.map((item) => -item),
          )
        : affine(chain, [-1], constant);
    case 'Mul':
      return affine(chain, constant, [0]);
    case 'Div':
      return isFirst
        ? affine(
            chain,
            constant.map((item) => 1 / item),
            [0],
          )
        : undefined;
    default:
      return undefined;
  }
}

/** The chain followed by y = factor x + offset. */
function affine(chain: Chain, factor: readonly number[], offset: readonly number[]): Chain {
  const length = Math.max(factor.length, offset.length, chain.a.length, chain.b.length);
  const at = (values: readonly number[], index: number): number => values[values.length === 1 ? 0 : index] ?? 0;
  const each = (make: (index: number) => number): readonly number[] =>
    Array.from({ length }, (_, index) => make(index));
  return {
    ...chain,
    a: each((index) => at(chain.a, index) * at(factor, index)),
    b: each((index) => at(chain.b, index) * at(factor, index) + at(offset, index)),
    normalises: true,
  };
}

function batchNormalisation(graph: Graph, chain: Chain, { inputs, attributes }: OnnxNode): Chain | undefined {
  const [scale, bias, mean, variance] = inputs.slice(1).map((name) => graph.constant(name));
  if (scale === undefined || bias === undefined || mean === undefined || variance === undefined) return undefined;
  const epsilon = typeof attributes.epsilon === 'number' ? attributes.epsilon : 1e-5;
  const factor = scale.map((item, index) => item / Math.sqrt((variance[index] ?? 1) + epsilon));
  return affine(
    chain,
    factor,
    bias.map((item, index) => item - (mean[index] ?? 0) * (factor[index] ?? 1)),
  );
}

function transposition(permutation: OnnxNode['attributes'][string] | undefined): Partial<Chain> {
  const order = Array.isArray(permutation) ? permutation.join() : '';
  if (order === '0,3,1,2') return { transposed: 'from NHWC' };
  return order === '0,2,3,1' ? { transposed: 'from NCHW' } : {};
}

function isReversal(order: readonly number[] | undefined): boolean {
  return order?.join() === '2,1,0';
}

/** The sizes that a Resize node makes, where it has them as a constant. */
function resizing(graph: Graph, { inputs }: OnnxNode, chain: Chain): Partial<Chain> {
  const sizes = graph.constant(inputs[3]);
  if (sizes?.length !== 4) return {};
  const isChannelsLast = chain.transposed === undefined && (sizes[3] === 3 || sizes[3] === 1);
  const [height = 0, width = 0] = isChannelsLast ? sizes.slice(1, 3) : sizes.slice(2);
  return height > 0 && width > 0 ? { resize: { width, height } } : {};
}

function insideSteps(input: TensorInfo, chain: Chain): InsideSteps {
  const range = input.type === 'uint8' ? '0..255' : chain.normalises ? expectedRange(chain) : undefined;
  return {
    ...(range !== undefined && { range }),
    swapsColours: chain.swapsColours,
    ...(chain.resize && { resize: { method: 'exact', ...chain.resize } }),
  };
}

/**
 * The range of numbers that a normalisation is made for: networks work on values between about -3 and 3, so its factor
 * and offset tell whether it starts from 0..1 or from 0..255. Undefined where both could be.
 */
function expectedRange({ a, b }: Chain): ValueRange | undefined {
  const largest = Math.max(...a.map(Math.abs));
  const offset = Math.max(...b.map(Math.abs));
  if (largest <= 0.05) return '0..255';
  if (largest > 0.9 && largest < 1.1) return offset > 20 ? '0..255' : offset > 0.2 ? '0..1' : undefined;
  return largest >= 1.1 ? '0..1' : undefined;
}

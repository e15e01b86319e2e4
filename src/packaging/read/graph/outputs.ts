import type { TensorInfo } from '../detection.ts';
import type { OnnxNode } from '../formats/onnx.ts';
import { endingOf, type Ending } from './ending.ts';
import { reshaping, type Graph } from './graph.ts';

/** What one output of a graph can be. */
export type OutputRole =
  /** A row of numbers for each picture. */
  | 'classes'
  /** Many rows for each picture, as detectors answer. */
  | 'rows'
  /** A number for each pixel, as segmentation models answer. */
  | 'pixels'
  /** Text, a map or a sequence: no tensor of numbers. */
  | 'no-numbers';

export interface OutputFacts extends TensorInfo {
  readonly role: OutputRole;
  readonly ending: Ending;
  /** Numbers for one picture, of a row. */
  readonly classes?: number;
}

/** The output that holds the answer, and how sure that is. */
export type OutputChoice =
  | {
      readonly kind: 'chosen';
      readonly output: OutputFacts;
      readonly others: readonly OutputFacts[];
      readonly sure: boolean;
    }
  /** There is none for a classifier. `what` says what the model is instead, for example "an object detector". */
  | { readonly kind: 'none'; readonly what: string; readonly because: string; readonly remedy: string };

/** Names of outputs that detectors have, whatever exported them. */
const boxNames = /(^|[_./])(pred_)?(b?box(es)?|bboxes|num_det(ection)?s?|detection_\w+|dets?|anchors)($|[_./:0-9])/i;
/** Other tasks of exporters that write the task into the file. */
const otherTasks: Readonly<Record<string, string>> = {
  detect: 'an object detector',
  'object-detection': 'an object detector',
  obb: 'a detector of turned boxes',
  pose: 'a model of poses',
  segment: 'an instance segmentation model',
  'image-segmentation': 'a segmentation model',
};
const ownHandler = 'Write a handler for this model and name it as handler; or export a classifier.';

export function describeOutputs(graph: Graph): readonly OutputFacts[] {
  return graph.facts.outputs.map((output) => describe(graph, output));
}

function describe(graph: Graph, output: TensorInfo): OutputFacts {
  const { shape, type } = output;
  const ending = endingOf(graph, output.name);
  if (type === 'string' || type === 'sequence' || type === 'map') return { ...output, role: 'no-numbers', ending };
  const classes = numbersPerPicture(shape) ?? classesOfWeights(graph, output.name);
  const large = shape.slice(1).filter((size) => size !== 1);
  const role = large.length < 2 ? 'classes' : shape.length === 4 ? 'pixels' : 'rows';
  return { ...output, role, ending, ...(role === 'classes' && classes !== undefined && { classes }) };
}

/**
 * How many numbers come for one picture, from [N, classes] with any dimensions of 1 behind, or [classes]; a free dimension
 * alone is the batch. Undefined when the shape does not tell.
 */
export function numbersPerPicture(shape: readonly (number | string)[]): number | undefined {
  const [first] = shape;
  if (shape.length === 0) return undefined;
  if (shape.length === 1) return typeof first === 'number' && first > 0 ? first : 1;
  const several = shape.slice(1).filter((size) => size !== 1);
  const [count = 1] = several;
  return several.length < 2 && typeof count === 'number' && count > 0 ? count : undefined;
}

/** The width of the last layer, where the output's shape is free. */
function classesOfWeights(graph: Graph, output: string): number | undefined {
  let node: OnnxNode | undefined = graph.producer(output);
  for (let steps = 0; node !== undefined && steps < 12; steps += 1) {
    const { operator, inputs, attributes } = node;
    const sizes = graph.dimensions(inputs[1]);
    if (operator === 'Gemm' && sizes !== undefined) return attributes.transB === 1 ? sizes[0] : sizes[1];
    if (operator === 'MatMul' && sizes !== undefined) return sizes.at(-1);
    const passes = reshaping.has(operator) || ['Softmax', 'LogSoftmax', 'Sigmoid', 'Add', 'Clip'].includes(operator);
    node = passes && inputs[0] !== undefined ? graph.producer(inputs[0]) : undefined;
  }
  return undefined;
}

/**
 * Chooses the output that holds the numbers of the classes.
 * @param labels how many labels are known, if any
 */
export function chooseOutput(graph: Graph, labels?: number): OutputChoice {
  const outputs = describeOutputs(graph);
  const other = otherModel(graph, outputs);
  if (other !== undefined) return { kind: 'none', remedy: ownHandler, ...other };
  const rows = outputs.filter(({ role }) => role === 'classes');
  const scored = rows.filter(({ ending }) => ending !== 'index' && ending !== 'ranked');
  const candidates = scored.length > 0 ? scored : rows;
  const left = narrowed(graph, candidates, labels);
  const [output] = left;
  if (output === undefined) return noAnswer(outputs);
  return { kind: 'chosen', output, others: outputs.filter((item) => item !== output), sure: left.length === 1 };
}

/** Takes out, rule by rule, what another output has more right to be; a rule that would leave none is passed over. */
function narrowed(graph: Graph, candidates: readonly OutputFacts[], labels?: number): readonly OutputFacts[] {
  const fits = ({ classes }: OutputFacts): boolean => classes === labels || (classes === 1 && labels === 2);
  const rules: readonly ((output: OutputFacts) => boolean)[] = [
    (output) => labels !== undefined && output.classes !== undefined && fits(output),
    (output) => !candidates.some((other) => other !== output && graph.dependsOn(other.name, output.name)),
    ({ ending }) => ending === 'softmax' || ending === 'sigmoid' || ending === 'log-softmax',
    ({ name }) => /logit|prob|score|class|pred|label/i.test(name),
    ({ name }) => !/feat|embed|hidden|pool|aux|attention|last_state/i.test(name),
  ];
  return rules.reduce((left, rule) => {
    const kept = left.length > 1 ? left.filter(rule) : left;
    return kept.length === 0 ? left : kept;
  }, candidates);
}

function noAnswer(outputs: readonly OutputFacts[]): OutputChoice {
  const told = outputs.map(({ name, type = '', shape }) => `${name} (${type} [${shape.join(', ')}])`).join(', ');
  return {
    kind: 'none',
    what: 'a graph that answers text instead of numbers',
    because: `its outputs are ${told}`,
    remedy:
      'Export it with its probabilities as a tensor, without ZipMap and without the labels; or write a handler for it.',
  };
}

function otherModel(
  graph: Graph,
  outputs: readonly OutputFacts[],
): { readonly what: string; readonly because: string } | undefined {
  const task = graph.facts.metadata.task ?? '';
  const byTask = Object.hasOwn(otherTasks, task) ? otherTasks[task] : undefined;
  if (byTask !== undefined) return { what: byTask, because: `its metadata say "${task}"` };
  const detector = 'an object detector';
  const suppression = graph.facts.nodes.find(({ operator }) => /NonMaxSuppression|NMS/.test(operator));
  if (suppression) return { what: detector, because: `it has the operator ${suppression.operator}` };
  const boxes = outputs.find(({ name }) => boxNames.test(name));
  if (boxes) return { what: detector, because: `it has an output ${boxes.name}` };
  if (outputs.some(({ role }) => role === 'classes' || role === 'no-numbers')) return undefined;
  const [first] = outputs;
  if (first === undefined) return undefined;
  const told = `its output ${first.name} is [${first.shape.join(', ')}]`;
  const grids = new Set(outputs.filter(({ role }) => role === 'pixels').map(({ shape }) => shape.slice(2).join()));
  if (first.role === 'rows' || grids.size > 1) return { what: detector, because: `${told}: many rows for one picture` };
  return { what: 'a segmentation model', because: `${told}: a number for each pixel` };
}

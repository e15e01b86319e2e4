import type { OnnxNode } from '../formats/onnx.ts';
import { reshaping, type Graph } from './graph.ts';

/** What the last operator that means something makes of the numbers of an output. */
export type Ending =
  | 'softmax'
  | 'log-softmax'
  | 'sigmoid'
  /** The number of the best class. */
  | 'index'
  /** The largest values, in their order. */
  | 'ranked'
  /** Probabilities that something was done to, for example percent. */
  | 'changed'
  /** Nothing of these: raw scores. */
  | 'scores';

/** An ending with the factor that was applied to it; the mean of two softmaxes adds up to 1 again. */
interface Found {
  readonly ending: Ending | 'complement';
  readonly scale: number;
}

/** Operators behind which probabilities still are what they were: bounds, and the mean over views of one picture. */
const sameNumbers = new Set(['Clip', 'Min', 'Max', 'ReduceMean', 'Relu', 'Abs']);
/** Operators on each number that make another one of it: a decision, a rank, another scale. */
const otherNumbers = new Set(
  'Round Floor Ceil Sign Neg Not Sqrt Pow Greater GreaterOrEqual Less LessOrEqual Equal Where And Or Xor Mod Trunc OneHot'.split(
    ' ',
  ),
);

/** Deeper than any tail of a classifier. */
const deepest = 40;

/** Reads how an output is computed, through Identity, Cast, Reshape and the like, Concat, means, and decomposed forms. */
export function endingOf(graph: Graph, output: string): Ending {
  const found = new EndingReader(graph).read(output, 0);
  if (found === undefined) return 'scores';
  if (found.ending === 'index' || found.ending === 'ranked') return found.ending;
  if (Math.abs(found.scale - 1) > 1e-3) return 'changed';
  return found.ending === 'complement' ? 'sigmoid' : found.ending;
}

class EndingReader {
  constructor(private readonly graph: Graph) {}

  read(value: string | undefined, depth: number): Found | undefined {
    const node = value === undefined || depth > deepest ? undefined : this.graph.producer(value);
    if (node === undefined || value === undefined) return undefined;
    const { operator, inputs } = node;
    if (reshaping.has(operator)) return this.read(inputs[0], depth + 1);
    const named = namedEnding(node, node.outputs.indexOf(value));
    if (named !== undefined) return { ending: named, scale: 1 };
    return sameNumbers.has(operator) ? this.read(inputs[0], depth + 1) : this.computed(node, depth);
  }

  /** Of an operator that computes new numbers out of probabilities. */
  private computed(node: OnnxNode, depth: number): Found | undefined {
    const { operator, inputs } = node;
    switch (operator) {
      case 'Concat':
      case 'Mean':
        return this.together(node, depth);
      case 'Add':
      case 'Sum':
        return this.sum(node, depth);
      case 'Mul':
      case 'Div':
        return this.quotient(node) ?? this.scaled(node, depth);
      case 'Sub':
        return this.complement(node, depth);
      case 'Log':
        return this.renamed(inputs[0], depth, 'softmax', 'log-softmax');
      case 'Exp':
        return this.renamed(inputs[0], depth, 'log-softmax', 'softmax');
      case 'Reciprocal':
        return this.isOnePlusExp(inputs[0]) ? { ending: 'sigmoid', scale: 1 } : undefined;
      default:
        return otherNumbers.has(operator) && inputs.some((input) => this.read(input, depth + 1) !== undefined)
          ? { ending: 'changed', scale: 1 }
          : undefined;
    }
  }

  /** One ending for all inputs; a probability beside its complement is a pair that sums to 1. */
  private together({ inputs, operator }: OnnxNode, depth: number): Found | undefined {
    const found = inputs.map((input) => this.read(input, depth + 1));
    const endings = new Set(found.map((part) => part?.ending));
    const [first] = found;
    if (first === undefined || found.some((part) => part?.scale !== first.scale)) return undefined;
    if (endings.size === 1) return first;
    const isPair = operator === 'Concat' && found.length === 2 && endings.has('sigmoid') && endings.has('complement');
    return isPair ? { ending: 'softmax', scale: first.scale } : undefined;
  }

  private sum({ inputs }: OnnxNode, depth: number): Found | undefined {
    const found = inputs.map((input) => this.read(input, depth + 1));
    const [first] = found;
    if (first === undefined) return undefined;
    if (found.some((part) => part?.ending !== first.ending)) return { ending: 'changed', scale: 0 };
    return { ending: first.ending, scale: found.reduce((total, part) => total + (part?.scale ?? 0), 0) };
  }

  private scaled({ operator, inputs }: OnnxNode, depth: number): Found | undefined {
    const [first, second] = inputs;
    const factor = this.graph.constant(second);
    const found = this.read(first, depth + 1);
    if (found !== undefined) {
      const [by] = factor ?? [];
      if (by === undefined || factor?.length !== 1) return { ending: 'changed', scale: 0 };
      return { ...found, scale: operator === 'Mul' ? found.scale * by : found.scale / by };
    }
    const other = operator === 'Mul' ? this.read(second, depth + 1) : undefined;
    const [by] = (other && this.graph.constant(first)) ?? [];
    return other && (by === undefined ? { ending: 'changed', scale: 0 } : { ...other, scale: other.scale * by });
  }

  private complement({ inputs: [first, second] }: OnnxNode, depth: number): Found | undefined {
    const found = this.read(second, depth + 1);
    if (found?.ending === 'sigmoid' && this.graph.constant(first)?.every((value) => value === 1)) {
      return { ending: 'complement', scale: found.scale };
    }
    return this.read(first, depth + 1) === undefined ? undefined : { ending: 'changed', scale: 0 };
  }

  private renamed(value: string | undefined, depth: number, from: Ending, to: Ending): Found | undefined {
    const found = this.read(value, depth + 1);
    return found?.ending === from ? { ending: to, scale: found.scale } : undefined;
  }

  /** exp(x) / sum(exp(x)) is a softmax, 1 / (1 + exp(-x)) a sigmoid. */
  private quotient({ operator, inputs: [above, below] }: OnnxNode): Found | undefined {
    if (operator !== 'Div' || above === undefined || below === undefined) return undefined;
    const sum = this.graph.producer(below);
    if (this.graph.producer(above)?.operator === 'Exp' && sum?.operator === 'ReduceSum' && sum.inputs[0] === above) {
      return { ending: 'softmax', scale: 1 };
    }
    const isOne = this.graph.constant(above)?.every((value) => value === 1) === true;
    return isOne && this.isOnePlusExp(below) ? { ending: 'sigmoid', scale: 1 } : undefined;
  }

  private isOnePlusExp(value: string | undefined): boolean {
    const sum = value === undefined ? undefined : this.graph.producer(value);
    if (sum?.operator !== 'Add') return false;
    const isOne = sum.inputs.some((input) => this.graph.constant(input)?.every((item) => item === 1));
    return isOne && sum.inputs.some((input) => this.graph.producer(input)?.operator === 'Exp');
  }
}

/** By the operator's name; a function that an exporter wrote for it has it in its own. */
function namedEnding({ operator, domain }: OnnxNode, output: number): Ending | undefined {
  switch (operator) {
    case 'Softmax':
      return 'softmax';
    case 'LogSoftmax':
      return 'log-softmax';
    case 'Sigmoid':
    case 'HardSigmoid':
      return 'sigmoid';
    case 'ArgMax':
    case 'ArgMin':
      return 'index';
    case 'TopK':
      return output === 0 ? 'ranked' : 'index';
    default:
      if (domain === '') return undefined;
      if (/log_?softmax/i.test(operator)) return 'log-softmax';
      if (/softmax/i.test(operator)) return 'softmax';
      return /sigmoid/i.test(operator) ? 'sigmoid' : undefined;
  }
}

import { isTensor, type OnnxFacts, type OnnxNode } from '../formats/onnx.ts';

/** A graph with its edges: which node makes a value, and which nodes take it. */
export class Graph {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly takers = new Map<string, OnnxNode[]>();

  constructor(readonly facts: OnnxFacts) {
    for (const node of facts.nodes) {
      for (const output of node.outputs) this.producers.set(output, node);
      for (const input of new Set(node.inputs)) {
        const takers = this.takers.get(input);
        if (takers) takers.push(node);
        else this.takers.set(input, [node]);
      }
    }
  }

  producer(value: string): OnnxNode | undefined {
    return this.producers.get(value);
  }

  /** The nodes that compute with a value; those that only ask for its shape do not. */
  consumers(value: string): readonly OnnxNode[] {
    return (this.takers.get(value) ?? []).filter(({ operator }) => operator !== 'Shape' && operator !== 'Size');
  }

  /** The numbers of a small constant, through what only changes its type or shape. */
  constant(value: string | undefined): readonly number[] | undefined {
    let name = value;
    for (let steps = 0; name !== undefined && steps < 8; steps += 1) {
      const known = this.facts.constants.get(name)?.values;
      if (known !== undefined) return known;
      const node = this.producers.get(name);
      const scalar = node?.operator === 'Constant' ? constantAttribute(node) : undefined;
      if (scalar !== undefined) return scalar;
      name = node && reshaping.has(node.operator) ? node.inputs[0] : undefined;
    }
    return undefined;
  }

  /** The sizes of a weight. */
  dimensions(value: string | undefined): readonly number[] | undefined {
    return value === undefined ? undefined : this.facts.constants.get(value)?.dimensions;
  }

  /** Whether one value is computed from another. */
  dependsOn(value: string, on: string): boolean {
    const seen = new Set<string>();
    const open = [value];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const input of this.producers.get(next)?.inputs ?? []) {
        if (input === on) return true;
        if (!seen.has(input)) {
          seen.add(input);
          open.push(input);
        }
      }
    }
    return false;
  }
}

/** Operators that change type, shape or order of numbers, and none of them. */
export const reshaping: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'CastLike',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Dropout',
  'Transpose',
  'Expand',
  'Slice',
  'Gather',
  'GatherND',
  'Split',
  'ZipMap',
  'QuantizeLinear',
  'DequantizeLinear',
]);

function constantAttribute({ attributes }: OnnxNode): readonly number[] | undefined {
  const { value, value_float, value_floats, value_int, value_ints } = attributes;
  for (const item of [value_float, value_floats, value_int, value_ints]) {
    if (typeof item === 'number') return [item];
    if (Array.isArray(item)) return item as readonly number[];
  }
  return isTensor(value) ? value.values : undefined;
}

import type { ClassOutput, ImageInput, OutputMeaning, Resize } from '../../src/contract/modelContract.ts';
import { channelsOf } from '../../src/contract/modelContract.ts';

/** The axes of the matrix, each with all its values. */
const axes = {
  type: ['float32', 'float16', 'uint8'],
  layout: ['NCHW', 'NHWC'],
  colour: ['rgb', 'bgr', 'grey'],
  resize: ['shorter-side', 'exact', 'letterbox'],
  meaning: ['single-label', 'multi-label', 'binary'],
  size: ['32x32', '64x40', '40x64'],
  weights: ['inside', 'external'],
  /** Whether the graph ends in softmax or sigmoid, or in the numbers before it. */
  ending: ['numbers', 'probabilities'],
  interpolation: ['bilinear', 'bicubic', 'nearest', 'lanczos'],
  /** For uint8 always the pixels as they are. */
  values: ['0..1', '0..255', '-1..1'],
  batch: ['free', '1', '3'],
  outputs: ['one', 'two'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Axis = keyof typeof axes;
type Row = { readonly [Name in Axis]: (typeof axes)[Name][number] };

const names = Object.keys(axes) as readonly Axis[];
/** Of these axes every three values come together in some case; of all others every two. */
const closer: readonly Axis[] = ['type', 'layout', 'colour', 'resize'];
const leastCases = 42;

/** One model of the matrix, with its whole contract. */
export interface MatrixCase {
  readonly name: string;
  /** Its values on the axes, for a table. */
  readonly row: Row;
  readonly input: ImageInput & { readonly name: string };
  readonly output: ClassOutput & {
    readonly name: string;
    readonly labels: readonly string[];
    readonly classes: number;
  };
  /** Last operator of the graph, where it is an activation. */
  readonly ending: 'Softmax' | 'Sigmoid' | null;
  readonly twoOutputs: boolean;
  readonly isExternal: boolean;
  readonly seed: number;
}

/** Rows that cover what has to come together; the same ones at each call. */
export function matrixCases(): readonly MatrixCase[] {
  const open = new Set(allGroups());
  const random = numbers(20261128);
  const rows: Row[] = [];
  while (open.size > 0 || rows.length < leastCases) {
    const candidates = Array.from({ length: 60 }, () => randomRow(random));
    const gain = (row: Row): number => groupsOf(row).filter((group) => open.has(group)).length;
    const best = candidates.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    groupsOf(best).forEach((group) => open.delete(group));
    rows.push(best);
  }
  return rows.map(caseOf);
}

/** What of all that has to come together no case has: nothing, or the matrix is none. */
export function uncovered(cases: readonly MatrixCase[]): readonly string[] {
  const found = new Set(cases.flatMap(({ row }) => groupsOf(row)));
  return allGroups().filter((group) => !found.has(group));
}

/** All that has to come together in some case. */
function allGroups(): string[] {
  return [...names.flatMap((_, index) => pairsOf(index)), ...triples()];
}

function pairsOf(index: number): string[] {
  const one = names[index] as Axis;
  return names
    .slice(index + 1)
    .flatMap((other) => axes[one].flatMap((a) => axes[other].map((b) => `${one} ${a}, ${other} ${b}`)));
}

function triplesOf<T>(items: readonly T[]): (readonly [T, T, T])[] {
  return items.flatMap((a, i) =>
    items.slice(i + 1).flatMap((b, j) => items.slice(i + j + 2).map((c) => [a, b, c] as const)),
  );
}

function triples(): string[] {
  return triplesOf(closer).flatMap(([one, two, three]) =>
    axes[one].flatMap((a) =>
      axes[two].flatMap((b) => axes[three].map((c) => `${one} ${a}, ${two} ${b}, ${three} ${c}`)),
    ),
  );
}

function groupsOf(row: Row): string[] {
  const pairs = names.flatMap((one, index) =>
    names.slice(index + 1).map((other) => `${one} ${row[one]}, ${other} ${row[other]}`),
  );
  const three = triplesOf(closer).map((group) => group.map((axis) => `${axis} ${row[axis]}`).join(', '));
  return [...pairs, ...three];
}

function randomRow(random: () => number): Row {
  return Object.fromEntries(
    names.map((name) => [name, axes[name][Math.floor(random() * axes[name].length)]]),
  ) as unknown as Row;
}

/** mulberry32: numbers from 0 to 1 that a seed gives. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

function caseOf(row: Row, index: number): MatrixCase {
  const { type, layout, colour, interpolation, meaning } = row;
  const [width = 0, height = 0] = row.size.split('x').map(Number);
  const labels = labelsOf[meaning];
  const activation = meaning === 'single-label' ? 'softmax' : 'sigmoid';
  const hasEnding = row.ending === 'probabilities';
  return {
    name: `m${String(index).padStart(2, '0')}-${[type, layout, colour, row.resize].join('-').toLowerCase()}`,
    row,
    input: {
      name: 'picture',
      colour,
      resize: resizeOf(row.resize, width, height),
      interpolation,
      width,
      height,
      ...valuesOf(row),
      layout,
      type,
      batch: row.batch === 'free' ? 'free' : Number(row.batch),
    },
    output: {
      name: 'answer',
      meaning,
      activation: hasEnding ? 'none' : activation,
      classes: meaning === 'binary' ? 1 : labels.length,
      labels,
    },
    ending: !hasEnding ? null : activation === 'softmax' ? 'Softmax' : 'Sigmoid',
    twoOutputs: row.outputs === 'two',
    isExternal: row.weights === 'external',
    seed: 1000 + index,
  };
}

const labelsOf: Readonly<Record<Exclude<OutputMeaning, 'unknown'>, readonly string[]>> = {
  'single-label': ['glioma', 'meningioma', 'no tumour', 'pituitary', '7'],
  'multi-label': ['effusion', 'mass', 'nodule', 'cardiomegaly'],
  binary: ['normal', 'pneumonia'],
};

function resizeOf(method: Row['resize'], width: number, height: number): Resize {
  switch (method) {
    case 'shorter-side':
      return { method, length: Math.max(width, height) + 6 };
    case 'exact':
      return { method, width, height };
    case 'letterbox':
      return { method, fill: 114 };
  }
}

function valuesOf({ type, colour, values }: Row): Pick<ImageInput, 'range' | 'mean' | 'std'> {
  const channels = channelsOf(colour);
  const range = type === 'uint8' ? '0..255' : values;
  const all = {
    '0..1': { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    '0..255':
      type === 'uint8' ? { mean: [0, 0, 0], std: [1, 1, 1] } : { mean: [103.9, 116.8, 123.7], std: [58, 57, 57] },
    '-1..1': { mean: [0, 0, 0], std: [1, 1, 1] },
  }[range];
  return { range, mean: all.mean.slice(0, channels), std: all.std.slice(0, channels) };
}

import type { PythonAttribute, PythonClass } from '../../../read/formats/pythonModule.ts';

/** A layer that a class makes, as far as its text tells. */
export interface Layer {
  readonly name: string;
  readonly attribute: PythonAttribute;
  /** Shape of its `weight`; a side that is computed somewhere is undefined. */
  readonly weight: readonly (number | undefined)[];
}

type Sides = readonly (number | undefined)[];

interface LayerKind {
  /** Names of the arguments, in order. */
  readonly parameters: readonly string[];
  readonly weight: (given: (parameter: string) => number | undefined) => Sides;
}

function convolution(dimensions: number): LayerKind {
  return {
    parameters: ['in_channels', 'out_channels', 'kernel_size', 'stride', 'padding', 'dilation', 'groups'],
    weight: (given) => {
      const groups = given('groups') ?? 1;
      const channels = given('in_channels');
      const kernel = Array.from({ length: dimensions }, () => given('kernel_size'));
      return [given('out_channels'), channels === undefined ? undefined : channels / groups, ...kernel];
    },
  };
}

const norm: LayerKind = { parameters: ['num_features'], weight: (given) => [given('num_features')] };

/** Layers of torch.nn whose weights have the shape that their arguments say. */
const kinds: Readonly<Record<string, LayerKind>> = {
  Linear: {
    parameters: ['in_features', 'out_features'],
    weight: (given) => [given('out_features'), given('in_features')],
  },
  Conv1d: convolution(1),
  Conv2d: convolution(2),
  Conv3d: convolution(3),
  BatchNorm1d: norm,
  BatchNorm2d: norm,
  BatchNorm3d: norm,
  Embedding: {
    parameters: ['num_embeddings', 'embedding_dim'],
    weight: (given) => [given('num_embeddings'), given('embedding_dim')],
  },
};

/** The layers with weights that a class makes as attributes of its own, by their text. */
export function layersOf(made: PythonClass): readonly Layer[] {
  const counts = new Map<string, number>();
  for (const { name } of made.attributes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const usual = defaultsOf(made);
  return made.attributes.flatMap((attribute) => {
    const kind = kinds[/^(?:torch\.)?(?:nn\.)?(\w+)$/.exec(attribute.callee ?? '')?.[1] ?? ''];
    // What is made twice depends on a condition.
    if (kind === undefined || counts.get(attribute.name) !== 1) return [];
    return [
      { name: attribute.name, attribute, weight: kind.weight((parameter) => given(attribute, kind, parameter, usual)) },
    ];
  });
}

/** Numbers that the parameters of the constructor have when nobody gives them, as TorchServe does not. */
function defaultsOf({ methods }: PythonClass): ReadonlyMap<string, string> {
  const parameters = methods.findLast(({ name }) => name === '__init__')?.parameters ?? [];
  return new Map(parameters.flatMap(({ name, usual }) => (usual === undefined ? [] : [[name, usual] as const])));
}

function given(
  { given: texts }: PythonAttribute,
  { parameters }: LayerKind,
  parameter: string,
  usual: ReadonlyMap<string, string>,
): number | undefined {
  const named = texts.find((text) => text.startsWith(`${parameter}=`))?.slice(parameter.length + 1);
  const placed = texts[parameters.indexOf(parameter)];
  const text = named ?? (placed !== undefined && !/^\w+=/.test(placed) ? placed : undefined);
  const value = text === undefined ? undefined : (usual.get(text) ?? text);
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

import path from 'node:path';
import type { Finding } from '../../../read/detection.ts';
import type { PythonClass } from '../../../read/formats/pythonModule.ts';
import type { NamedTensor } from '../../../read/formats/stateDicts.ts';
import { unwrappedKey } from '../../../read/architectures/keys.ts';
import { baseName, handlerKind, located, tokenLocation, type CheckContext, type PythonSource } from './context.ts';
import { layersOf, type Layer } from './layers.ts';

/**
 * Whether the keys and shapes of the weights are those of the user's own class, as far as its text tells: a class that
 * derives from `nn.Module` itself and makes its layers as plain attributes. What cannot be read off is not complained of.
 */
export function checkStateDict(context: CheckContext): Finding[] {
  const { spec, modelSource, weights } = context;
  const [stateDict] = weights?.stateDicts ?? [];
  const [made, ...more] = modelSource?.module.classes ?? [];
  const isOwn = handlerKind(spec) === 'own';
  if (spec.architecture !== undefined || isOwn || stateDict === undefined || modelSource === undefined) return [];
  if (made === undefined || more.length > 0 || !isReadable(made)) return [];
  const comparison = { context, source: modelSource, made };
  const tensors = stateDict.tensors;
  if (handlerKind(spec) === 'generated') return compare(comparison, withoutPrefix(tensors, made));
  // TorchServe's own handlers load the file as it is; a checkpoint is refused as a whole.
  if (weights?.kind !== 'eager-state-dict') return [];
  const prefixed = prefix(comparison, tensors);
  return prefixed === undefined ? compare(comparison, tensors) : [prefixed];
}

interface Comparison {
  readonly context: CheckContext;
  readonly source: PythonSource;
  readonly made: PythonClass;
}

function isReadable({ bases, hasHiddenAttributes, attributes }: PythonClass): boolean {
  const [base, ...more] = bases;
  const isModule = base !== undefined && /^(torch\.nn\.|nn\.)?Module$/.test(base) && more.length === 0;
  return isModule && !hasHiddenAttributes && attributes.length > 0;
}

function attributeNames({ attributes }: PythonClass): ReadonlySet<string> {
  return new Set(attributes.map(({ name }) => name));
}

/** What stands before the keys of the class in all keys of the file: wrappers such as DataParallel, or a Lightning module. */
function prefixOf(tensors: readonly NamedTensor[], made: PythonClass): string {
  const names = attributeNames(made);
  const [first = ''] = tensors.map(({ key }) => key);
  const segments = first.split('.');
  for (let count = 0; count < segments.length; count += 1) {
    const prefix = segments
      .slice(0, count)
      .map((segment) => `${segment}.`)
      .join('');
    const fits = tensors.every(({ key }) => key.startsWith(prefix) && names.has(top(key.slice(prefix.length))));
    if (fits) return prefix;
  }
  return '';
}

/** The tensors as the generated handler sees them. Others beside those of the network, it passes over. */
function withoutPrefix(tensors: readonly NamedTensor[], made: PythonClass): readonly NamedTensor[] {
  const unwrapped = tensors.map((tensor) => ({ ...tensor, key: unwrappedKey(tensor.key) }));
  const [layer] = layersOf(made);
  const [end] = layer === undefined ? [] : unwrapped.filter(({ key }) => `.${key}`.endsWith(`.${layer.name}.weight`));
  const prefix =
    end === undefined || layer === undefined
      ? prefixOf(unwrapped, made)
      : end.key.slice(0, end.key.length - `${layer.name}.weight`.length);
  return unwrapped
    .filter(({ key }) => key.startsWith(prefix))
    .map((tensor) => ({ ...tensor, key: tensor.key.slice(prefix.length) }));
}

function prefix({ context, source, made }: Comparison, tensors: readonly NamedTensor[]): Finding | undefined {
  const found = prefixOf(tensors, made);
  const [first] = tensors;
  if (found === '' || first === undefined) return undefined;
  const wrapper = wrappers[found] ?? `the wrapper that the class was in`;
  const bare = first.key.slice(found.length);
  return {
    code: 'state-dict-prefix',
    severity: 'error',
    message: `weights: the keys in ${baseName(context.spec.weights ?? '')} begin with "${found}", which ${wrapper} put there; ${made.name} in ${path.basename(source.file)} has no such part.`,
    remedy:
      'Write model-deck:image-classifier as the handler, which takes the prefix off; or save the keys without it.',
    laterMessage: `Error(s) in loading state_dict for ${made.name}: Missing key(s) in state_dict: "${bare}" … Unexpected key(s) in state_dict: "${first.key}"`,
    ...located(context.at('weights')),
  };
}

const wrappers: Readonly<Record<string, string>> = {
  'module.': 'DataParallel',
  '_orig_mod.': 'torch.compile',
  'model.': 'the module around the network (Lightning)',
};

function compare(comparison: Comparison, tensors: readonly NamedTensor[]): Finding[] {
  const names = attributeNames(comparison.made);
  const strange = tensors.filter(({ key }) => !names.has(top(key)));
  const layers = layersOf(comparison.made);
  const missing = layers.filter(({ name }) => !tensors.some(({ key }) => key.startsWith(`${name}.`)));
  if (strange.length > 0 || missing.length > 0) return [otherKeys(comparison, strange, missing)];
  return layers.flatMap((layer) => shapes(comparison, layer, tensors));
}

function otherKeys({ source, made }: Comparison, strange: readonly NamedTensor[], missing: readonly Layer[]): Finding {
  const keys = some(strange.map(({ key }) => key));
  const layers = some(missing.map(({ name }) => name));
  const parts = [
    ...(strange.length > 0 ? [`${made.name} makes nothing for ${keys}`] : []),
    ...(missing.length > 0 ? [`the weights have nothing for ${layers}`] : []),
  ];
  const [first] = missing;
  return {
    code: 'state-dict-other-keys',
    severity: 'error',
    message: `${path.basename(source.file)}: ${parts.join(', and ')}.`,
    remedy: 'Choose the class that these weights were saved from.',
    laterMessage: `Error(s) in loading state_dict for ${made.name}:${missing.length > 0 ? ` Missing key(s) in state_dict: "${first?.name}.weight"` : ''}${strange.length > 0 ? ` Unexpected key(s) in state_dict: "${strange[0]?.key}"` : ''}`,
    location: tokenLocation(source.file, first?.attribute.at ?? made.at),
  };
}

function shapes({ source, made, context }: Comparison, layer: Layer, tensors: readonly NamedTensor[]): Finding[] {
  const key = `${layer.name}.weight`;
  const shape = tensors.find((tensor) => tensor.key === key)?.shape;
  const differs =
    shape !== undefined &&
    (shape.length !== layer.weight.length ||
      layer.weight.some((side, index) => side !== undefined && side !== shape[index]));
  if (!differs) return [];
  const expected = layer.weight.map((side, index) => side ?? shape[index] ?? 0);
  const list = (sides: readonly number[]): string => `[${sides.join(', ')}]`;
  return [
    {
      code: 'state-dict-other-shapes',
      severity: 'error',
      message: `${path.basename(source.file)}: ${layer.name} has weights of ${list(expected)}, and ${baseName(context.spec.weights ?? '')} has ${list(shape)}${classesTold(layer, shape)}.`,
      remedy: 'Make the layer as it was when the weights were saved.',
      laterMessage: `Error(s) in loading state_dict for ${made.name}: size mismatch for ${key}: copying a param with shape torch.Size(${list(shape)}) from checkpoint, the shape in current model is torch.Size(${list(expected)}).`,
      location: tokenLocation(source.file, layer.attribute.at, layer.attribute.end),
    },
  ];
}

/** Of two linear layers with one input, the number of outputs differs: for the last one, that is the number of classes. */
function classesTold({ weight }: Layer, shape: readonly number[]): string {
  const isLinear = weight.length === 2 && shape.length === 2 && weight[1] === shape[1];
  return isLinear ? `: ${shape[0]} outputs, not ${weight[0]}` : '';
}

function top(key: string): string {
  return key.split('.', 1)[0] ?? key;
}

function some(values: readonly string[]): string {
  const shown = 3;
  const rest = values.length > shown ? ` and ${values.length - shown} more` : '';
  return values.slice(0, shown).join(', ') + rest;
}

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { NamedTensor } from '../../../../src/packaging/read/formats/stateDicts.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

const all = JSON.parse(
  gunzipSync(readFileSync(new URL('../../../fixtures/torchvision-tensors.json.gz', import.meta.url))).toString('utf8'),
) as Readonly<Record<string, Shapes>>;

/** Names of the classifiers of torchvision 0.14, which scripts/torchserve/fingerprints.py wrote down. */
export const torchvisionNames: readonly string[] = Object.keys(all);

/** Keys and shapes of a classifier of torchvision with 1000 classes, as its state_dict has them. */
export function tensorsOf(name: string): readonly NamedTensor[] {
  return Object.entries(all[name] ?? {}).map(([key, shape]) => ({
    key,
    shape,
    type: key.endsWith('num_batches_tracked') ? 'int64' : 'float32',
  }));
}

/** The same with other shapes of some tensors. */
export function reshaped(
  tensors: readonly NamedTensor[],
  change: (tensor: NamedTensor) => readonly number[],
): readonly NamedTensor[] {
  return tensors.map((tensor) => ({ ...tensor, shape: change(tensor) }));
}

/** The same with another number of classes. */
export function withClasses(tensors: readonly NamedTensor[], head: string, classes: number): readonly NamedTensor[] {
  const isHead = ({ key }: NamedTensor): boolean => key === `${head}.weight` || key === `${head}.bias`;
  return reshaped(tensors, (tensor) => (isHead(tensor) ? [classes, ...tensor.shape.slice(1)] : tensor.shape));
}

export function withPrefix(tensors: readonly NamedTensor[], prefix: string): readonly NamedTensor[] {
  return tensors.map((tensor) => ({ ...tensor, key: prefix + tensor.key }));
}

import type { NamedTensor } from '../formats/stateDicts.ts';
import type { Architecture } from './architecture.ts';
import { recogniseForeign } from './foreignNetworks.ts';
import { unwrappedKey } from './keys.ts';
import { likeTorchvision, recogniseTorchvision } from './recogniseTorchvision.ts';

/** What network a state_dict belongs to, by its keys and shapes alone; undefined where they do not say. */
export function recogniseArchitecture(tensors: readonly NamedTensor[]): Architecture | undefined {
  const unwrapped = tensors.map((tensor) => ({ ...tensor, key: unwrappedKey(tensor.key) }));
  return recogniseTorchvision(unwrapped) ?? recogniseForeign(unwrapped) ?? likeTorchvision(unwrapped);
}

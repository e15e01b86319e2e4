import type { NamedTensor } from '../formats/stateDicts.ts';

/** Segments that wrappers of PyTorch put anywhere into a key: torch.compile, FSDP, activation checkpointing. */
const wrapperSegments = /(^|\.)(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.)/g;

/** A key as the network itself names it, without what wrappers put into it. A prefix such as `module.` stays. */
export function unwrappedKey(key: string): string {
  return key.replace(wrapperSegments, '').replace(/^\./, '');
}

/** What stands in front of the keys of the layer `layer` wherever it occurs, the shortest first. */
export function prefixesOf(tensors: readonly NamedTensor[], layer: string): readonly string[] {
  const ending = `${layer}.weight`;
  const keys = tensors.map(({ key }) => key).filter((key) => key === ending || key.endsWith(`.${ending}`));
  return keys.map((key) => key.slice(0, key.length - ending.length)).sort((a, b) => a.length - b.length);
}

/** The tensors below a prefix, with their keys behind it. */
export function tensorsBelow(tensors: readonly NamedTensor[], prefix: string): readonly NamedTensor[] {
  return tensors
    .filter(({ key }) => key.startsWith(prefix))
    .map((tensor) => ({ ...tensor, key: tensor.key.slice(prefix.length) }));
}

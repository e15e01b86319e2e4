import type { PickleValue, TensorFacts } from './pickleValues.ts';

/** A tensor by its key in a state_dict. */
export interface NamedTensor extends TensorFacts {
  readonly key: string;
}

/** The tensors of one dict in a file of `torch.save`, or of a safetensors file. */
export interface StateDict {
  /** Keys that lead to the dict; empty when the file is the state_dict. */
  readonly path: readonly string[];
  readonly tensors: readonly NamedTensor[];
}

/** Checkpoints keep the state_dict this deep at most. */
const deepest = 3;

/** Names under which training keeps the network, the usual ones first. */
const networkNames = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'model_state', 'weights', 'params'];
/** Names under which training keeps averages of the network, which are meant only where there is nothing else. */
const averages = /(^|_)(ema|swa|teacher|averaged?)(_|$)/i;
/** Names under which training keeps tensors of other things: optimizer, loss, counters. */
const notNetworks = /optim|sched|scaler|loss|criterion|callback|metric/i;

/** The dicts with tensors in what a pickle would build, the one that is most likely the network first. */
export function stateDictsOf(root: PickleValue | undefined): readonly StateDict[] {
  const found: StateDict[] = [];
  const seen = new Set<PickleValue>();
  const visit = (value: PickleValue, path: readonly string[]): void => {
    // A pickle may hold one dict in many places, and in itself.
    if (value.kind !== 'mapping' || seen.has(value)) return;
    seen.add(value);
    const tensors = tensorsOf(value.entries);
    if (tensors.length > 0 && !path.some((key) => notNetworks.test(key))) found.push({ path, tensors });
    if (path.length < deepest) for (const [key, inner] of value.entries) visit(inner, [...path, key]);
  };
  if (root !== undefined) visit(root, []);
  return found.sort((a, b) => rank(a) - rank(b) || b.tensors.length - a.tensors.length);
}

function tensorsOf(entries: ReadonlyMap<string, PickleValue>): NamedTensor[] {
  const tensors: NamedTensor[] = [];
  for (const [key, value] of entries) {
    if (value.kind === 'instance' && value.tensor !== undefined) tensors.push({ key, ...value.tensor });
  }
  return tensors;
}

/** A dict of one tensor at the top of a checkpoint, a counter for example, is not the network beside it. */
function rank({ path, tensors }: StateDict): number {
  if (path.some((key) => averages.test(key))) return networkNames.length + 2;
  const last = path.at(-1);
  if (last === undefined) return tensors.some(({ key }) => key.includes('.')) ? -1 : networkNames.length + 1;
  const index = networkNames.indexOf(last);
  return index < 0 ? networkNames.length : index;
}

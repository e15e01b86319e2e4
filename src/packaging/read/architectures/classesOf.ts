import type { PythonClass } from '../formats/pythonModule.ts';
import type { NamedTensor } from '../formats/stateDicts.ts';
import { unwrappedKey } from './keys.ts';
import { recogniseArchitecture } from './recognise.ts';

/** Modules of torch.nn without weights, which may stand behind the last layer. */
const weightless =
  /^(torch\.)?(nn\.)?(\w*Dropout\w*|\w*Softmax|Sigmoid|\w*ReLU|GELU|Tanh|Identity|Flatten|\w*Loss|\w*Pool\dd)$/;

/**
 * How many classes weights of PyTorch have: those of a network that is recognised, else the rows of the linear layer that
 * their class makes last. Undefined where neither says it.
 *
 * @param made the user's own class for these weights, if there is one
 */
export function classesOf(tensors: readonly NamedTensor[], made?: PythonClass): number | undefined {
  const found = recogniseArchitecture(tensors);
  switch (found?.kind) {
    case 'torchvision':
      return found.classes;
    case 'own-head':
      return rowsOf(found.head.findLast(isWeight));
    case 'foreign':
      return rowsOf(tensors.find(({ key }) => /(^|\.)classifier\.weight$/.test(key)));
    case 'like-torchvision':
    case undefined:
      return made && ofClass(tensors, made);
  }
}

function ofClass(
  tensors: readonly NamedTensor[],
  { attributes, hasHiddenAttributes }: PythonClass,
): number | undefined {
  if (hasHiddenAttributes) return undefined;
  const last = attributes.findLast(({ callee }) => callee !== undefined && !weightless.test(callee));
  const kind = /^(?:torch\.)?(?:nn\.)?(Linear|Sequential)$/.exec(last?.callee ?? '')?.[1];
  if (last === undefined || kind === undefined) return undefined;
  const weights = tensors.filter(isWeight).map((tensor) => ({ ...tensor, key: `.${unwrappedKey(tensor.key)}` }));
  if (kind === 'Linear') return onlyRows(weights.filter(({ key }) => key.endsWith(`.${last.name}.weight`)));
  const step = new RegExp(`\\.${last.name}\\.(\\d+)\\.weight$`);
  const steps = weights.flatMap((tensor) => {
    const number = step.exec(tensor.key)?.[1];
    return number === undefined ? [] : [{ tensor, number: Number(number) }];
  });
  const highest = Math.max(...steps.map(({ number }) => number));
  return onlyRows(steps.filter(({ number }) => number === highest).map(({ tensor }) => tensor));
}

/** Two layers of one name, somewhere in the network, leave it open which one is the last. */
function onlyRows([first, ...more]: readonly NamedTensor[]): number | undefined {
  return more.length === 0 ? rowsOf(first) : undefined;
}

function isWeight({ key }: NamedTensor): boolean {
  return /(^|\.)weight$/.test(key);
}

/** Of a linear layer: as many as it has outputs. */
function rowsOf(tensor: NamedTensor | undefined): number | undefined {
  return tensor?.shape.length === 2 ? tensor.shape[0] : undefined;
}

import { ModelDeckError } from '../foundation/error.ts';
import type { WritableStore } from '../stores/modelStore.ts';
import { isWritable, type Stores } from '../stores/stores.ts';
import type { Target } from '../targets/target.ts';

/** The stores that this computer knows, that take packages, and that the target can read from; the first is the usual one. */
export async function storesFor(
  stores: Pick<Stores, 'known'>,
  target: Pick<Target, 'storageProblem'>,
): Promise<readonly WritableStore[]> {
  // Where in the store makes no difference.
  const canRead = (store: WritableStore): boolean => target.storageProblem(store.locate('model', '1')) === undefined;
  return (await stores.known()).filter(isWritable).filter(canRead);
}

/** The error when {@link storesFor} finds none. */
export function noStoreFor({ label }: Pick<Target, 'label'>): ModelDeckError {
  return new ModelDeckError('not-found', `There is no model store that ${label} can read and that takes packages.`, {
    remedy: 'Set the folder of the local model store.',
    nextStep: { kind: 'open-setting', setting: 'modelDeck.localStore.folder' },
  });
}

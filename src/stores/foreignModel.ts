import { ModelDeckError } from '../foundation/error.ts';
import type { StoredModel } from './modelStore.ts';

/** The error of a store that is asked to read or remove a model of another store: names and versions are alike everywhere. */
export function foreignModel(
  { name, version, storeId }: StoredModel,
  store: { readonly label: string },
): ModelDeckError {
  return new ModelDeckError(
    'invalid-input',
    `${name} ${version} lies in another store (${storeId}), not in ${store.label}.`,
    {
      remedy: 'Refresh the list of models, and try again.',
    },
  );
}

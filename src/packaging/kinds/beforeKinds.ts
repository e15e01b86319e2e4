import type { ModelPackage, Serves } from '../modelPackage.ts';
import { torchServeKind, torchServeServes } from './torchserve/served.ts';

/** What every package was before records and lists of deployments said what it is. */
export const beforeKinds: Pick<ModelPackage, 'kind' | 'serves'> = { kind: torchServeKind, serves: torchServeServes };

/** Where a stored model can be served, also one that an earlier version of Model Deck has stored. */
export function servesOf(model: { readonly serves?: Serves }): Serves {
  return model.serves ?? beforeKinds.serves;
}

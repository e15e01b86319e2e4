import type { ModelKnowledge } from '../../inference/index.ts';
import type * as Packaging from '../../packaging/index.ts';
import type { Stores } from '../../stores/stores.ts';
import type { ServedModel } from '../../targets/target.ts';

/**
 * Contract, labels and preprocessing of the model that a deployment serves, when its very archive lies in a store of this computer.
 * A store that cannot be read, or an archive that is broken, is as if there were none: what the record of the model says is all that is known then.
 */
export async function packageKnowledge(
  model: ServedModel,
  stores: Stores,
  packaging: () => Promise<typeof Packaging>,
): Promise<ModelKnowledge | undefined> {
  try {
    const packaged = model.path === undefined ? await storedHere(model, stores) : model;
    const where = packaged?.archivePath ?? packaged?.path;
    if (where === undefined) return knownOf(model);
    const kind = (await packaging()).packageKinds.of(packaged?.kind);
    const { contract, labels, preprocessing } = await kind.read(where);
    return { ...(contract && { contract }), ...(labels && { labels }), ...(preprocessing && { preprocessing }) };
  } catch {
    return knownOf(model);
  }
}

/** What the store's record says. */
function knownOf({ contract }: ServedModel): ModelKnowledge | undefined {
  return contract && { contract };
}

async function storedHere({ sha256 }: ServedModel, stores: Stores): Promise<ServedModel | undefined> {
  if (sha256 === undefined) return undefined;
  const lists = await Promise.all((await stores.known()).map((store) => store.list()));
  return lists.flat().find((model) => model.sha256 === sha256 && model.path !== undefined);
}

import type { ModelKnowledge } from '../../inference/index.ts';
import type * as Packaging from '../../packaging/index.ts';
import type { Stores } from '../../stores/stores.ts';
import type { ServedModel } from '../../targets/target.ts';

/**
 * Labels and preprocessing of the model that a deployment serves, when its very archive lies in a store of this computer.
 * A store that cannot be read, or an archive that is broken, is as if there were none: the endpoint answers without it.
 */
export async function packageKnowledge(
  { sha256, archivePath }: ServedModel,
  stores: Stores,
  packaging: () => Promise<typeof Packaging>,
): Promise<ModelKnowledge | undefined> {
  try {
    const path = archivePath ?? (sha256 === undefined ? undefined : await storedArchive(sha256, stores));
    if (path === undefined) return undefined;
    const { labels, preprocessing } = await (await packaging()).readArchive(path);
    return { ...(labels && { labels }), ...(preprocessing && { preprocessing }) };
  } catch {
    return undefined;
  }
}

async function storedArchive(sha256: string, stores: Stores): Promise<string | undefined> {
  const lists = await Promise.all((await stores.known()).map((store) => store.list()));
  return lists.flat().find((model) => model.sha256 === sha256)?.archivePath;
}

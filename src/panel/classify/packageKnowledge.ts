import type { ModelKnowledge } from '../../inference/index.ts';
import type * as Packaging from '../../packaging/index.ts';
import type { ModelStore } from '../../stores/modelStore.ts';
import type { ServedModel } from '../../targets/target.ts';

/**
 * Labels and preprocessing of the model that a deployment serves, when its very archive lies in the local store.
 * A store that cannot be read, or an archive that is broken, is as if there were none: the endpoint answers without it.
 */
export async function packageKnowledge(
  { sha256, archivePath }: ServedModel,
  store: () => Promise<ModelStore>,
  packaging: () => Promise<typeof Packaging>,
): Promise<ModelKnowledge | undefined> {
  try {
    const path = archivePath ?? (sha256 === undefined ? undefined : await storedArchive(sha256, await store()));
    if (path === undefined) return undefined;
    const { labels, preprocessing } = await (await packaging()).readArchive(path);
    return { ...(labels && { labels }), ...(preprocessing && { preprocessing }) };
  } catch {
    return undefined;
  }
}

async function storedArchive(sha256: string, store: ModelStore): Promise<string | undefined> {
  const models = await store.list();
  return models.find((model) => model.sha256 === sha256)?.archivePath;
}

import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ModelPackage } from '../../src/packaging/modelPackage.ts';
import { recordOf, storedModel } from '../../src/stores/storeRecord.ts';
import { formatClaimRef } from '../../src/stores/claim/claimRef.ts';
import type { StoredModel, WritableStore } from '../../src/stores/modelStore.ts';

/** A store in the folder of this machine that is behind a claim: a deploy is tested here, not how a model gets there. */
export function claimFolderStore(context: string, namespace: string, claim: string, root: string): WritableStore {
  const id = formatClaimRef({ context, namespace, claim });
  const models = new Map<string, StoredModel>();
  const folderOf = ({ name, version }: { readonly name: string; readonly version: string }): string =>
    path.join(root, name, version);
  return {
    id,
    label: claim,
    locate: (name, version) => `pvc://${claim}/${name}/${version}`,
    list: () => Promise.resolve([...models.values()]),
    async put(archive: ModelPackage, task) {
      const { name, version } = archive;
      const folder = folderOf(archive);
      const isNew = !models.has(folder);
      task?.onProgress?.({ step: 'upload' });
      await mkdir(path.dirname(folder), { recursive: true });
      await cp(archive.folder, folder, { recursive: true });
      const storageUri = `pvc://${claim}/${name}/${version}`;
      const model = storedModel(recordOf(archive), { storeId: id, storageUri });
      models.set(folder, model);
      return { ...model, isNew };
    },
    async remove(model) {
      models.delete(folderOf(model));
      await rm(folderOf(model), { recursive: true });
    },
  };
}

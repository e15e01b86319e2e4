import { formatBytes } from '../foundation/formatBytes.ts';
import type { ModelStore, StoredModel } from '../stores/modelStore.ts';
import type { Stores } from '../stores/stores.ts';
import { factTable } from './markdown.ts';
import type { StoreSubject, TreeNode } from './treeNode.ts';
import { contextValue } from './contextValue.ts';

export interface StoresSource {
  readonly stores: Pick<Stores, 'known'>;
  /** The claims of the clusters that are connected. */
  readonly claims: () => readonly TreeNode[];
}

/** Rows of the Model Stores view: the stores that this computer knows first, the claims of clusters after them. */
export async function storeNodes({ stores, claims }: StoresSource): Promise<readonly TreeNode[]> {
  return [...(await stores.known()).map(storeNode), ...claims()];
}

function storeNode(store: ModelStore): TreeNode {
  const { folder } = store;
  const id = `store/${store.id}`;
  const subject: StoreSubject = { kind: 'store', storeId: store.id, ...(folder !== undefined && { folder }) };
  return {
    id,
    label: store.label,
    icon: { name: 'library' },
    contextValue: contextValue('store', folder !== undefined && 'folder'),
    subject,
    expanded: true,
    children: async () => {
      const models = await store.list();
      if (models.length === 0) return [emptyStoreNode(id, store, subject)];
      return models.map((model) => modelNode(id, model, store.remove !== undefined));
    },
    tooltip: () =>
      Promise.resolve(
        factTable(store.label, [
          ['Folder', folder],
          ['Layout', '<model>/<version>: each can be mounted by KServe as it is'],
        ]),
      ),
  };
}

function emptyStoreNode(parentId: string, store: ModelStore, subject: StoreSubject): TreeNode {
  return {
    id: `${parentId}/empty`,
    label: 'No models yet',
    icon: { name: 'info' },
    contextValue: contextValue('empty'),
    subject,
    ...(store.put && {
      description: 'Select to package one',
      open: { command: 'modelDeck.packageModel', title: 'Package Model…' },
    }),
  };
}

/**
 * @param parentId id of the store's row
 * @param removable whether its store can remove it
 */
export function modelNode(parentId: string, model: StoredModel, removable: boolean): TreeNode {
  return {
    id: `${parentId}/${model.name}/${model.version}`,
    label: model.name,
    description: model.version,
    icon: { name: 'archive' },
    contextValue: contextValue('model', model.path !== undefined && 'local', removable && 'removable'),
    subject: { kind: 'model', model },
    tooltip: () =>
      Promise.resolve(
        factTable(`${model.name} ${model.version}`, [
          ['Storage', model.storageUri],
          ['Size', model.size === undefined ? undefined : formatBytes(model.size)],
          ['sha256', model.sha256],
        ]),
      ),
  };
}

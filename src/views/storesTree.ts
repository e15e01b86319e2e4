import { formatBytes } from '../foundation/formatBytes.ts';
import type { ModelStore, StoredModel } from '../stores/modelStore.ts';
import { factTable } from './markdown.ts';
import type { TreeNode } from './treeNode.ts';

export interface StoresSource {
  readonly localStore: () => Promise<{ readonly store: ModelStore; readonly folder: string }>;
  /** The claims of the clusters that are connected. */
  readonly claims: () => readonly TreeNode[];
}

/** Rows of the Model Stores view: the local folder store first. */
export async function storeNodes(source: StoresSource): Promise<readonly TreeNode[]> {
  const { store, folder } = await source.localStore();
  const id = `store/${store.id}`;
  return [
    {
      id,
      label: store.label,
      icon: { name: 'library' },
      contextValue: 'store;folder',
      subject: { kind: 'store', folder },
      expanded: true,
      children: async () => {
        const models = await store.list();
        return models.length > 0 ? models.map((model) => modelNode(id, model)) : [emptyStoreNode(id, folder)];
      },
      tooltip: () =>
        Promise.resolve(
          factTable(store.label, [
            ['Folder', folder],
            ['Layout', '<model>/<version>/config + model-store: each can be mounted by KServe as it is'],
          ]),
        ),
    },
    ...source.claims(),
  ];
}

function emptyStoreNode(storeId: string, folder: string): TreeNode {
  return {
    id: `${storeId}/empty`,
    label: 'No models yet',
    description: 'Select to package one',
    icon: { name: 'info' },
    contextValue: 'empty',
    subject: { kind: 'store', folder },
    open: { command: 'modelDeck.packageModel', title: 'Package Model…' },
  };
}

/** @param parentId id of the store's row */
export function modelNode(parentId: string, model: StoredModel, contextValue = 'model'): TreeNode {
  return {
    id: `${parentId}/${model.name}/${model.version}`,
    label: model.name,
    description: model.version,
    icon: { name: 'archive' },
    contextValue,
    subject: { kind: 'model', model },
    tooltip: () =>
      Promise.resolve(
        factTable(`${model.name} ${model.version}`, [
          ['Storage', model.storageUri],
          ['Size', formatBytes(model.size)],
          ['sha256', model.sha256],
        ]),
      ),
  };
}

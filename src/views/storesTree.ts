import { formatBytes } from '../foundation/formatBytes.ts';
import type { ModelStore, StoredModel } from '../stores/modelStore.ts';
import type { Stores } from '../stores/stores.ts';
import { factTable } from './markdown.ts';
import { problemNode } from './problemNode.ts';
import type { StoreSubject, TreeNode } from './treeNode.ts';
import { contextValue } from './contextValue.ts';

export interface StoresSource {
  readonly stores: Pick<Stores, 'known'>;
  /** The claims of the clusters that are connected. */
  readonly claims: () => readonly TreeNode[];
}

/**
 * Rows of the Model Stores view: the stores that this computer knows first, the claims of clusters after them. None while all
 * of them are empty: then the view shows its welcome.
 */
export async function storeNodes({ stores, claims }: StoresSource): Promise<readonly TreeNode[]> {
  const listed = await Promise.all((await stores.known()).map(listStore));
  const ofClusters = claims();
  if (ofClusters.length === 0 && listed.every(({ models, error }) => models.length === 0 && error === undefined)) {
    return [];
  }
  return [...listed.map(storeNode), ...ofClusters];
}

interface ListedStore {
  readonly store: ModelStore;
  readonly models: readonly StoredModel[];
  /** Why they could not be listed. */
  readonly error?: unknown;
}

async function listStore(store: ModelStore): Promise<ListedStore> {
  try {
    return { store, models: await store.list() };
  } catch (error) {
    return { store, models: [], error };
  }
}

function storeNode({ store, models, error }: ListedStore): TreeNode {
  const { folder } = store;
  const id = `store/${store.id}`;
  const subject: StoreSubject = { kind: 'store', storeId: store.id, ...(folder !== undefined && { folder }) };
  return {
    id,
    label: store.label,
    ...(models.length === 0 && error === undefined && { description: 'no models' }),
    icon: { name: 'library' },
    contextValue: contextValue('store', folder !== undefined && 'folder'),
    subject,
    expanded: true,
    children: () =>
      Promise.resolve(
        error === undefined
          ? models.map((model) => modelNode(id, model, store.remove !== undefined))
          : [problemNode(id, error)],
      ),
    tooltip: () =>
      Promise.resolve(
        factTable(store.label, [
          ['Folder', folder],
          ['Layout', '<model>/<version>: each can be mounted by KServe as it is'],
        ]),
      ),
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

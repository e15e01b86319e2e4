import { ModelDeckError } from '../foundation/error.ts';
import { throwIfCancelled, type Task } from '../foundation/task.ts';
import type { ModelArchive } from '../packaging/modelArchive.ts';
import type { ModelStore, StoredModel } from '../stores/modelStore.ts';
import type { Deployment, DeployStep, Target } from '../targets/target.ts';

/** Either an archive, which is put into the store first, or a model that lies there. */
export interface DeployOrder {
  readonly archive?: ModelArchive | undefined;
  readonly stored?: StoredModel | undefined;
  readonly store: ModelStore;
  readonly target: Target;
  readonly name: string;
  readonly protocol: 'v1' | 'v2';
}

/**
 * The whole way of a model to an answering endpoint, the same for every store and target: plan, upload, deploy. Planning
 * comes first, so that nothing is copied for a target that cannot serve the model.
 *
 * @throws ModelDeckError what the store or the target throws; `invalid-input` for a name that KServe would refuse
 */
export async function deployModel(order: DeployOrder, task: Task<DeployStep> = {}): Promise<Deployment> {
  const { archive, stored, store, target, name, protocol } = order;
  checkName(name);
  throwIfCancelled(task);
  task.onProgress?.({ step: 'plan' });
  const planned = stored ?? (archive && inPlace(archive, store));
  if (!planned) throw new ModelDeckError('internal', 'There is neither an archive nor a stored model to deploy.');
  await target.plan({ name, model: planned, protocol }, { signal: task.signal });
  const model = archive ? await store.upload(archive, task) : planned;
  throwIfCancelled(task);
  return target.deploy({ name, model, protocol }, task);
}

/** The model's name as the name of a deployment: `ResNet_18` becomes `resnet-18`. */
export function deploymentName(modelName: string): string {
  const name = modelName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, maxNameLength)
    .replace(/-+$/, '');
  return name === '' ? 'model' : name;
}

/** Kubernetes makes a DNS label of the name. */
const maxNameLength = 63;

function checkName(name: string): void {
  if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= maxNameLength) return;
  throw new ModelDeckError('invalid-input', `"${name}" cannot be the name of a deployment.`, {
    remedy: `Use small letters, digits and "-", a letter first, at most ${maxNameLength}: the rule for an InferenceService.`,
  });
}

/** A package that is not in the store yet has the layout of one already. */
function inPlace(archive: ModelArchive, store: ModelStore): StoredModel {
  const { name, version, folder, path, size, sha256 } = archive;
  return { storeId: store.id, name, version, storageUri: '', path: folder, archivePath: path, size, sha256 };
}

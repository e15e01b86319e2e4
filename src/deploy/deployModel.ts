import { ModelDeckError } from '../foundation/error.ts';
import { throwIfCancelled, type Task } from '../foundation/task.ts';
import { mainPath, type ModelPackage } from '../packaging/modelPackage.ts';
import type { ModelStore, StoredModel, UploadedModel } from '../stores/modelStore.ts';
import { recordOf, storedModel } from '../stores/storeRecord.ts';
import { requireWritable } from '../stores/stores.ts';
import type {
  ClusterDeployOptions,
  Deployment,
  DeployPlan,
  DeployRequest,
  DeployStep,
  ModelProvenance,
  Target,
} from '../targets/target.ts';
import { undoDeploy } from './undoDeploy.ts';

/** Either a package, which is put into the store first, or a model that lies there. */
export interface DeployOrder {
  readonly modelPackage?: ModelPackage | undefined;
  readonly stored?: StoredModel | undefined;
  readonly store: ModelStore;
  readonly target: Target;
  readonly name: string;
  readonly protocol: 'v1' | 'v2';
  /** For a target in a cluster. */
  readonly cluster?: ClusterDeployOptions | undefined;
  readonly provenance?: ModelProvenance | undefined;
  /**
   * Asked when a deploy that had begun to change something failed or was cancelled. Left out, everything is taken back,
   * but for a failed start on a target that keeps it, as `failed` with its log.
   */
  readonly onFailure?: ((error: unknown) => Promise<'keep' | 'undo'>) | undefined;
}

/**
 * The whole way of a model to an answering endpoint, the same for every store and target: plan, upload, deploy. Planning
 * comes first, so that nothing is copied for a target that cannot serve the model. What fails or is cancelled is taken
 * back, the uploaded model too.
 *
 * @throws ModelDeckError what the store or the target throws; `invalid-input` for a name that the target does not allow
 */
export async function deployModel(order: DeployOrder, task: Task<DeployStep> = {}): Promise<Deployment> {
  const { modelPackage, target, name } = order;
  // Before anything is asked or changed: what is put there may have to be taken back.
  const store = modelPackage ? requireWritable(order.store) : undefined;
  const plan = await planDeploy(order, task);
  checkFeasible(plan, order);
  const before = await target.restorePoint(name, { signal: task.signal });
  const model: UploadedModel = modelPackage && store ? await store.put(modelPackage, task) : plannedModel(order);
  try {
    throwIfCancelled(task);
    return await target.deploy(requestFor(order, model, plan), task);
  } catch (error) {
    if ((await whatNow(order, error)) === 'keep') throw error;
    throw await undoDeploy({ error, before, model, ...(model.isNew === true && store && { store }) }, task.onProgress);
  }
}

/**
 * What {@link deployModel} would do, without doing it.
 * @throws ModelDeckError what the target throws; `invalid-input` for a name that the target does not allow; `unsupported` when the target cannot
 *   read from the store
 */
export async function planDeploy(order: DeployOrder, task: Task<DeployStep> = {}): Promise<DeployPlan> {
  checkName(order);
  throwIfCancelled(task);
  task.onProgress?.({ step: 'plan' });
  const model = plannedModel(order);
  const problem = order.target.storageProblem(model.storageUri);
  if (problem !== undefined) throw unreadable(order, problem);
  return order.target.plan(requestFor(order, model), { signal: task.signal });
}

/** What is there already may keep its name, whoever chose it. */
function checkName({ target, name }: DeployOrder): void {
  const problem = target.checkName(name);
  if (problem === undefined || target.deployments().some((deployment) => deployment.name === name)) return;
  throw new ModelDeckError('invalid-input', problem, { remedy: 'Choose another name.' });
}

function requestFor(order: DeployOrder, model: StoredModel, plan?: DeployPlan): DeployRequest {
  const { name, protocol, modelPackage } = order;
  const cluster =
    plan?.planRevision === undefined ? order.cluster : { planRevision: plan.planRevision, ...order.cluster };
  const { weightsSha256 } = modelPackage ?? {};
  const provenance = { ...(weightsSha256 && { weightsSha256 }), ...order.provenance };
  return { name, model, protocol, cluster, provenance };
}

function plannedModel({ modelPackage, stored, store }: DeployOrder): StoredModel {
  const planned = stored ?? (modelPackage && inPlace(modelPackage, store));
  if (!planned) throw new ModelDeckError('internal', 'There is neither a package nor a stored model to deploy.');
  return planned;
}

function unreadable({ store, target }: DeployOrder, problem: string): ModelDeckError {
  return new ModelDeckError('unsupported', problem, {
    remedy: `Choose a store that ${target.label} can read instead of ${store.label}.`,
  });
}

/** A package that is not in the store yet has the layout of one already, and will lie at `<root>/<name>/<version>`. */
function inPlace(made: ModelPackage, store: ModelStore): StoredModel {
  const { name, version, folder } = made;
  const planned = storedModel(recordOf(made), { storeId: store.id, storageUri: store.locate(name, version), folder });
  return made.archive === undefined ? planned : { ...planned, archivePath: mainPath(made) };
}

/** Nothing is uploaded for what the cluster refuses already. */
function checkFeasible({ objects = [] }: DeployPlan, { cluster }: DeployOrder): void {
  for (const { kind, name, dryRun, conflicts = [] } of objects) {
    if (!dryRun.ok) {
      const remedy = dryRun.remedy === undefined ? {} : { remedy: dryRun.remedy };
      throw new ModelDeckError(dryRun.category ?? 'invalid-input', dryRun.reason, remedy);
    }
    if (conflicts.length === 0 || cluster?.force === true) continue;
    const managers = [...new Set(conflicts.map(({ manager }) => manager))].join(', ');
    const fields = conflicts.map(({ field }) => field).join(', ');
    throw new ModelDeckError('conflict', `${kind} ${name} has fields that ${managers} manages: ${fields}.`, {
      remedy: `Take them over by deploying with force, or leave them to ${managers} by taking them out of the manifest.`,
    });
  }
}

async function whatNow({ target, onFailure }: DeployOrder, error: unknown): Promise<'keep' | 'undo'> {
  if (onFailure) return onFailure(error);
  const cancelled = ModelDeckError.is(error) && error.category === 'cancelled';
  return target.keepsFailed && !cancelled ? 'keep' : 'undo';
}

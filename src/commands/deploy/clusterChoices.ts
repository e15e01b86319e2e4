import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import type { KubeObject, ResourceType } from '../../cluster/objects/resource.ts';
import { storesFor } from '../../deploy/storeChoices.ts';
import { kserveLabels } from '../../kserve/annotations.ts';
import { namespaces, persistentVolumeClaims } from '../../kserve/resources/core.ts';
import { storageClasses, type StorageClass } from '../../kserve/resources/storageClass.ts';
import { claimChoice, type ClaimChoice } from '../../kserve/choices/claimChoice.ts';
import { readable, readRuntimes } from '../../targets/kserve/plan/readRuntimes.ts';
import type { ListedRuntimes } from '../../kserve/choices/otherRuntimes.ts';
import type { PackagingWay, ServingChoice, ServingOption } from '../../kserve/choices/servingChoice.ts';
import { readNodes } from '../../targets/kserve/plan/readNodes.ts';
import { serverOfPick, type DeployChoices, type NamespaceChoices } from './deploySteps.ts';
import type { Services } from '../core/services.ts';

/**
 * Reads from the kubeconfig and its clusters what the questions of "Deploy Model…" offer.
 * @param ways in which the model can be packaged; asked when runtimes are chosen among
 */
export async function clusterChoices(
  services: Pick<Services, 'clusters' | 'kserve' | 'namespaces' | 'stores' | 'targets'>,
  contexts: DeployChoices['contexts'],
  ways: () => Promise<readonly PackagingWay[]>,
): Promise<DeployChoices> {
  const kserve = await services.kserve();
  /** Contexts that were found to have it; what failed is asked again. */
  const withKServe = new Set<string>();
  const connect = async (context: string): Promise<ClusterConnection> => (await services.clusters()).connect(context);
  const serving = async (
    context: string,
    namespace: string,
    signal?: AbortSignal,
  ): Promise<{ readonly choice: ServingChoice; readonly listed: ListedRuntimes }> => {
    const place = { connection: await connect(context), namespace };
    const task = signal ? { signal } : {};
    const [listed, { processors }, known] = await Promise.all([
      readRuntimes(place, task),
      readNodes(place, task),
      ways(),
    ]);
    return { listed, choice: kserve.chooseServing(known, listed, { processors }) };
  };
  return {
    targets: await services.targets.standing(),
    contexts,
    namespaces: async (context, signal) =>
      readNamespaces(await connect(context), services.namespaces.of(context), { signal }),
    claims: async (context, namespace, signal) => readClaims(await connect(context), namespace, { signal }),
    stores: async (context, namespace) =>
      storesFor(services.stores, await (await services.clusters()).target(context, namespace)),
    runtimes: async (context, namespace, signal) => {
      const { choice, listed } = await serving(context, namespace, signal);
      return kserve.runtimeChoices(choice, listed);
    },
    option: async (context, namespace, runtime) => {
      const { choice } = await serving(context, namespace);
      return chosenOption(choice, runtime);
    },
    requireKServe: async (context, signal) => {
      if (withKServe.has(context)) return;
      await requireKServe(await connect(context), { signal });
      withKServe.add(context);
    },
    requireRuntime: async (context, namespace, signal) => {
      const { choice, listed } = await serving(context, namespace, signal);
      // What may not be listed is not known to be missing.
      if (listed.namespaced === undefined || listed.clusterWide === undefined) return;
      if (choice.best ?? choice.makeable[0]) return;
      throw new ModelDeckError('unsupported', `No serving runtime of ${namespace} can serve this model.`, {
        remedy: `${choice.reason} Install one that does, for example KServe's own runtimes, or choose another namespace.`,
      });
    },
    serviceNames: kserve.inferenceServiceNames,
    namespaceProblem: kserve.namespaceNameProblem,
    quantityProblem: kserve.quantityProblem,
  };
}

/** The group of InferenceServices. Every user who may sign in may ask for it. */
const kserveGroup = '/apis/serving.kserve.io/v1beta1';

async function requireKServe(connection: ClusterConnection, task: Task): Promise<void> {
  const { status } = await connection.request({ method: 'GET', path: kserveGroup }, task);
  if (status !== 404) return;
  throw new ModelDeckError('unsupported', `KServe is not installed in the cluster of ${connection.context.name}.`, {
    remedy: 'Install KServe (https://kserve.github.io/website), or choose another cluster.',
  });
}

/** @param runtime as {@link runtimeStep} has it */
function chosenOption({ best, options, makeable }: ServingChoice, runtime: string): ServingOption | undefined {
  const server = serverOfPick(runtime);
  if (server !== undefined) return makeable.find(({ template }) => template?.server === server);
  return runtime === '' ? best : options.find((option) => option.runtime.metadata.name === runtime);
}

async function readNamespaces(
  connection: ClusterConnection,
  remembered: readonly string[],
  task: Task,
): Promise<NamespaceChoices> {
  const preferred = connection.namespace;
  const found = await listed(connection, namespaces, task);
  const rank = (name: string): number =>
    name === preferred ? 0 : remembered.includes(name) ? 1 : isSystem(name) ? 3 : 2;
  const all = new Map<string, KubeObject | undefined>([
    ...(found === undefined ? [preferred, ...remembered].map((name): [string, undefined] => [name, undefined]) : []),
    ...(found ?? []).map((namespace): [string, KubeObject] => [namespace.metadata.name, namespace]),
  ]);
  return {
    preferred,
    names: [...all]
      .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
      .map(([name, namespace]) => ({
        name,
        ...(name === preferred && { description: 'namespace of the context' }),
        ...(namespace?.metadata.labels?.[kserveLabels.controlPlane] !== undefined && {
          unusable: 'It has the label "control-plane": KServe brings no model into the pods of such a namespace.',
        }),
      })),
    ...(found === undefined && { note: 'You may not list the namespaces of this cluster; type the name of yours.' }),
  };
}

function isSystem(namespace: string): boolean {
  return /^(kube-|kserve$|istio-|knative-|cert-manager$|local-path-storage$)/.test(namespace);
}

async function readClaims(
  connection: ClusterConnection,
  namespace: string,
  task: Task,
): Promise<readonly ClaimChoice[]> {
  const { items } = await connection.list(persistentVolumeClaims, { namespace }, task);
  const needsClasses = items.some(({ status }) => status?.phase !== 'Bound');
  const classes = needsClasses ? await listed(connection, storageClasses, task) : [];
  return [...items]
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
    .map((claim) =>
      claimChoice(
        claim,
        classes?.find((one) => isClassOf(one, claim.spec?.storageClassName)),
      ),
    );
}

function isClassOf({ metadata }: StorageClass, name: string | undefined): boolean {
  const isDefault = metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
  return name === undefined ? isDefault : metadata.name === name;
}

/** Undefined when it may not be listed, or the cluster does not have the kind. */
async function listed<T extends KubeObject>(
  connection: ClusterConnection,
  type: ResourceType<T>,
  task: Task,
): Promise<readonly T[] | undefined> {
  return (await readable(connection.list(type, {}, task)))?.items;
}

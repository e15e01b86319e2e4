import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import { isKindMissing } from '../../cluster/clusterErrors.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import { storageInitializerImage } from '../../kserve/index.ts';
import { configMaps, pods } from '../../kserve/resources/core.ts';
import { clusterStorageContainers } from '../../kserve/resources/storageContainer.ts';
import { uploadSettings, type ClaimPlace } from './claimPlace.ts';

/** Where KServe is installed: by its own manifests, by Kubeflow, and by Open Data Hub and OpenShift AI. */
const kserveNamespaces = ['kserve', 'kubeflow', 'opendatahub', 'redhat-ods-applications'];

/**
 * The image of the cluster's own storage initializer: of KServe's configuration, or, where that may not be read, of a pod of
 * the namespace.
 *
 * @throws ModelDeckError `not-found` when nothing tells
 */
export async function clusterImage(connection: ClusterConnection, place: ClaimPlace, task: Task): Promise<string> {
  const ask = <Result>(question: Promise<Result>): Promise<Result | undefined> =>
    question.catch((error: unknown) => {
      throwIfCancelled(task);
      if (!isNoAnswer(error)) throw error;
      return undefined;
    });
  const [containers, ...maps] = await Promise.all([
    ask(connection.list(clusterStorageContainers, {}, task)),
    ...kserveNamespaces.map((namespace) =>
      ask(connection.get(configMaps, { name: 'inferenceservice-config', namespace }, task)),
    ),
  ]);
  const configMap = maps.find((map) => map !== undefined);
  const image = storageInitializerImage({ configMap, storageContainers: containers?.items });
  return image ?? (await ask(imageOfPods(connection, place.namespace, task))) ?? unknownImage(place);
}

async function imageOfPods(connection: ClusterConnection, namespace: string, task: Task): Promise<string | undefined> {
  let image: string | undefined;
  await connection.list(
    pods,
    {
      namespace,
      labelSelector: 'serving.kserve.io/inferenceservice',
      onPage: (page) => {
        const containers = page.flatMap(({ spec }) => spec?.initContainers ?? []);
        image ??= containers.find(({ name }) => name === 'storage-initializer')?.image;
      },
    },
    task,
  );
  return image;
}

function isNoAnswer(error: unknown): boolean {
  return isKindMissing(error) || (ModelDeckError.is(error) && ['forbidden', 'not-found'].includes(error.category));
}

function unknownImage({ namespace, context }: ClaimPlace): never {
  throw new ModelDeckError(
    'not-found',
    `Nothing in ${context} tells which image an upload pod in ${namespace} can have.`,
    {
      remedy: `Set ${uploadSettings.image} to an image that the cluster has and that has a shell, for example that of KServe's storage initializer.`,
      nextStep: { kind: 'open-setting', setting: uploadSettings.image },
    },
  );
}

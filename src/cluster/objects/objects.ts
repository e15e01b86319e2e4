import type { Task } from '../../foundation/task.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type {
  ApplyOptions,
  ClusterConnection,
  DeleteOptions,
  ListQuery,
  ObjectList,
  WriteOptions,
} from '../clusterConnection.ts';
import { parseStatus, statusError } from '../clusterErrors.ts';
import type { KubeObject, ObjectName, ResourceType } from './resource.ts';
import { collectionPath, objectPath, objectWords, withKind, withQuery } from './resourcePath.ts';
import type { Rest } from '../transport/rest.ts';

/** Owns the fields that we apply; seen in `managedFields` and in the conflicts of others. */
export const fieldManager = 'model-deck';

const defaultPageSize = 500;

type Objects = Pick<ClusterConnection, 'get' | 'list' | 'create' | 'apply' | 'patch' | 'delete'>;

/** Reading and writing of objects. @param defaultNamespace taken where a name has none */
export function openObjects(rest: Rest, defaultNamespace: string): Objects {
  const placed = (type: ResourceType, name: ObjectName): ObjectName =>
    type.namespaced ? { name: name.name, namespace: name.namespace ?? defaultNamespace } : { name: name.name };

  async function readJson<T>(request: Parameters<Rest['read']>[0], task: Task | undefined): Promise<T> {
    const body = await rest.read(request, task);
    try {
      return JSON.parse(body) as T;
    } catch {
      // The parser's message quotes the answer, which may be anything: it is not passed on.
      throw notJson(rest, request.doing);
    }
  }

  return {
    get<T extends KubeObject>(type: ResourceType<T>, name: ObjectName, task?: Task): Promise<T> {
      const path = objectPath(type, name, defaultNamespace);
      return readJson<T>({ method: 'GET', path, doing: `read ${objectWords(type, placed(type, name))}` }, task);
    },

    async list<T extends KubeObject>(type: ResourceType<T>, query: ListQuery<T>, task?: Task): Promise<ObjectList<T>> {
      const { namespace, labelSelector, fieldSelector, pageSize: limit = defaultPageSize } = query;
      const doing = `list ${type.plural}${type.namespaced && namespace !== undefined ? ` in ${namespace}` : ''}`;
      const items: T[] = [];
      const take = query.onPage ?? ((page: readonly T[]) => void items.push(...page));
      let next: string | undefined;
      for (;;) {
        const parameters = { labelSelector, fieldSelector, limit, continue: next };
        const path = withQuery(collectionPath(type, namespace), parameters);
        const page = await readJson<ListAnswer<T>>({ method: 'GET', path, doing }, task);
        take(page.items ?? []);
        next = page.metadata?.continue || undefined;
        if (next === undefined) return { items, resourceVersion: page.metadata?.resourceVersion ?? '' };
      }
    },

    create<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions, task?: Task): Promise<T> {
      const name = placed(type, object.metadata);
      const path = withQuery(collectionPath(type, name.namespace), { fieldManager, dryRun: dryRun(options) });
      return readJson<T>(
        { method: 'POST', path, ...json(withKind(type, object)), doing: `create ${objectWords(type, name)}` },
        task,
      );
    },

    apply<T extends KubeObject>(type: ResourceType<T>, object: T, options?: ApplyOptions, task?: Task): Promise<T> {
      const name = placed(type, object.metadata);
      const parameters = { fieldManager, force: options?.force || undefined, dryRun: dryRun(options) };
      const path = withQuery(objectPath(type, name, defaultNamespace), parameters);
      // JSON is YAML. The server refuses an apply that carries managed fields.
      const metadata = { ...object.metadata, managedFields: undefined };
      const body = json({ ...withKind(type, object), metadata }, 'application/apply-patch+yaml');
      return readJson<T>({ method: 'PATCH', path, ...body, doing: `apply ${objectWords(type, name)}` }, task);
    },

    patch<T extends KubeObject>(type: ResourceType<T>, name: ObjectName, patch: unknown, task?: Task): Promise<T> {
      const path = withQuery(objectPath(type, name, defaultNamespace), { fieldManager });
      const body = json(patch, 'application/merge-patch+json');
      return readJson<T>(
        { method: 'PATCH', path, ...body, doing: `change ${objectWords(type, placed(type, name))}` },
        task,
      );
    },

    async delete(type: ResourceType, name: ObjectName, options: DeleteOptions = {}, task?: Task): Promise<void> {
      const doing = `delete ${objectWords(type, placed(type, name))}`;
      const body = json({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(options.propagation !== undefined && { propagationPolicy: options.propagation }),
        ...(options.uid !== undefined && { preconditions: { uid: options.uid } }),
      });
      const path = objectPath(type, name, defaultNamespace);
      const answer = await rest.ask({ method: 'DELETE', path, ...body, doing }, task);
      if (answer.status >= 200 && answer.status < 300) return;
      const status = parseStatus(answer.status, answer.body);
      // Gone already. A kind that the cluster does not serve is another thing: the path may be wrong.
      if (status.code === 404 && status.details?.name) return;
      throw statusError(rest.attempt(doing), status);
    },
  };
}

interface ListAnswer<T> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly T[] | null;
}

function json(value: unknown, contentType = 'application/json'): { body: string; headers: Record<string, string> } {
  return { body: JSON.stringify(value), headers: { 'Content-Type': contentType } };
}

function dryRun(options: WriteOptions | undefined): 'All' | undefined {
  return options?.dryRun ? 'All' : undefined;
}

function notJson(rest: Rest, doing: string): ModelDeckError {
  const { context } = rest.attempt(doing);
  return new ModelDeckError(
    'server',
    `Could not ${doing} on ${context.name}: the answer is not that of an API server.`,
    {
      remedy: 'Check the server in the kubeconfig.',
    },
  );
}

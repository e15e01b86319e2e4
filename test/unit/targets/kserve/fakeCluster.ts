import type {
  ApplyOptions,
  ClusterConnection,
  DeleteOptions,
  KubeObject,
  ManagedFields,
  ObjectName,
  ResourceType,
  WatchEvent,
} from '../../../../src/cluster/index.ts';
import { ModelDeckError } from '../../../../src/foundation/error.ts';

type Json = Record<string, unknown>;
type Watcher = (event: WatchEvent<KubeObject>) => void;

/**
 * The part of an API server that a deploy meets, in memory: server-side apply with managers and conflicts, resource
 * versions, watches. Maps merge, lists are atomic. Controllers are played by the test.
 */
export class FakeCluster {
  readonly did: string[] = [];
  private readonly objects = new Map<string, KubeObject>();
  private readonly watchers = new Map<string, Set<Watcher>>();
  private version = 100;
  /** Where `portForward` leads. */
  forwardUrl = 'http://127.0.0.1:9';
  /** Called before every request with for example `apply inferenceservices/cats`; may throw. */
  fault: (doing: string) => void = () => undefined;
  /** Called after it was done and before the answer. */
  afterwards: (doing: string) => void = () => undefined;
  /** A finalizer keeps what is deleted. */
  keepsDeleted = false;
  logs = new Map<string, readonly string[]>();
  onWrite: (type: ResourceType, object: KubeObject) => void = () => undefined;
  onRemove: (type: ResourceType, object: KubeObject) => void = () => undefined;
  /** Kinds that the cluster does not have. */
  readonly missingKinds = new Set<string>();

  readonly connection: ClusterConnection = {
    context: { name: 'minikube', cluster: 'minikube', isCurrent: true, file: '/kubeconfig' },
    namespace: 'default',
    get: (type, name, task) =>
      this.answer(`get ${type.plural}/${name.name}`, type, task?.signal, () => this.find(type, name)),
    list: (type, query, task) =>
      this.answer(`list ${type.plural}`, type, task?.signal, () => {
        const items = this.all(type).filter((object) => fits(object, query));
        query.onPage?.(items);
        return { items: query.onPage ? [] : items, resourceVersion: String(this.version) };
      }),
    create: () => Promise.reject(new Error('not for this')),
    apply: (type, object, options = {}, task) =>
      this.answer(
        `${options.dryRun ? 'dry-run' : 'apply'} ${type.plural}/${object.metadata.name}`,
        type,
        task?.signal,
        () => this.apply(type, object, options),
      ),
    patch: (type, name, patch, task) =>
      this.answer(`patch ${type.plural}/${name.name}`, type, task?.signal, () => {
        const merged = mergePatch(this.find(type, name), patch) as KubeObject;
        return this.write(type, merged) as never;
      }),
    delete: (type, name, options, task) =>
      this.answer(`delete ${type.plural}/${name.name}`, type, task?.signal, () => this.remove(type, name, options)),
    request: () => Promise.reject(new Error('not for this')),
    watch: (type, query, task) =>
      new Promise((resolve) => {
        const watcher: Watcher = (event) => {
          if (event.type === 'bookmark' || !fits(event.object, query)) return;
          query.onEvent(event as never);
        };
        const all = this.watchers.get(type.plural) ?? new Set();
        this.watchers.set(type.plural, all.add(watcher));
        query.onOpen?.();
        task?.signal?.addEventListener('abort', () => {
          all.delete(watcher);
          resolve('ended');
        });
      }),
    exec: () => Promise.reject(new Error('not for this')),
    logs: (query, onLine) => {
      for (const line of this.logs.get(`${query.pod}/${query.container}`) ?? []) onLine(line);
      return Promise.resolve();
    },
    portForward: (target) => {
      this.did.push(`forward ${target.port}`);
      return Promise.resolve({ url: this.forwardUrl, close: () => void this.did.push('close forward') });
    },
    close: () => undefined,
  };

  /** Watches that are open. */
  get openWatches(): number {
    return [...this.watchers.values()].reduce((sum, all) => sum + all.size, 0);
  }

  peek<T extends KubeObject>(type: ResourceType<T>, name: string, namespace = 'ml'): T | undefined {
    return this.objects.get(key(type, { name, namespace: type.namespaced ? namespace : undefined })) as T | undefined;
  }

  /** As another client or a controller writes it, whatever was there. */
  put<T extends KubeObject>(type: ResourceType<T>, object: T, manager = 'kubectl'): void {
    const managedFields = [
      ...(object.metadata.managedFields ?? []).filter((entry) => entry.manager !== manager),
      { manager, operation: 'Update', fieldsV1: fieldsOf({ spec: (object as Json)['spec'] }) },
    ];
    this.write(type, { ...object, metadata: { ...object.metadata, managedFields } });
  }

  /** Writes a part that nobody owns, such as a status. */
  set<T extends KubeObject>(type: ResourceType<T>, name: string, part: Json): void {
    const object = this.peek(type, name);
    if (object) this.write(type, { ...object, ...part });
  }

  drop<T extends KubeObject>(type: ResourceType<T>, name: string): void {
    this.remove(type, { name, namespace: 'ml' });
  }

  private async answer<T>(
    doing: string,
    type: ResourceType,
    signal: AbortSignal | undefined,
    work: () => T,
  ): Promise<T> {
    await Promise.resolve();
    this.did.push(doing);
    if (signal?.aborted) throw ModelDeckError.cancelled();
    this.fault(doing);
    if (this.missingKinds.has(type.plural)) throw status(404, 'the server could not find the requested resource', {});
    const result = work();
    this.afterwards(doing);
    return structuredClone(result);
  }

  private find<T extends KubeObject>(type: ResourceType<T>, name: ObjectName): T {
    const found = this.objects.get(key(type, name));
    if (found) return found as T;
    throw status(404, `${type.plural} "${name.name}" not found`, { name: name.name });
  }

  all<T extends KubeObject>(type: ResourceType<T>): T[] {
    return [...this.objects].filter(([at]) => at.startsWith(`${type.plural}/`)).map(([, object]) => object as T);
  }

  private apply<T extends KubeObject>(type: ResourceType<T>, object: T, options: ApplyOptions): T {
    const live = this.objects.get(key(type, object.metadata));
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== live?.metadata.resourceVersion) {
      throw status(409, 'the object has been modified; please apply your changes to the latest version', {});
    }
    const wish = wishOf(object);
    const mine = fieldsOf(wish);
    const others = (live?.metadata.managedFields ?? []).filter(({ manager }) => manager !== 'model-deck');
    const before = (live?.metadata.managedFields ?? []).find(({ manager }) => manager === 'model-deck')?.fieldsV1;
    const conflicts = others.flatMap(({ manager, fieldsV1 }) =>
      leaves(mine)
        .filter((path) => has(fieldsV1, path) && valueAt(live, path) !== undefined)
        .filter((path) => JSON.stringify(valueAt(live, path)) !== JSON.stringify(valueAt(wish, path)))
        .map((path) => ({ manager, path })),
    );
    if (conflicts.length > 0 && options.force !== true) throw conflictStatus(conflicts);
    let next: unknown = structuredClone(live ?? { metadata: { name: object.metadata.name } });
    for (const path of leaves(before ?? {})) {
      if (!has(mine, path) && !others.some(({ fieldsV1 }) => has(fieldsV1, path))) next = without(next, path);
    }
    next = merged(next, wish);
    const kept = others.map((entry) => ({
      ...entry,
      fieldsV1: conflicts.reduce(
        (fields, { path }) =>
          without(
            fields,
            path.map((part) => `f:${part}`),
          ),
        entry.fieldsV1,
      ),
    }));
    const entry: ManagedFields = {
      manager: 'model-deck',
      operation: 'Apply',
      time: new Date().toISOString().replace(/\.\d+/, ''),
      fieldsV1: mine,
    };
    const result = next as KubeObject;
    const complete = { ...result, metadata: { ...result.metadata, managedFields: [...kept, entry] } };
    return (options.dryRun ? complete : this.write(type, complete)) as T;
  }

  private write(type: ResourceType, object: KubeObject): KubeObject {
    const at = key(type, object.metadata);
    const live = this.objects.get(at);
    this.version += 1;
    const isOther =
      JSON.stringify((live as Json | undefined)?.['spec']) !== JSON.stringify((object as unknown as Json)['spec']);
    const written: KubeObject = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: live?.metadata.uid ?? `uid-${this.version}`,
        creationTimestamp:
          object.metadata.creationTimestamp ?? live?.metadata.creationTimestamp ?? new Date().toISOString(),
        generation: (live?.metadata.generation ?? 0) + (isOther ? 1 : 0),
        resourceVersion: String(this.version),
      },
    };
    this.objects.set(at, written);
    this.tell(type, { type: live ? 'modified' : 'added', object: written });
    // A controller acts after the answer.
    setImmediate(() => this.objects.get(at) === written && this.onWrite(type, written));
    return written;
  }

  private remove(type: ResourceType, name: ObjectName, { uid }: DeleteOptions = {}): void {
    const object = this.objects.get(key(type, name));
    if (!object) return;
    if (uid !== undefined && uid !== object.metadata.uid) throw status(409, 'the UID in the precondition differs', {});
    if (this.keepsDeleted) {
      const deletionTimestamp = new Date().toISOString();
      this.write(type, { ...object, metadata: { ...object.metadata, deletionTimestamp } });
      return;
    }
    this.objects.delete(key(type, name));
    this.tell(type, { type: 'deleted', object });
    setImmediate(() => this.onRemove(type, object));
  }

  private tell(type: ResourceType, event: WatchEvent<KubeObject>): void {
    for (const watcher of this.watchers.get(type.plural) ?? []) watcher(structuredClone(event));
  }
}

function key(type: ResourceType, { namespace, name }: ObjectName): string {
  return `${type.plural}/${type.namespaced ? (namespace ?? 'default') : ''}/${name}`;
}

function fits(
  { metadata }: KubeObject,
  query: { namespace?: string | undefined; labelSelector?: string | undefined; fieldSelector?: string | undefined },
): boolean {
  const [label = '', labelValue] = query.labelSelector?.split('=') ?? [];
  const wantedName = query.fieldSelector?.split('=')[1];
  return (
    (query.namespace === undefined || metadata.namespace === undefined || metadata.namespace === query.namespace) &&
    (label === '' || metadata.labels?.[label] === labelValue) &&
    (wantedName === undefined || metadata.name === wantedName)
  );
}

const categories = {
  404: 'not-found',
  409: 'conflict',
  403: 'forbidden',
  422: 'invalid-input',
  500: 'server',
} as const;

/** An error as the connection makes it of an API server's answer. */
export function status(code: keyof typeof categories, message: string, details: object): ModelDeckError {
  return new ModelDeckError(categories[code], message, { cause: { kind: 'Status', code, message, details } });
}

function conflictStatus(
  conflicts: readonly { manager: string | undefined; path: readonly string[] }[],
): ModelDeckError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager ?? ''}" using serving.kserve.io/v1beta1`,
    field: `.${path.join('.')}`,
  }));
  return status(409, 'Apply failed with conflicts', { causes });
}

function wishOf(object: KubeObject): Json {
  const { metadata, ...rest } = object as KubeObject & Json;
  const { labels, annotations, name, namespace } = metadata;
  return { ...rest, metadata: { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) } };
}

function fieldsOf(value: unknown): Json {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).filter(
    ([field]) => !['apiVersion', 'kind', 'name', 'namespace'].includes(field),
  );
  return Object.fromEntries(entries.map(([field, inner]) => [`f:${field}`, fieldsOf(inner)]));
}

function leaves(fields: unknown, path: readonly string[] = []): string[][] {
  const entries = isRecord(fields) ? Object.entries(fields) : [];
  if (entries.length === 0) return path.length > 0 ? [[...path]] : [];
  return entries.flatMap(([field, inner]) => leaves(inner, [...path, field.slice(2)]));
}

function has(fields: unknown, path: readonly string[]): boolean {
  return (
    valueAt(
      fields,
      path.map((part) => `f:${part}`),
    ) !== undefined
  );
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, part) => (isRecord(inner) ? inner[part] : undefined), value);
}

function without(value: unknown, [head = '', ...rest]: readonly string[]): unknown {
  if (!isRecord(value) || !(head in value)) return value;
  const { [head]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [head]: without(inner, rest) };
}

function merged(first: unknown, second: unknown): unknown {
  if (!isRecord(first) || !isRecord(second)) return second;
  return Object.entries(second).reduce<Json>(
    (all, [field, value]) => ({ ...all, [field]: merged(all[field], value) }),
    first,
  );
}

function mergePatch(value: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  return Object.entries(patch).reduce<Json>(
    (all, [field, inner]) => {
      const { [field]: before, ...others } = all;
      return inner === null ? others : { ...others, [field]: mergePatch(before, inner) };
    },
    isRecord(value) ? value : {},
  );
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

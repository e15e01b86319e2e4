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
import { pods } from '../../../../src/kserve/resources/core.ts';
import {
  isSelected,
  listed,
  missing,
  missingKind,
  newborn,
  otherUid,
  status,
  taken,
} from '../../cluster/apiAnswers.ts';

export { status };

type Json = Record<string, unknown>;
/** What happened to an object. `before` is undefined when it is new, `after` when it is gone. */
interface Change {
  readonly version: number;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}
type Watcher = (change: Change) => void;

const ourManager = 'model-deck';

/**
 * The part of an API server that a deploy meets, in memory: server-side apply with managers and conflicts, resource
 * versions, watches. Maps merge, lists are atomic. Controllers are played by the test.
 */
export class FakeCluster {
  readonly did: string[] = [];
  private readonly objects = new Map<string, KubeObject>();
  private readonly watchers = new Map<string, Set<Watcher>>();
  private readonly changes = new Map<string, Change[]>();
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
        return listed(this.all(type), query, String(this.version));
      }),
    create: (type, object, options, task) =>
      this.answer(`create ${type.plural}/${object.metadata.name}`, type, task?.signal, () => {
        if (this.objects.has(key(type, object.metadata))) throw taken(type, object.metadata);
        const wish = ownedBy(wishOf(object));
        const managedFields = [{ manager: ourManager, operation: 'Update', fieldsV1: wish }];
        const made = { ...object, metadata: { ...object.metadata, managedFields } };
        return (options?.dryRun ? newborn(object, this.version + 1) : this.write(type, made)) as never;
      }),
    apply: (type, object, options = {}, task) =>
      this.answer(
        `${options.dryRun ? 'dry-run' : 'apply'} ${type.plural}/${object.metadata.name}`,
        type,
        task?.signal,
        () => this.apply(type, object, options),
      ),
    patch: (type, name, patch, task) =>
      this.answer(`patch ${type.plural}/${name.name}`, type, task?.signal, () => {
        const live = this.find(type, name);
        const { resourceVersion } = (patch as Partial<KubeObject>).metadata ?? {};
        if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
          throw status(409, 'the object has been modified; please apply your changes to the latest version', {});
        }
        const merged = mergePatch(live, patch) as KubeObject;
        return this.write(type, merged) as never;
      }),
    delete: (type, name, options, task) =>
      this.answer(`delete ${type.plural}/${name.name}`, type, task?.signal, () => this.remove(type, name, options)),
    request: () => Promise.reject(new Error('not for this')),
    watch: (type, query, task) =>
      new Promise((_resolve, reject) => {
        if (task?.signal?.aborted) return reject(ModelDeckError.cancelled());
        const watcher: Watcher = ({ version, before, after }) => {
          if (version <= Number(query.resourceVersion)) return;
          const event = eventOf(
            before && isSelected(before, query) && before,
            after && isSelected(after, query) && after,
          );
          if (event) query.onEvent(structuredClone(event) as never);
        };
        const all = this.watchers.get(type.plural) ?? new Set();
        this.watchers.set(type.plural, all.add(watcher));
        query.onOpen?.();
        for (const change of this.changes.get(type.plural) ?? []) watcher(change);
        task?.signal?.addEventListener('abort', () => {
          all.delete(watcher);
          reject(ModelDeckError.cancelled());
        });
      }),
    exec: () => Promise.reject(new Error('not for this')),
    logs: async ({ namespace, pod, container, tailLines }, onLine, task) => {
      await this.answer(`logs ${pod}/${container}`, pods, task?.signal, () =>
        this.find(pods, { namespace, name: pod }),
      );
      const lines = this.logs.get(`${pod}/${container}`) ?? [];
      for (const line of lines.slice(-(tailLines ?? lines.length))) onLine(line);
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
      { manager, operation: 'Update', fieldsV1: fieldsOf({ ...object, metadata: undefined, status: undefined }) },
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
    if (this.missingKinds.has(type.plural)) throw missingKind();
    const result = work();
    this.afterwards(doing);
    return structuredClone(result);
  }

  private find<T extends KubeObject>(type: ResourceType<T>, name: ObjectName): T {
    const found = this.objects.get(key(type, name));
    if (found) return found as T;
    throw missing(type, name);
  }

  all<T extends KubeObject>(type: ResourceType<T>): T[] {
    return [...this.objects].filter(([at]) => at.startsWith(`${type.plural}/`)).map(([, object]) => object as T);
  }

  /** Server-side apply of another client, which takes what it wants. */
  applyAs<T extends KubeObject>(manager: string, type: ResourceType<T>, object: T): void {
    this.apply(type, object, { force: true }, manager);
  }

  private apply<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    options: ApplyOptions,
    manager = ourManager,
  ): T {
    const live = this.objects.get(key(type, object.metadata));
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== live?.metadata.resourceVersion) {
      throw status(409, 'the object has been modified; please apply your changes to the latest version', {});
    }
    const wish = wishOf(object);
    const mine = ownedBy(wish);
    const isOwn = (entry: ManagedFields): boolean => entry.manager === manager && entry.operation === 'Apply';
    const others = (live?.metadata.managedFields ?? []).filter((entry) => !isOwn(entry));
    const before = live?.metadata.managedFields?.find(isOwn)?.fieldsV1;
    const conflicts = others.flatMap(({ manager: other, fieldsV1 }) =>
      leaves(mine)
        .filter((path) => has(fieldsV1, path) && valueAt(live, path) !== undefined)
        .filter((path) => JSON.stringify(valueAt(live, path)) !== JSON.stringify(valueAt(wish, path)))
        .map((path) => ({ manager: other, path })),
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
      manager,
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
    if (live && contentOf(live) === contentOf(object)) return live;
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
    const isReleased = written.metadata.deletionTimestamp !== undefined && !this.isHeld(written);
    if (isReleased) this.objects.delete(at);
    else this.objects.set(at, written);
    this.tell(type, live, isReleased ? undefined : written);
    if (isReleased) return written;
    // A controller acts after the answer.
    setImmediate(() => this.objects.get(at) === written && this.onWrite(type, written));
    return written;
  }

  private remove(type: ResourceType, name: ObjectName, { uid }: DeleteOptions = {}): void {
    const object = this.objects.get(key(type, name));
    if (!object) return;
    if (uid !== undefined && uid !== object.metadata.uid) throw otherUid(type, name);
    if (this.isHeld(object)) {
      const deletionTimestamp = new Date().toISOString();
      this.write(type, { ...object, metadata: { ...object.metadata, deletionTimestamp } });
      return;
    }
    this.objects.delete(key(type, name));
    this.version += 1;
    this.tell(type, object, undefined);
    setImmediate(() => this.onRemove(type, object));
  }

  private isHeld({ metadata }: KubeObject): boolean {
    return this.keepsDeleted || (metadata.finalizers ?? []).length > 0;
  }

  private tell(type: ResourceType, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const change = { version: this.version, before, after };
    this.changes.set(type.plural, [...(this.changes.get(type.plural) ?? []), change]);
    for (const watcher of this.watchers.get(type.plural) ?? []) watcher(change);
  }
}

/** What a watch tells of a change, by whether its selectors chose the object before and choose it now. */
function eventOf(
  before: KubeObject | false | undefined,
  after: KubeObject | false | undefined,
): WatchEvent<KubeObject> | undefined {
  if (after) return { type: before ? 'modified' : 'added', object: after };
  return before ? { type: 'deleted', object: before } : undefined;
}

/** All that makes a new version of an object: not the time at which the same was written again. */
function contentOf({ metadata, ...rest }: KubeObject): string {
  const ofTheServer = {
    uid: undefined,
    creationTimestamp: undefined,
    generation: undefined,
    resourceVersion: undefined,
  };
  const managedFields = metadata.managedFields?.map((entry) => ({ ...entry, time: undefined })) ?? [];
  return JSON.stringify(sorted({ ...rest, metadata: { ...metadata, ...ofTheServer, managedFields } }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, inner]) => [field, sorted(inner)]),
  );
}

function key(type: ResourceType, { namespace, name }: ObjectName): string {
  return `${type.plural}/${type.namespaced ? (namespace ?? 'default') : ''}/${name}`;
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
  const told = { ...(labels && { labels }), ...(annotations && { annotations }) };
  return { ...rest, metadata: { name, namespace, ...told } };
}

/** A name is nobody's. */
function ownedBy(wish: Json): Json {
  const { 'f:metadata': metadata, ...fields } = fieldsOf(wish);
  return isRecord(metadata) && Object.keys(metadata).length > 0 ? { ...fields, 'f:metadata': metadata } : fields;
}

function fieldsOf(value: unknown): Json {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).filter(
    ([field, inner]) => !['apiVersion', 'kind', 'name', 'namespace'].includes(field) && inner !== undefined,
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

import type { Readable } from 'node:stream';
import type { Task } from '../foundation/task.ts';
import type { KubeContext } from './kubeconfig/kubeContext.ts';
import type { KubeObject, ObjectName, ResourceType } from './objects/resource.ts';

/**
 * One context of the kubeconfig, connected. Everything that talks to a cluster takes this, so that nothing else knows how
 * it is done. Every request has a deadline of 30 s (streams: until they open) beside the task's own signal.
 *
 * All methods throw ModelDeckError: `unreachable` (with the cause: refused, name unknown, proxy, certificate), `timeout`,
 * `unauthorized` (401, a credential plugin that failed), `missing-tool` (one that is not there), `forbidden` (403, naming verb, kind and namespace), `not-found`,
 * `conflict` (409), `invalid-input` (400 and 422, with the server's own words), `server` (anything else it answers),
 * `cancelled`.
 */
export interface ClusterConnection {
  readonly context: KubeContext;
  /** The context's namespace, `default` where it names none. */
  readonly namespace: string;

  get<T extends KubeObject>(type: ResourceType<T>, name: ObjectName, task?: Task): Promise<T>;
  /** Reads page by page; no more than a page of whole objects is in memory when `onPage` is given. */
  list<T extends KubeObject>(type: ResourceType<T>, query: ListQuery<T>, task?: Task): Promise<ObjectList<T>>;
  create<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions, task?: Task): Promise<T>;
  /**
   * Server-side apply with field manager `model-deck`.
   * @throws ModelDeckError `conflict` when another manager owns a field and `force` is not set; `fieldConflicts` of this
   *   folder reads managers and fields out of it
   */
  apply<T extends KubeObject>(type: ResourceType<T>, object: T, options?: ApplyOptions, task?: Task): Promise<T>;
  /** JSON merge patch: `null` removes a field. */
  patch<T extends KubeObject>(type: ResourceType<T>, name: ObjectName, patch: unknown, task?: Task): Promise<T>;
  /** Resolves when the API server has taken the wish to delete; finalizers may keep the object. `not-found` is no error. */
  delete(type: ResourceType, name: ObjectName, options?: DeleteOptions, task?: Task): Promise<void>;
  /**
   * Any path of the API server, for example `/version` or a service's proxy. The body is text. Resolves whatever the status:
   * it may be the service's own.
   */
  request(request: RawRequest, task?: Task): Promise<RawAnswer>;

  /**
   * Follows a list from a resource version on. Does not heal by itself: `LiveList` does.
   * @returns `ended` when the server ends the watch, as it does from time to time; `expired` when it no longer knows the
   *   resource version (410) and the list must be read again
   */
  watch<T extends KubeObject>(type: ResourceType<T>, query: WatchQuery<T>, task?: Task): Promise<'ended' | 'expired'>;

  /**
   * Runs a command in a container. Standard input is sent with back-pressure, at most `stdinBytes`; whether its end
   * reaches the command depends on the kubelet, so a command must know itself how many bytes it waits for.
   */
  exec(command: ExecCommand, task?: Task): Promise<ExecResult>;
  /** Lines of a container's log, oldest first. With `follow`, resolves when the container ends or the task is aborted. */
  logs(query: LogQuery, onLine: (line: string) => void, task?: Task): Promise<void>;
  /** Listens on a free port of 127.0.0.1 and carries each connection to the pod's port. */
  portForward(target: PortForwardTarget, task?: Task): Promise<PortForward>;

  /** Ends everything that is open. */
  close(): void;
}

export interface ListQuery<T extends KubeObject> {
  /** All namespaces when left out. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects asked for at once; 500 when left out. */
  readonly pageSize?: number;
  /** Called with each page; `items` of the result is then empty. */
  readonly onPage?: (items: readonly T[]) => void;
}

export interface ObjectList<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface WriteOptions {
  /** The server checks, defaults and admits it, and writes nothing. */
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Take fields from other managers. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Delete only this very object, not another of the same name. */
  readonly uid?: string;
}

export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`; may have a query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** For what is behind the API server. */
  readonly cookie?: string;
  /** The answer may take any time: the deadline ends when the request has been sent. */
  readonly patient?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

export interface WatchQuery<T extends KubeObject> {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion: string;
  /** Called when the server has taken the watch. */
  readonly onOpen?: () => void;
  readonly onEvent: (event: WatchEvent<T>) => void;
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: T }
  /** Nothing changed; the list is current up to this version. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

export interface ExecCommand {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin?: Readable;
  /** Called with each part of the standard output; it is kept in the result when left out (at most 1 MiB). */
  readonly onStdout?: (chunk: Buffer) => void;
  /** Called after each part of the standard input that has left, with the bytes that left so far. */
  readonly onSent?: (bytes: number) => void;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last 64 KiB of it. */
  readonly stderr: string;
}

export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly follow?: boolean;
  /** Of the container's run before the present one. */
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly timestamps?: boolean;
}

export interface PortForwardTarget {
  readonly namespace: string;
  /** Asked for each connection, so that the forward survives the pod. */
  readonly pod: () => Promise<string>;
  /** The container's port. */
  readonly port: number;
  /** Called with why a connection could not be carried; its client sees a reset. */
  readonly onError?: (error: unknown) => void;
}

export interface PortForward {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  close(): void;
}

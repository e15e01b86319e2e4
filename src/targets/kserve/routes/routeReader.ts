import type { ClusterConnection, ListQuery } from '../../../cluster/clusterConnection.ts';
import { isKindMissing } from '../../../cluster/index.ts';
import type { KubeObject, ObjectName, ResourceType } from '../../../cluster/objects/resource.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { OnceEach } from '../../../foundation/once.ts';
import type { Task } from '../../../foundation/task.ts';

/** What all finders of one look share. */
interface Shared {
  readonly connection: Pick<ClusterConnection, 'get' | 'list'>;
  readonly task: Task;
  readonly known: OnceEach<string, unknown>;
  /** Why nothing more is asked: the cluster does not answer. */
  deadBy?: string;
}

/**
 * What the finders of routes read, each object once for all of them. What is not there, not served or not allowed to the user
 * is as if it were not there, and noted. Once the cluster does not answer, nothing more is asked.
 */
export class RouteReader {
  private readonly noted: string[] = [];

  private constructor(private readonly shared: Shared) {}

  static open(connection: Pick<ClusterConnection, 'get' | 'list'>, task: Task): RouteReader {
    return new RouteReader({ connection, task, known: new OnceEach() });
  }

  /** The same objects, with notes of its own. */
  forFinder(): RouteReader {
    return new RouteReader(this.shared);
  }

  /** What was looked at, one phrase each: `Gateway kserve/front`, `Ingress ml/cats (not there)`. */
  get read(): readonly string[] {
    return this.noted;
  }

  /** @throws ModelDeckError `cancelled` */
  get<T extends KubeObject>(type: ResourceType<T>, name: ObjectName): Promise<T | undefined> {
    const what = `${type.kind} ${[name.namespace, name.name].filter(Boolean).join('/')}`;
    return this.noting(what, `get ${type.group} ${what}`, () =>
      this.shared.connection.get(type, name, this.shared.task),
    );
  }

  /** @throws as {@link get} */
  async list<T extends KubeObject>(type: ResourceType<T>, query: ListQuery<T>): Promise<readonly T[]> {
    const { namespace, labelSelector } = query;
    const where = [namespace === undefined ? 'anywhere' : `in ${namespace}`, labelSelector].filter(Boolean).join(', ');
    const what = `${type.kind}s ${where}`;
    const found = await this.noting(what, `list ${type.group} ${what}`, () =>
      this.shared.connection.list(type, query, this.shared.task),
    );
    return found?.items ?? [];
  }

  private async noting<T>(what: string, key: string, ask: () => Promise<T>): Promise<T | undefined> {
    const { shared } = this;
    if (shared.deadBy !== undefined) {
      this.noted.push(`${what} (not asked: ${shared.deadBy})`);
      return undefined;
    }
    try {
      const found = await shared.known.get(key, ask);
      this.noted.push(what);
      return found as T;
    } catch (thrown) {
      const error = ModelDeckError.from(thrown);
      if (error.category === 'cancelled') throw error;
      const why = reasonOf(error);
      this.noted.push(`${what} (${why})`);
      if (['unreachable', 'timeout', 'unauthorized'].includes(error.category)) shared.deadBy ??= why;
      return undefined;
    }
  }
}

function reasonOf(error: ModelDeckError): string {
  if (isKindMissing(error)) return 'kind not served';
  if (error.category === 'not-found') return 'not there';
  return error.category === 'forbidden' ? 'not allowed' : (error.brief ?? error.message);
}

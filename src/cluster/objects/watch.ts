import type { Task } from '../../foundation/task.ts';
import type { WatchQuery } from '../clusterConnection.ts';
import { isExpired, parseStatus, statusError } from '../clusterErrors.ts';
import { readLines } from '../transport/readLines.ts';
import type { KubeObject, ResourceType } from './resource.ts';
import { collectionPath, withQuery } from './resourcePath.ts';
import type { Rest } from '../transport/rest.ts';

/** An object has at most 1.5 MB in etcd; its managed fields and escapes come on top. */
const maxLineBytes = 64 * 1024 * 1024;

/** The server is asked to end a watch after five to ten minutes, spread so that not all are opened again at once. */
const shortestSeconds = 300;

/**
 * Follows a list by the stream of JSON lines that the API server sends. client-node's Watch reads through node-fetch and
 * knows no deadline for the opening.
 */
export async function watchObjects<T extends KubeObject>(
  rest: Rest,
  type: ResourceType<T>,
  { namespace, labelSelector, fieldSelector, resourceVersion, onOpen, onEvent }: WatchQuery<T>,
  task?: Task,
): Promise<'ended' | 'expired'> {
  const doing = `watch ${type.plural}${type.namespaced && namespace !== undefined ? ` in ${namespace}` : ''}`;
  const path = withQuery(collectionPath(type, namespace), {
    ...{ watch: true, allowWatchBookmarks: true, resourceVersion, labelSelector, fieldSelector },
    timeoutSeconds: shortestSeconds + Math.floor(Math.random() * shortestSeconds),
  });

  function take(line: string, whole: boolean): void {
    if (line === '') return;
    if (!whole) throw new Error(`an event is longer than ${maxLineBytes / 1024 / 1024} MiB`);
    const event = JSON.parse(line) as RawEvent<T>;
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        onEvent({ type: eventTypes[event.type], object: event.object });
        break;
      case 'BOOKMARK':
        onEvent({ type: 'bookmark', resourceVersion: event.object.metadata.resourceVersion ?? '' });
        break;
      case 'ERROR': {
        const status = event.object as { readonly code?: number };
        throw statusError(rest.attempt(doing), parseStatus(status.code ?? 500, JSON.stringify(event.object)));
      }
    }
  }

  try {
    const { response, failed } = await rest.stream({ method: 'GET', path, doing }, task);
    onOpen?.();
    try {
      await readLines(response, maxLineBytes, take);
    } catch (error) {
      throw failed(error);
    }
    return 'ended';
  } catch (error) {
    if (isExpired(error)) return 'expired';
    throw error;
  }
}

interface RawEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

const eventTypes = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import {
  parseModelNames,
  v1ModelPath,
  v1ModelsPath,
  v2ModelPath,
  v2ModelsPath,
  v2RepositoryIndexPath,
} from '../../kserve/index.ts';
import { Connections } from './connections.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HttpAnswer } from './httpExchange.ts';
import { isRefusal, statusError } from './statusError.ts';

/** Asks the endpoint for a path after its base address. */
export type Ask = (method: 'GET' | 'POST', path: string, task?: Task) => Promise<HttpAnswer>;

/** Milliseconds for each question of {@link discoverModels}; small answers of servers that run. */
const questionMs = 30_000;

/**
 * The names of the models that a server has, asked in the order of what answers most often: KServe's lists of either
 * protocol, the repository index of Triton and MLServer, then the names that suggest themselves, one by one.
 * @throws ModelDeckError `not-found` when the server tells no name; `unauthorized`, `forbidden`, `unreachable`, `timeout`, `cancelled`
 */
export async function discoverModels(endpoint: Endpoint, task?: Task): Promise<readonly string[]> {
  const connections = new Connections(endpoint.ca);
  const ask: Ask = (method, path) =>
    connections.exchange(
      {
        endpointId: endpoint.id,
        method,
        url: endpoint.baseUrl + path,
        headers: endpoint.headers ?? {},
        ...(method === 'POST' && { body: '{}' }),
        timeoutMs: questionMs,
      },
      task,
    );
  try {
    return await modelNames(endpoint, ask, task);
  } finally {
    connections.close();
  }
}

/** As {@link discoverModels}, over connections that are there. */
export async function modelNames(endpoint: Endpoint, ask: Ask, task?: Task): Promise<readonly string[]> {
  const lists: readonly ['GET' | 'POST', string][] = [
    ['GET', endpoint.protocol === 'v1' ? v1ModelsPath : v2ModelsPath],
    ['POST', v2RepositoryIndexPath],
    ['GET', endpoint.protocol === 'v1' ? v2ModelsPath : v1ModelsPath],
  ];
  for (const [method, path] of lists) {
    const answer = await ask(method, path, task);
    if (isRefusal(answer)) throw statusError(endpoint, answer, 0);
    const names = answer.status === 200 ? parseModelNames(answer.body) : undefined;
    if (names && names.length > 0) return names;
  }
  const path = endpoint.protocol === 'v1' ? v1ModelPath : v2ModelPath;
  for (const name of new Set([endpoint.modelName, endpoint.label].filter(Boolean))) {
    const answer = await ask('GET', path(name), task);
    if (isRefusal(answer)) throw statusError(endpoint, answer, 0);
    if (answer.status === 200) return [name];
  }
  throw new ModelDeckError('not-found', `${endpoint.baseUrl} tells no name of a model that it serves.`, {
    remedy: 'Look at the log of the deployment: the model may not have been loaded.',
    nextStep: { kind: 'show-deployment-log', deploymentId: endpoint.id },
  });
}

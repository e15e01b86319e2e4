import { modelServers, serverNamed } from '../servers/index.ts';
import type { ModelServer, Workers } from '../servers/modelServer.ts';
import type { ContainerFact } from './facts.ts';
import { libraryPatterns } from './libraryPatterns.ts';
import { endsWithPythonError, type LogPattern } from './logPatterns.ts';

/** The containers that serve; what others write (a mesh's proxy, Knative's queue) is of other programs. */
const serving: readonly string[] = ['kserve-container', 'transformer-container', 'worker-container'];

/**
 * What the log of a container may tell: what its own server writes, of all servers where the image does not name one, then
 * what libraries of all write.
 */
export function patternsFor(fact: ContainerFact, log: string): readonly LogPattern[] {
  if (!serving.includes(fact.status.name)) return [];
  const own = serversIn(fact);
  const all = [...own.flatMap(({ failures = [] }) => failures), ...libraryPatterns];
  const endedByItself =
    !wasSignalled(fact) || endsWithPythonError(log) || own.some(({ workersIn }) => hasFailed(workersIn?.(log)));
  return endedByItself ? all : all.filter(({ mayBeHarmless }) => mayBeHarmless !== true);
}

/** The server whose log says that it could not load its model, and whether it is trying again. */
export function failedServer(
  fact: ContainerFact,
  log: string,
): { readonly server: ModelServer; readonly triesAgain: boolean } | undefined {
  for (const server of serversIn(fact)) {
    const state = server.workersIn?.(log);
    if (hasFailed(state)) return { server, triesAgain: state === 'retrying' };
  }
  return undefined;
}

function serversIn({ pod, status }: ContainerFact): readonly ModelServer[] {
  const image = pod.spec?.containers.find(({ name }) => name === status.name)?.image;
  const named = serverNamed(image ?? '');
  return named === undefined ? modelServers : [named];
}

function hasFailed(workers: Workers | undefined): boolean {
  return workers === 'failed' || workers === 'retrying';
}

/** Ended from outside: no error of its own ended it. */
function wasSignalled({ status, ended }: ContainerFact): boolean {
  return status.state?.running === undefined && (ended?.exitCode === 137 || ended?.exitCode === 143);
}

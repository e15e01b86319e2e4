import { serverNamed } from '../servers/index.ts';
import type { ModelServer, Workers } from '../servers/modelServer.ts';
import type { ContainerFact, Facts } from './facts.ts';
import { libraryPatterns } from './libraryPatterns.ts';
import { endsWithPythonError, type LogPattern } from './logPatterns.ts';

/** The containers that serve; what others write (a mesh's proxy, Knative's queue) is of other programs. */
const serving: readonly string[] = ['kserve-container', 'transformer-container', 'worker-container'];

export function isServing(container: string): boolean {
  return serving.includes(container);
}

/** What the server in a container is called, where its image tells. */
export function serverName(facts: Facts, fact: ContainerFact): string {
  const [only, another] = serversIn(facts, fact);
  return another === undefined && only !== undefined ? only.label : 'The server';
}

/**
 * What the log of a container may tell: what its own server writes, of all servers where the image does not name one, then
 * what libraries of all write.
 */
export function patternsFor(facts: Facts, fact: ContainerFact, log: string): readonly LogPattern[] {
  if (!isServing(fact.status.name)) return [];
  const own = serversIn(facts, fact);
  const all = [...own.flatMap(({ failures = [] }) => failures), ...libraryPatterns];
  const endedByItself =
    !wasSignalled(fact) || endsWithPythonError(log) || own.some(({ workersIn }) => hasFailed(workersIn?.(log)));
  return endedByItself ? all : all.filter(({ mayBeHarmless }) => mayBeHarmless !== true);
}

/** The server whose log says that it could not load its model, and whether it is trying again. */
export function failedServer(
  facts: Facts,
  fact: ContainerFact,
  log: string,
): { readonly server: ModelServer; readonly triesAgain: boolean } | undefined {
  for (const server of serversIn(facts, fact)) {
    const state = server.workersIn?.(log);
    if (hasFailed(state)) return { server, triesAgain: state === 'retrying' };
  }
  return undefined;
}

function serversIn({ servers }: Facts, { pod, status }: ContainerFact): readonly ModelServer[] {
  const image = pod.spec?.containers.find(({ name }) => name === status.name)?.image;
  const named = serverNamed(image ?? '', servers);
  return named === undefined ? servers : [named];
}

function hasFailed(workers: Workers | undefined): boolean {
  return workers === 'failed' || workers === 'retrying';
}

/** Ended from outside: no error of its own ended it. */
function wasSignalled({ status, ended }: ContainerFact): boolean {
  return status.state?.running === undefined && (ended?.exitCode === 137 || ended?.exitCode === 143);
}

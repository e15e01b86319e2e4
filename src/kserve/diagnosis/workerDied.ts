import { findInLog, lastLines, lastPythonError } from './logPatterns.ts';
import { logsOf, oneLine, podObject, showLogs, words, type ContainerFact, type Facts } from './facts.ts';
import { matchPhrase } from './phrase.ts';
import { failedServer, isServing, patternsFor, serverName } from './serverPatterns.ts';
import type { ModelServer } from '../servers/modelServer.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';

/** The connection to a worker broke off: nobody told TorchServe why. */
const brokenOff =
  /Worker disconnected\. WORKER_|backend worker process died\.|Worker died\.|Killed\b|SIGKILL|exit code:? -?9\b/;

/**
 * The container runs, and the server in it does not serve: TorchServe's workers end without ending the container, and
 * KServe's wrapper of TorchServe 0.9 calls the model ready as soon as its archive is there; others go on without a model.
 */
export const workerDied: Cause = (facts) => {
  for (const fact of facts.containers) {
    if (fact.isInit || fact.status.state?.running === undefined) continue;
    const text = saidNow(facts, fact);
    const failed = failedServer(facts, fact, text);
    if (failed === undefined) continue;
    const named = namedIn(facts, fact, text);
    return {
      ...(named ?? unnamed(facts, fact, failed.server, text)),
      nextStep: showLogs(facts, fact),
      // What the log names stays as it is; otherwise the next try decides.
      severity: failed.triesAgain && (named === undefined || named.mayHeal !== false) ? 'warning' : 'error',
      object: podObject(fact.pod),
    };
  }
  return undefined;
};

/** The server goes on without its model, and says why when it is asked for what it has. */
export const loadRefused: Cause = (facts) => {
  const { serverSays } = facts.evidence;
  const fact = facts.containers.find(
    ({ isInit, status }) => !isInit && status.state?.running !== undefined && isServing(status.name),
  );
  if (serverSays === undefined || fact === undefined) return undefined;
  const found = namedIn(facts, fact, serverSays) ?? namedIn(facts, fact, saidNow(facts, fact));
  return {
    code: 'server-load-failed',
    category: 'server',
    mayHeal: false,
    summary: `${serverName(facts, fact)} of ${facts.name} cannot load the model: ${words(serverSays, 240)}.`,
    remedy: 'Correct what the server names, and package and upload the model again.',
    evidence: [oneLine(serverSays)],
    ...found,
    nextStep: showLogs(facts, fact),
    severity: 'error',
    object: podObject(fact.pod),
  };
};

/** The log of its present life. */
function saidNow(facts: Facts, { pod, status }: ContainerFact): string {
  return logsOf(facts, pod, status.name)
    .filter(({ previous }) => !previous)
    .map((log) => log.text)
    .join('\n');
}

type Found = Pick<Diagnosis, 'code' | 'category' | 'mayHeal' | 'summary' | 'remedy' | 'evidence'>;

/** The cause that the log names. */
function namedIn(facts: Facts, fact: ContainerFact, text: string): Found | undefined {
  const found = findInLog(facts.phrase(text), patternsFor(facts, fact, text));
  if (found === undefined) return undefined;
  const { code, category, mayHeal = false, summary, remedy } = found.pattern;
  return {
    code,
    category,
    mayHeal,
    summary: summary(found.match, facts.name),
    remedy,
    evidence: [oneLine(found.line)],
  };
}

/** The last words of what computes; or that there are none. */
function unnamed(facts: Facts, { status }: ContainerFact, { label }: ModelServer, text: string): Found {
  const isReady = status.ready === true ? ' though its pod is ready' : '';
  const error = lastPythonError(text);
  if (error === undefined && matchPhrase(brokenOff, facts.phrase(text)) !== undefined && !hasTraceback(text)) {
    return {
      code: 'worker-killed',
      category: 'no-space',
      mayHeal: false,
      summary: `A worker of ${label} of ${facts.name} was ended from outside while it loaded the model${isReady}, without an error of its own: most likely for memory.`,
      remedy:
        'Raise the memory in the manifest (spec.predictor.model.resources), or lower the number of workers of the server.',
      evidence: lastLines(text),
    };
  }
  return {
    code: 'worker-died',
    category: 'server',
    mayHeal: false,
    summary: `${label} of ${facts.name} cannot load the model${isReady}${error === undefined ? '' : `: ${words(error)}`}.`,
    remedy: "Read the server's log: it tells where loading the model ends.",
    evidence: lastLines(text),
  };
}

/** A worker that fails by itself prints where. */
function hasTraceback(text: string): boolean {
  return /MODEL_LOG - Traceback \(most recent call last\)/.test(text);
}

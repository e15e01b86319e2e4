import { findInLog, lastLines, lastPythonError } from './logPatterns.ts';
import { logsOf, oneLine, podObject, showLogs, words, type ContainerFact, type Facts } from './facts.ts';
import { matchPhrase } from './phrase.ts';
import { failedServer, patternsFor } from './serverPatterns.ts';
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
    const text = logsOf(facts, fact.pod, fact.status.name)
      .filter(({ previous }) => !previous)
      .map((log) => log.text)
      .join('\n');
    const failed = failedServer(fact, text);
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

type Found = Pick<Diagnosis, 'code' | 'category' | 'mayHeal' | 'summary' | 'remedy' | 'evidence'>;

/** The cause that the log names. */
function namedIn(facts: Facts, fact: ContainerFact, text: string): Found | undefined {
  const found = findInLog(facts.phrase(text), patternsFor(fact, text));
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

import { findInLog, lastLines, lastPythonError } from './logPatterns.ts';
import { logsOf, oneLine, podObject, showLogs, words, type Facts } from './facts.ts';
import { matchPhrase } from './phrase.ts';
import { serverPatterns } from './serverPatterns.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';

const died =
  /Backend worker process died|backend worker process died|Load model failed: |Worker died\.|error: Worker died|Error while registering model|Torchserve stopped|State change \w+ -> WORKER_(?:ERROR|STOPPED)/g;
const loaded = /State change \w+ -> WORKER_MODEL_LOADED/g;

/** The connection to a worker broke off: nobody told TorchServe why. */
const brokenOff =
  /Worker disconnected\. WORKER_|backend worker process died\.|Worker died\.|Killed\b|SIGKILL|exit code:? -?9\b/;

/**
 * The container runs, and the server in it does not serve: TorchServe's workers end without ending the container, and
 * KServe's wrapper of TorchServe 0.9 calls the model ready as soon as its archive is there.
 */
export const workerDied: Cause = (facts) => {
  for (const fact of facts.containers) {
    if (fact.isInit || fact.status.state?.running === undefined) continue;
    const text = logsOf(facts, fact.pod, fact.status.name)
      .filter(({ previous }) => !previous)
      .map((log) => log.text)
      .join('\n');
    if (lastIndex(text, died) <= lastIndex(text, loaded)) continue;
    const { pod, status } = fact;
    return {
      ...causeIn(facts, text, status.ready === true ? ' though its pod is ready' : ''),
      nextStep: showLogs(facts, fact),
      severity: 'error',
      object: podObject(pod),
    };
  }
  return undefined;
};

/** The cause that the log names; else the worker's own last words; else that there are none. */
function causeIn(
  facts: Facts,
  text: string,
  isReady: string,
): Pick<Diagnosis, 'code' | 'category' | 'mayHeal' | 'summary' | 'remedy' | 'evidence'> {
  const found = findInLog(facts.phrase(text), serverPatterns);
  if (found !== undefined) {
    const { code, category, mayHeal = false, summary, remedy } = found.pattern;
    const evidence = [oneLine(found.line)];
    return { code, category, mayHeal, summary: summary(found.match, facts.name), remedy, evidence };
  }
  const error = lastPythonError(text);
  if (error === undefined && matchPhrase(brokenOff, facts.phrase(text)) !== undefined && !hasTraceback(text)) {
    return {
      code: 'worker-killed',
      category: 'no-space',
      mayHeal: false,
      summary: `A worker of TorchServe of ${facts.name} was ended from outside while it loaded the model${isReady}, without an error of its own: most likely for memory.`,
      remedy:
        'Raise the memory in the manifest (spec.predictor.model.resources), or lower the number of workers in config.properties.',
      evidence: lastLines(text),
    };
  }
  return {
    code: 'worker-died',
    category: 'server',
    mayHeal: false,
    summary: `TorchServe of ${facts.name} cannot load the model${isReady}${error === undefined ? '' : `: ${words(error)}`}.`,
    remedy: "Read the server's log: its worker ends while it loads the model.",
    evidence: lastLines(text),
  };
}

/** A worker that fails by itself prints where. */
function hasTraceback(text: string): boolean {
  return /MODEL_LOG - Traceback \(most recent call last\)/.test(text);
}

function lastIndex(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].at(-1)?.index ?? -1;
}

import { findInLog, lastLines, lastPythonError } from './logPatterns.ts';
import { logsOf, oneLine, podObject, showLogs } from './facts.ts';
import { torchServePatterns } from './torchServePatterns.ts';
import type { Cause } from './cause.ts';

const died =
  /Backend worker process died|Load model failed: |Worker died\.|error: Worker died|Error while registering model|Torchserve stopped|State change \w+ -> WORKER_(?:ERROR|STOPPED)/g;
const loaded = /State change \w+ -> WORKER_MODEL_LOADED/g;

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
    const found = findInLog(text, torchServePatterns);
    const error = found === undefined ? lastPythonError(text) : undefined;
    const isReady = fact.status.ready === true ? ' though its pod is ready' : '';
    return {
      code: found?.pattern.code ?? 'worker-died',
      summary:
        found?.pattern.summary(found.match, facts.name) ??
        `TorchServe of ${facts.name} cannot load the model${isReady}${error === undefined ? '' : `: ${oneLine(error, 200).replace(/\.$/, '')}`}.`,
      remedy: found?.pattern.remedy ?? "Read the server's log: its worker ends while it loads the model.",
      nextStep: showLogs(facts, fact),
      severity: 'error',
      object: podObject(fact.pod),
      evidence: found === undefined ? lastLines(text) : [oneLine(found.line)],
    };
  }
  return undefined;
};

function lastIndex(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].at(-1)?.index ?? -1;
}

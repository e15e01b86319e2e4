import { formatQuantity } from '../quantity.ts';
import { findInLog, lastLines, type LogFinding } from './logPatterns.ts';
import { logsOf, oneLine, podObject, showLogs, type ContainerFact, type Facts } from './facts.ts';
import { storagePatterns } from './storagePatterns.ts';
import type { Cause } from './cause.ts';

/** The init container that fetches the model failed. Its termination message is the end of its log (FallbackToLogsOnError). */
export const storageInitializer: Cause = (facts) => {
  const fact = facts.containers.find(
    ({ isInit, status, ended }) => isInit && status.name === 'storage-initializer' && hasFailed(ended),
  );
  if (fact?.ended === undefined) return undefined;
  const uri = facts.evidence.isvc.spec.predictor.model?.storageUri ?? 'the storage URI';
  const common = {
    nextStep: showLogs(facts, fact),
    severity: 'error',
    object: podObject(fact.pod),
  } as const;
  const exit = `storage-initializer: exit code ${fact.ended.exitCode}${fact.ended.reason === undefined ? '' : `, ${fact.ended.reason}`}`;
  if (fact.ended.reason === 'OOMKilled') {
    return {
      code: 'storage-out-of-memory',
      summary: `The storage initializer of ${facts.name} was ended for using more than its ${memoryLimit(fact)} of memory while it fetched ${uri}.`,
      remedy:
        'Raise memoryLimit of storageInitializer in the ConfigMap inferenceservice-config, or in the ClusterStorageContainer.',
      ...common,
      evidence: [exit],
    };
  }
  const { text, found } = readLog(facts, fact);
  return {
    code: found?.pattern.code ?? 'storage-failed',
    summary:
      found?.pattern.summary(found.match, uri) ??
      `The storage initializer of ${facts.name} could not fetch ${uri} (exit code ${fact.ended.exitCode}).`,
    remedy: found?.pattern.remedy ?? 'Read its log.',
    ...common,
    evidence: [...(found === undefined ? lastLines(text) : [oneLine(found.line)]), exit],
  };
};

function hasFailed(ended: ContainerFact['ended']): boolean {
  return ended !== undefined && ended.exitCode !== 0;
}

/** Searches what it said at its end before the whole log: an early line may tell of an attempt that went well later. */
function readLog(facts: Facts, fact: ContainerFact): { readonly text: string; readonly found: LogFinding | undefined } {
  const log = logsOf(facts, fact.pod, fact.status.name).map(({ text }) => text);
  const message = fact.ended?.message ?? '';
  const text = [...log, message].join('\n');
  const verdict =
    lastLines(text)
      .filter((line) => /Storage initialization failed|Unexpected error|Exception|Error/.test(line))
      .at(-1) ?? '';
  return { text, found: findInLog(verdict, storagePatterns) ?? findInLog(text, storagePatterns) };
}

function memoryLimit({ pod, status }: ContainerFact): string {
  const container = pod.spec?.initContainers?.find(({ name }) => name === status.name);
  return formatQuantity('memory', container?.resources?.limits?.['memory'] ?? '1Gi');
}

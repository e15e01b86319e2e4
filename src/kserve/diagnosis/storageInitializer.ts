import { formatQuantity } from '../quantity.ts';
import { findInLog, lastLines, lastPythonError, type LogFinding } from './logPatterns.ts';
import {
  healsByRestart,
  isRunningAgain,
  lastWordsOf,
  oneLine,
  podObject,
  showLogs,
  words,
  type ContainerFact,
  type Facts,
} from './facts.ts';
import { matchPhrase, type Phrase } from './phrase.ts';
import { storagePatterns } from './storagePatterns.ts';
import type { Cause } from './cause.ts';

/** The init container that fetches the model failed. Its termination message is the end of its log (FallbackToLogsOnError). */
export const storageInitializer: Cause = (facts) => {
  const fact = facts.containers.find(
    (each) => each.isInit && each.status.name === 'storage-initializer' && hasFailed(each.ended),
  );
  if (fact?.ended === undefined) return undefined;
  const uri = sourceOf(facts, fact);
  const common = {
    nextStep: showLogs(facts, fact),
    // One that fetches again may have it this time.
    severity: isRunningAgain(fact) ? 'warning' : 'error',
    object: podObject(fact.pod),
  } as const;
  const exit = `storage-initializer: exit code ${fact.ended.exitCode}${fact.ended.reason === undefined ? '' : `, ${fact.ended.reason}`}`;
  if (fact.ended.reason === 'OOMKilled') {
    return {
      code: 'storage-out-of-memory',
      category: 'no-space',
      mayHeal: false,
      summary: `The storage initializer of ${facts.name} was ended for using more than its ${memoryLimit(fact)} of memory while it fetched ${uri}.`,
      remedy:
        'Raise memoryLimit of storageInitializer in the ConfigMap inferenceservice-config, or in the ClusterStorageContainer.',
      ...common,
      evidence: [exit],
    };
  }
  const { text, found } = readLog(facts, fact);
  const error = lastPythonError(text);
  return {
    code: found?.pattern.code ?? 'storage-failed',
    category: found?.pattern.category ?? 'server',
    mayHeal: healsByRestart(fact, found?.pattern.mayHeal ?? false),
    summary:
      found?.pattern.summary(found.match, uri) ??
      `The storage initializer of ${facts.name} could not fetch ${uri} (exit code ${fact.ended.exitCode})${error === undefined ? '' : `: ${words(error)}`}.`,
    remedy: found?.pattern.remedy ?? 'Read its log.',
    ...common,
    evidence: [...(found === undefined ? lastLines(text) : [oneLine(found.line)]), exit],
  };
};

function hasFailed(ended: ContainerFact['ended']): boolean {
  return ended !== undefined && ended.exitCode !== 0;
}

/** What it was told to fetch: the service's storage URI, or the pod's own where the service names a Secret's key instead. */
function sourceOf({ evidence }: Facts, { pod }: ContainerFact): string {
  const initializer = pod.spec?.initContainers?.find(({ name }) => name === 'storage-initializer');
  return evidence.isvc.spec.predictor.model?.storageUri ?? initializer?.args?.[0] ?? 'the storage URI';
}

/**
 * Searches what it said at its end before the whole log: an early line may tell of an attempt that went well later. Lines
 * that only report progress hold nothing but the names of files.
 */
function readLog(facts: Facts, fact: ContainerFact): { readonly text: string; readonly found: LogFinding | undefined } {
  const text = lastWordsOf(facts, fact);
  const telling = text
    .split('\n')
    .filter((line) => !/ (?:INFO|DEBUG) \[|^(?:INFO|DEBUG)[: ]/.test(line))
    .join('\n');
  const candidates = [originalError(facts.phrase(telling)), verdictOf(telling), telling];
  const found = candidates
    .map((part) => findInLog(facts.phrase(part), storagePatterns))
    .find((each) => each !== undefined);
  return { text, found };
}

/**
 * KServe 0.18 and newer ends with a sentence of its own, chosen by words that may stand in a name (`auth` anywhere makes it
 * "authentication failed"), and logs the server's own error before: `S3 error for s3://…: An error occurred (…)`.
 */
function originalError(phrase: Phrase): string {
  return matchPhrase(/\b(?:S3|GCS|Azure|HDFS|HuggingFace|HTTP|Git) error for [^:\n]+: ([^\n]*)/, phrase)?.[1] ?? '';
}

function verdictOf(text: string): string {
  const errors = lastLines(text).filter((line) =>
    /Storage initialization failed|Unexpected error|Exception|Error/.test(line),
  );
  return errors.at(-1) ?? '';
}

function memoryLimit({ pod, status }: ContainerFact): string {
  const container = pod.spec?.initContainers?.find(({ name }) => name === status.name);
  return formatQuantity('memory', container?.resources?.limits?.['memory'] ?? '1Gi');
}

import { formatQuantity } from '../quantity.ts';
import { findInLog, lastLines, lastPythonError } from './logPatterns.ts';
import {
  containerWords,
  healsByRestart,
  isFirstFailure,
  isRunningAgain,
  lastWordsOf,
  oneLine,
  podObject,
  showLogs,
  showManifest,
  words,
  type ContainerFact,
  type Facts,
} from './facts.ts';
import { matchPhrase } from './phrase.ts';
import { patternsFor } from './serverPatterns.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Container, KubeEvent } from '../resources/core.ts';

/** What became of one container, as far as this can be the reason. */
type Judge = (facts: Facts, fact: ContainerFact) => Diagnosis | undefined;

/** Containers that ended with an error. */
function failed(facts: Facts): readonly ContainerFact[] {
  return facts.containers.filter(
    ({ status, ended, isInit }) =>
      ended !== undefined &&
      !(isInit && ended.exitCode === 0) &&
      (ended.exitCode !== 0 || status.state?.waiting?.reason === 'CrashLoopBackOff'),
  );
}

/** Of those that are down. A container that was started again is judged by what it does now: see {@link startedAgain}. */
function whileDown(judge: Judge): Cause {
  return (facts) => {
    for (const fact of failed(facts)) {
      const diagnosis = fact.status.state?.running === undefined ? judge(facts, fact) : undefined;
      if (diagnosis !== undefined) return diagnosis;
    }
    return undefined;
  };
}

/** Ended by the kernel for its memory. */
const byMemory: Judge = (facts, fact) => {
  if (fact.ended?.reason !== 'OOMKilled') return undefined;
  const limit = containerOf(fact)?.resources?.limits?.['memory'];
  const than = limit === undefined ? 'the node could give' : `its limit of ${formatQuantity('memory', limit)}`;
  return {
    code: 'out-of-memory',
    category: 'no-space',
    mayHeal: false,
    summary: `${upperFirst(containerWords(fact))} of ${facts.name} was ended for using more memory than ${than}.`,
    remedy: 'Raise the memory in the manifest, or lower the number of workers.',
    nextStep: showLogs(facts, fact),
    severity: 'error',
    object: podObject(fact.pod),
    evidence: [endingOf(fact)],
  };
};

/** The image's program is not one for the node's processor: the kernel says so before its first instruction. */
const byProcessor: Judge = (facts, fact) => {
  const said = lastWordsOf(facts, fact);
  if (!matchPhrase(/exec format error/, facts.phrase(said))) return undefined;
  return {
    code: 'exec-format',
    category: 'unsupported',
    mayHeal: false,
    summary: `The image of ${containerWords(fact)} of ${facts.name} was built for another processor than the node has (exec format error).`,
    remedy: 'Use an image (or tag) that was built for it, or choose other nodes by nodeSelector (kubernetes.io/arch).',
    nextStep: showManifest(facts),
    severity: 'error',
    object: podObject(fact.pod),
    evidence: [...lastLines(said, 2), endingOf(fact)],
  };
};

/** As its log names it. */
const byLog: Judge = (facts, fact) => {
  const said = lastWordsOf(facts, fact);
  const found = findInLog(facts.phrase(said), patternsFor(facts, fact, said));
  if (found === undefined) return undefined;
  return {
    code: found.pattern.code,
    category: found.pattern.category,
    mayHeal: healsByRestart(fact, found.pattern.mayHeal ?? false),
    summary: found.pattern.summary(found.match, facts.name),
    remedy: found.pattern.remedy,
    nextStep: showLogs(facts, fact),
    severity: 'error',
    object: podObject(fact.pod),
    evidence: [oneLine(found.line), endingOf(fact)],
  };
};

const probes = [
  { code: 'liveness-failed', word: 'liveness', field: 'livenessProbe' },
  { code: 'startup-failed', word: 'startup', field: 'startupProbe' },
] as const;

/** A container that Kubernetes ended since a probe failed: its events say so, its log may not. */
const byProbe: Judge = (facts, fact) => {
  // A program that the kernel or itself ended was not waited for.
  if (fact.isInit || fact.ended?.reason === 'OOMKilled') return undefined;
  const ending = killedBy(facts, fact);
  const probe = probes.find(({ word }) => word === ending?.kind);
  if (ending === undefined || probe === undefined) return undefined;
  const why = unhealthyEvent(facts, fact, probe.word);
  const because = why === undefined ? '' : `: ${words(why.message ?? '')}`;
  return {
    code: probe.code,
    category: 'timeout',
    mayHeal: false,
    summary: `Kubernetes ended ${containerWords(fact)} of ${facts.name} because its ${probe.word} probe failed${because}.`,
    remedy: `Give the server more time: raise initialDelaySeconds or failureThreshold of its ${probe.field} in the manifest or the runtime${probe.word === 'liveness' ? ', or add a startupProbe' : ''}; its log tells how far it came.`,
    nextStep: showLogs(facts, fact),
    severity: 'error',
    object: podObject(fact.pod),
    evidence: [
      ...[ending.event, why].flatMap((event) => (event === undefined ? [] : [oneLine(event.message ?? '')])),
      endingOf(fact),
    ].filter((line, index, all) => all.indexOf(line) === index),
  };
};

/** Kubelet says that it ended the container; where that event is gone, its signal and a failing probe say the same. */
function killedBy(facts: Facts, fact: ContainerFact): { readonly kind: string; readonly event: KubeEvent } | undefined {
  for (const event of podEvents(facts, fact, ['Killing', 'Unhealthy'])) {
    const match = /Container (\S+) failed (\w+) probe, will be restarted/.exec(event.message ?? '');
    if (match?.[1] === fact.status.name) return { kind: match[2]?.toLowerCase() ?? '', event };
  }
  const wasSignalled = fact.ended?.exitCode === 137 || fact.ended?.exitCode === 143;
  const others = fact.pod.spec?.containers.length ?? 1;
  if (!wasSignalled || others > 1) return undefined;
  return probes
    .map(({ word }) => ({ kind: word, event: unhealthyEvent(facts, fact, word) }))
    .flatMap(({ kind, event }) => (event === undefined ? [] : [{ kind, event }]))[0];
}

function unhealthyEvent(facts: Facts, fact: ContainerFact, word: string): KubeEvent | undefined {
  const says = new RegExp(`^${word} probe (?:failed|errored)`, 'i');
  return podEvents(facts, fact, ['Unhealthy', 'ProbeError']).find(({ message }) => says.test(message ?? ''));
}

function podEvents(facts: Facts, { pod }: ContainerFact, reasons: readonly string[]): readonly KubeEvent[] {
  return facts.events.filter(
    ({ involvedObject, reason }) => involvedObject?.name === pod.metadata.name && reasons.includes(reason ?? ''),
  );
}

/** Its log is not known: in its own words. */
const byItself: Judge = (facts, fact) => {
  const said = lastWordsOf(facts, fact);
  return {
    code: 'crash-loop',
    category: 'server',
    mayHeal: isFirstFailure(fact) && !hasNoCommand(fact) ? 'restart' : false,
    summary: unknownCrash(facts, fact, lastPythonError(said)),
    remedy: remedyFor(fact),
    nextStep: showLogs(facts, fact),
    severity: 'error',
    object: podObject(fact.pod),
    evidence: [...lastLines(said), endingOf(fact)],
  };
};

export const outOfMemory = whileDown(byMemory);
export const execFormat = whileDown(byProcessor);
export const knownCrash = whileDown(byLog);
export const probeKilled = whileDown(byProbe);
export const crashLoop = whileDown(byItself);

/**
 * A container that failed and runs again, without being ready: the last failure is told, since it may come again, but the
 * present start decides. So this warns, and ends no deploy.
 */
export const startedAgain: Cause = (facts) => {
  const fact = failed(facts).find((each) => isRunningAgain(each) && each.status.ready !== true && !each.isInit);
  if (fact === undefined) return undefined;
  const judges: readonly Judge[] = [byMemory, byProcessor, byLog, byProbe, byItself];
  for (const judge of judges) {
    const last = judge(facts, fact);
    if (last === undefined) continue;
    return {
      ...last,
      severity: 'warning',
      mayHeal: 'restart',
      summary: `${upperFirst(containerWords(fact))} of ${facts.name} failed, was started again, and is not ready yet. The last failure: ${last.summary}`,
    };
  }
  return undefined;
};

function unknownCrash(facts: Facts, fact: ContainerFact, error: string | undefined): string {
  const { status, ended } = fact;
  const times = status.restartCount ?? 0;
  const often = times > 1 ? `, ${times} times by now` : '';
  const why = error === undefined ? '' : `: ${words(error)}`;
  return `${upperFirst(containerWords(fact))} of ${facts.name} ended with exit code ${ended?.exitCode ?? 0}${often}${why}.`;
}

function remedyFor(fact: ContainerFact): string {
  if (fact.ended?.exitCode === 137)
    return 'It was killed, and nothing tells whether by a failing liveness probe or for memory: read its log and the events of the pod.';
  return hasNoCommand(fact) ? 'Correct the command: the image does not have it, or may not run it.' : 'Read its log.';
}

/** As a shell ends for a program that it may not run (126), or does not find (127). */
function hasNoCommand({ ended }: ContainerFact): boolean {
  return ended?.exitCode === 126 || ended?.exitCode === 127;
}

function endingOf({ status, ended }: ContainerFact): string {
  return `${status.name}: exit code ${ended?.exitCode ?? 0}${ended?.reason === undefined ? '' : `, ${ended.reason}`}, restarted ${status.restartCount ?? 0} times`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function containerOf({ pod, status, isInit }: ContainerFact): Container | undefined {
  return (isInit ? pod.spec?.initContainers : pod.spec?.containers)?.find(({ name }) => name === status.name);
}

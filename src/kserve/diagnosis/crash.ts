import { formatQuantity } from '../quantity.ts';
import { findInLog, lastLines, lastPythonError } from './logPatterns.ts';
import { logsOf, oneLine, podObject, showLogs, type ContainerFact, type Facts } from './facts.ts';
import { torchServePatterns } from './torchServePatterns.ts';
import type { Cause } from './cause.ts';

/** Containers that ended with an error and do not run well since. */
function crashed(facts: Facts): readonly ContainerFact[] {
  return facts.containers.filter(
    ({ status, ended, isInit }) =>
      ended !== undefined &&
      !(isInit && ended.exitCode === 0) &&
      !(status.ready === true && status.state?.running !== undefined) &&
      (ended.exitCode !== 0 || status.state?.waiting?.reason === 'CrashLoopBackOff'),
  );
}

/** Ended by the kernel for its memory. */
export const outOfMemory: Cause = (facts) => {
  const fact = crashed(facts).find(({ ended }) => ended?.reason === 'OOMKilled');
  if (fact === undefined) return undefined;
  const limit = containerOf(fact)?.resources?.limits?.['memory'];
  const than = limit === undefined ? 'the node could give' : `its limit of ${formatQuantity('memory', limit)}`;
  return {
    code: 'out-of-memory',
    summary: `The container ${fact.status.name} of ${facts.name} was ended for using more memory than ${than}.`,
    remedy: 'Raise the memory in the manifest, or lower the number of workers.',
    nextStep: showLogs(facts, fact),
    severity: 'error',
    object: podObject(fact.pod),
    evidence: [ending(fact)],
  };
};

/** A container that ends again and again, by what its log says. */
export const crashLoop: Cause = (facts) => {
  for (const fact of crashed(facts)) {
    const text = logsOf(facts, fact.pod, fact.status.name)
      .map((log) => log.text)
      .concat(fact.ended?.message ?? '')
      .join('\n');
    const found = findInLog(text, torchServePatterns);
    const error = lastPythonError(text);
    return {
      code: found?.pattern.code ?? 'crash-loop',
      summary: found?.pattern.summary(found.match, facts.name) ?? unknownCrash(facts, fact, error),
      remedy: found?.pattern.remedy ?? remedyFor(fact),
      nextStep: showLogs(facts, fact),
      severity: 'error',
      object: podObject(fact.pod),
      evidence: [...(found === undefined ? lastLines(text) : [oneLine(found.line)]), ending(fact)],
    };
  }
  return undefined;
};

function unknownCrash(facts: Facts, { status, ended }: ContainerFact, error: string | undefined): string {
  const times = status.restartCount ?? 0;
  const often = times > 1 ? `, ${times} times by now` : '';
  const why = error === undefined ? '' : `: ${oneLine(error, 200).replace(/\.$/, '')}`;
  return `The container ${status.name} of ${facts.name} ended with exit code ${ended?.exitCode ?? 0}${often}${why}.`;
}

function remedyFor({ ended }: ContainerFact): string {
  if (ended?.exitCode === 137)
    return 'It was killed: by a failing liveness probe, or for memory; read its log and the events of the pod.';
  if (ended?.exitCode === 126 || ended?.exitCode === 127)
    return 'Correct the command: the image does not have it, or may not run it.';
  return 'Read its log.';
}

function ending({ status, ended }: ContainerFact): string {
  return `${status.name}: exit code ${ended?.exitCode ?? 0}${ended?.reason === undefined ? '' : `, ${ended.reason}`}, restarted ${status.restartCount ?? 0} times`;
}

function containerOf({
  pod,
  status,
  isInit,
}: ContainerFact): { readonly resources?: { readonly limits?: Readonly<Record<string, string>> } } | undefined {
  return (isInit ? pod.spec?.initContainers : pod.spec?.containers)?.find(({ name }) => name === status.name);
}

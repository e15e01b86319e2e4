import { conditionOf } from '../serviceStatus.ts';
import { findEvent, nameOf, oneLine, podObject, showEvents, type Facts } from './facts.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';

/** It took too long, and nothing tells why: the last of the causes. */
export const deadlineExceeded: Cause = (facts) => {
  const { isvc, deployment } = facts.evidence;
  const progressing = deployment?.status?.conditions?.find(({ type }) => type === 'Progressing');
  const condition = [conditionOf(isvc, 'PredictorReady'), progressing].find(
    (each) => each?.status === 'False' && each.reason === 'ProgressDeadlineExceeded',
  );
  if (condition === undefined) return undefined;
  const probe = facts.pods[0] && findEvent(facts, facts.pods[0].metadata.name, ['Unhealthy']);
  const step = target(facts);
  return {
    code: 'deadline-exceeded',
    category: 'timeout',
    mayHeal: false,
    summary: `${facts.name} did not become ready in time${probe === undefined ? '' : `: ${oneLine(probe.message ?? '', 200).replace(/\.$/, '')}`}.`,
    remedy: 'Read the log of its server: it may only be slow; Kubernetes goes on trying.',
    nextStep: step.nextStep,
    severity: 'error',
    object: step.object,
    evidence: [
      `${condition.reason ?? ''}: ${oneLine(condition.message ?? '')}`,
      ...(probe === undefined ? [] : [oneLine(probe.message ?? '')]),
    ],
  };
};

function target(facts: Facts): {
  readonly nextStep: NonNullable<Diagnosis['nextStep']>;
  readonly object: Diagnosis['object'];
} {
  const [pod] = facts.pods;
  const object = pod === undefined ? { kind: 'InferenceService', ...nameOf(facts.evidence.isvc) } : podObject(pod);
  return { nextStep: showEvents(facts, object), object };
}

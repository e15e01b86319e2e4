import { serviceStatus } from '../serviceStatus.ts';
import { causes } from './causes.ts';
import { deletionHeld } from './deletionHeld.ts';
import { factsOf, type ContainerFact } from './facts.ts';
import { workerDied } from './workerDied.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DiagnosisEvidence, LogRequest } from './evidence.ts';

/** Says why a service does not work. Undefined for a healthy or a stopped one, and when nothing is found. */
export function diagnose(evidence: DiagnosisEvidence): Diagnosis | undefined {
  const facts = factsOf(evidence);
  for (const cause of causesFor(evidence)) {
    const diagnosis = cause(facts);
    if (diagnosis !== undefined) return diagnosis;
  }
  return undefined;
}

/** Which causes can apply at all, by what the service is doing. */
function causesFor(evidence: DiagnosisEvidence): readonly Cause[] {
  const { state } = serviceStatus(evidence.isvc, evidence.deployment);
  if ((evidence.refusals ?? []).length > 0) return causes;
  if (state === 'deleting') return [deletionHeld];
  if (state === 'stopped') return [];
  return state === 'ready' && evidence.modelDoesNotAnswer !== true ? [workerDied] : causes;
}

/**
 * The containers whose log tails would tell more; to be read and given as `logs` to a second {@link diagnose}. A tail of
 * 500 lines is enough for what ended. Of a container that runs, TorchServe tells a failure once and then repeats less
 * telling lines, so that its log is best read from the beginning.
 */
export function wantsLogsOf(evidence: DiagnosisEvidence): readonly LogRequest[] {
  const { state } = serviceStatus(evidence.isvc, evidence.deployment);
  if (state === 'stopped' || state === 'deleting') return [];
  const isTrusted = state === 'ready' && evidence.modelDoesNotAnswer !== true;
  return factsOf(evidence).containers.flatMap((fact) => requestsFor(fact, isTrusted));
}

function requestsFor({ pod, status, isInit, ended }: ContainerFact, isTrusted: boolean): readonly LogRequest[] {
  const request = (previous: boolean): LogRequest => ({ pod: pod.metadata.name, container: status.name, previous });
  const hasFailed = ended !== undefined && ended.exitCode !== 0;
  if (isInit) return hasFailed ? [request(status.state?.terminated === undefined)] : [];
  if (status.state?.terminated !== undefined) return hasFailed ? [request(false)] : [];
  const earlier = (status.restartCount ?? 0) > 0 && !(status.ready === true && isTrusted) ? [request(true)] : [];
  const isRunning = status.state?.running !== undefined;
  return [...earlier, ...(isRunning && !isTrusted ? [request(false)] : [])];
}

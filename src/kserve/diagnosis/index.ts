import { isPodReady } from '../pods.ts';
import { conditionOf, serviceStatus } from '../serviceStatus.ts';
import { causes } from './causes.ts';
import { deletionHeld } from './deletionHeld.ts';
import { factsOf, type ContainerFact, type Facts } from './facts.ts';
import { durationWords, revisionFailed, revisionImage } from './knativeRevision.ts';
import { lookedAt } from './lastWords.ts';
import { workerDied } from './workerDied.ts';
import type { ModelServer } from '../servers/modelServer.ts';
import type { Cause } from './cause.ts';
import type { DiagnosisCode } from './codes.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DiagnosisEvidence, LogRequest } from './evidence.ts';

/** Says why a service does not work. Undefined for a healthy or a stopped one, and when nothing is found. */
export function diagnose(evidence: DiagnosisEvidence): Diagnosis | undefined {
  return diagnoseWith(causes, evidence);
}

/** {@link diagnose} by another list of causes, the first of which that applies wins, or of model servers. */
export function diagnoseWith<Code extends string = DiagnosisCode>(
  registered: readonly Cause<Code | DiagnosisCode>[],
  evidence: DiagnosisEvidence,
  servers?: readonly ModelServer[],
): Diagnosis<Code | DiagnosisCode> | undefined {
  const facts = factsOf(evidence, servers);
  for (const cause of causesFor(facts, registered)) {
    const diagnosis = cause(facts);
    if (diagnosis !== undefined) return diagnosis;
  }
  return undefined;
}

/** Which causes can apply at all, by what the service is doing. */
function causesFor<Code extends string>(
  facts: Facts,
  registered: readonly Cause<Code | DiagnosisCode>[],
): readonly Cause<Code | DiagnosisCode>[] {
  const { evidence } = facts;
  if ((evidence.refusals ?? []).length > 0) return registered;
  const { state } = serviceStatus(evidence.isvc, evidence.deployment);
  if (state === 'deleting') return [deletionHeld];
  if (state === 'stopped') return [];
  return isHealthy(facts) ? [workerDied, revisionImage, revisionFailed] : registered;
}

/** KServe goes on saying `Ready` while the pods of a new version fail beside those of the earlier one. */
function isHealthy({ evidence, pods, refusals }: Facts): boolean {
  const { state } = serviceStatus(evidence.isvc, evidence.deployment);
  const isFine = state === 'ready' && refusals.length === 0 && pods.every(isPodReady);
  return isFine && evidence.modelDoesNotAnswer !== true;
}

/**
 * What to say when {@link diagnose} finds nothing: what was looked at, and for how long the service is not ready.
 *
 * @returns undefined for one that is ready, stopped or being deleted
 */
export function noCauseFound(evidence: DiagnosisEvidence): string | undefined {
  const { isvc, deployment, now } = evidence;
  const { state } = serviceStatus(isvc, deployment);
  const facts = factsOf(evidence);
  if (state === 'stopped' || state === 'deleting' || isHealthy(facts)) return undefined;
  const { status, lastTransitionTime } = conditionOf(isvc, 'Ready') ?? {};
  const waited = (now ?? Number.NaN) - Date.parse(lastTransitionTime ?? isvc.metadata.creationTimestamp ?? '');
  const long = waited >= 0 ? ` for ${durationWords(waited)}` : '';
  const what = status === 'True' ? 'is not wholly ready, though KServe calls it so' : `has not been ready${long}`;
  return `No cause found: ${isvc.metadata.name} ${what}; ${lookedAt(facts)} tell nothing against it.`;
}

/** The containers whose logs would tell more; to be read and given as `logs` to a second {@link diagnose}. */
export function wantsLogsOf(evidence: DiagnosisEvidence): readonly LogRequest[] {
  const { state } = serviceStatus(evidence.isvc, evidence.deployment);
  if (state === 'stopped' || state === 'deleting') return [];
  const facts = factsOf(evidence);
  return isHealthy(facts) ? [] : facts.containers.flatMap(requestsFor);
}

function requestsFor({ pod, status, isInit, ended }: ContainerFact): readonly LogRequest[] {
  const hasFailed = ended !== undefined && ended.exitCode !== 0;
  const request = (previous: boolean, part: LogRequest['part'] = 'end'): LogRequest => ({
    pod: pod.metadata.name,
    container: status.name,
    previous,
    part,
  });
  if (status.state?.terminated !== undefined) return hasFailed ? [request(false)] : [];
  if (isInit) return hasFailed ? [request(true)] : [];
  const earlier = (status.restartCount ?? 0) > 0 ? [request(true)] : [];
  return status.state?.running === undefined ? earlier : [...earlier, request(false, 'beginning'), request(false)];
}

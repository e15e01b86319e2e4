import { nameOf, oneLine, showManifest, words, type Facts } from './facts.ts';
import { durationWords } from './knativeRevision.ts';
import type { Cause } from './cause.ts';
import type { ModelStatus } from '../resources/inferenceService.ts';

/** ModelMesh loads a model within seconds, or says why not. */
const patience = 60_000;

/** A service for ModelMesh, of which KServe's own controller keeps its hands. */
export const modelMeshSilent: Cause = (facts) => {
  const { isvc, now } = facts.evidence;
  const { creationTimestamp } = isvc.metadata;
  const isSeen = (isvc.status?.conditions ?? []).length > 0 || isvc.status?.modelStatus?.lastFailureInfo != null;
  if (facts.mode !== 'ModelMesh' || isSeen || now === undefined || creationTimestamp === undefined) return undefined;
  const waited = now - Date.parse(creationTimestamp);
  if (!(waited > patience)) return undefined;
  return {
    code: 'modelmesh-silent',
    category: 'unreachable',
    mayHeal: 'retry',
    summary: `${facts.name} is to be served by ModelMesh (annotation serving.kserve.io/deploymentMode), whose controller has not looked at it for ${durationWords(waited)}; KServe's own controller leaves it alone.`,
    remedy:
      'See whether the Deployment modelmesh-controller runs and whether the namespace has the label modelmesh-enabled=true; or delete the service and deploy it in Standard mode.',
    nextStep: showManifest(facts),
    severity: 'error',
    object: { kind: 'InferenceService', ...nameOf(isvc) },
    evidence: [`creationTimestamp: ${creationTimestamp}`, 'status is empty'],
  };
};

/**
 * KServe or ModelMesh says that the model could not be loaded, and no pod tells more. ModelMesh's pods are not the service's
 * own; KServe's word may still be about the version before, so that it warns only.
 */
export const modelLoadFailed: Cause = (facts) => {
  const { isvc } = facts.evidence;
  const isMeshed = facts.mode === 'ModelMesh';
  const failure = failureOf(facts);
  if (failure === undefined) return undefined;
  const { reason = '', message = '', location = '' } = failure;
  const last = message.trim().split('\n').at(-1) ?? '';
  const where = location === '' ? '' : ` on ${location}`;
  const by = isMeshed ? 'ModelMesh' : 'KServe';
  return {
    code: 'model-load-failed',
    category: 'server',
    mayHeal: false,
    summary: `${by} could not load the model of ${facts.name}${where}: ${words(last || reason, 240)}.`,
    remedy: 'Read the log of the server that was to load it, and correct the model or the runtime.',
    nextStep: showManifest(facts),
    severity: isMeshed ? 'error' : 'warning',
    object: { kind: 'InferenceService', ...nameOf(isvc) },
    evidence: [`${reason || 'lastFailureInfo'}: ${oneLine(message, 600)}`],
  };
};

/** What was told of a failed load; of KServe's word only where nothing runs that tells more. */
function failureOf({ evidence, mode, pods }: Facts): NonNullable<ModelStatus['lastFailureInfo']> | undefined {
  const { transitionStatus, lastFailureInfo } = evidence.isvc.status?.modelStatus ?? {};
  const counts = mode === 'ModelMesh' || (transitionStatus === 'BlockedByFailedLoad' && pods.length === 0);
  const isTold = Boolean(lastFailureInfo?.reason) || Boolean(lastFailureInfo?.message);
  return counts && isTold ? (lastFailureInfo ?? undefined) : undefined;
}

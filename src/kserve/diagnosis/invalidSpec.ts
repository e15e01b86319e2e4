import { nameOf, oneLine, showEvents, showManifest } from './facts.ts';
import { refusedFor } from './refused.ts';
import type { Cause } from './cause.ts';

/** What KServe itself cannot make a workload of. */
export const storageUriRefused = refusedFor([
  {
    code: 'storage-uri',
    category: 'unsupported',
    pattern: /StorageURI not supported: ?([^\n]*)/,
    summary: (_match, { evidence, name }) =>
      `KServe cannot fetch the model of ${name} from ${evidence.isvc.spec.predictor.model?.storageUri ?? 'its storage URI'}: no storage container of the cluster takes such a URI.`,
    remedy: () =>
      'Use a pvc://, s3://, gs://, https://, hf:// or oci:// URI, or install a ClusterStorageContainer for it.',
  },
]);

/** Knative mode without Knative. */
export const knativeMissing: Cause = (facts) => {
  const event = facts.events.find(({ reason }) => reason === 'ServerlessModeRejected');
  if (event === undefined || facts.pods.length > 0) return undefined;
  return {
    code: 'knative-missing',
    category: 'not-found',
    mayHeal: false,
    summary: `${facts.name} is to run in Knative mode, and the cluster has no Knative Serving.`,
    remedy:
      'Delete it and deploy it with the annotation serving.kserve.io/deploymentMode: Standard; the mode cannot change after creation.',
    nextStep: showEvents(facts, { kind: 'InferenceService', ...nameOf(facts.evidence.isvc) }),
    severity: 'error',
    object: { kind: 'InferenceService', ...nameOf(facts.evidence.isvc) },
    evidence: [oneLine(event.message ?? '')],
  };
};

/** An invalid predictor that no other cause has words for: KServe's own. */
export const invalidPredictor: Cause = (facts) => {
  const { isvc } = facts.evidence;
  const status = isvc.status?.modelStatus;
  if (status?.transitionStatus !== 'InvalidSpec') return undefined;
  const { reason = 'InvalidSpec', message = '' } = status.lastFailureInfo ?? {};
  return {
    code: 'invalid-spec',
    category: 'invalid-input',
    mayHeal: false,
    summary: `KServe cannot make a workload of ${facts.name}: ${oneLine(message).replace(/\.$/, '') || reason}.`,
    remedy: 'Change what it names in the manifest, or in the runtime.',
    nextStep: showManifest(facts),
    severity: 'error',
    object: { kind: 'InferenceService', ...nameOf(isvc) },
    evidence: [`${reason}: ${oneLine(message)}`],
  };
};

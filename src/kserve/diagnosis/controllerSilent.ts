import { nameOf } from './facts.ts';
import type { Cause } from './cause.ts';

/** KServe's controller writes a first status within a second. */
const patience = 20_000;

/** Nobody acts on the InferenceService: the controller is not there. */
export const controllerSilent: Cause = (facts) => {
  const { isvc, now } = facts.evidence;
  const { creationTimestamp } = isvc.metadata;
  const isSeen = (isvc.status?.conditions ?? []).length > 0 || facts.pods.length > 0 || facts.events.length > 0;
  if (isSeen || facts.mode === 'ModelMesh' || now === undefined || creationTimestamp === undefined) return undefined;
  const waited = now - Date.parse(creationTimestamp);
  if (!(waited > patience)) return undefined;
  return {
    code: 'controller-silent',
    category: 'unreachable',
    mayHeal: 'controller',
    summary: `KServe's controller has not looked at ${facts.name} for ${Math.round(waited / 1000)} s.`,
    remedy: 'See whether the Deployment kserve-controller-manager runs in the namespace of KServe, and read its log.',
    severity: 'error',
    object: { kind: 'InferenceService', ...nameOf(isvc) },
    evidence: [`creationTimestamp: ${creationTimestamp}`, 'status is empty'],
  };
};

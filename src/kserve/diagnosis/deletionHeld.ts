import { nameOf, showManifest } from './facts.ts';
import type { Cause } from './cause.ts';

const kserveFinalizer = 'inferenceservice.finalizers';
/** KServe takes its finalizer away within a second; a busy cluster gets more. */
const patience = 20_000;

/** A finalizer that holds a deletion, for example because the controller that has to take it away is gone. */
export const deletionHeld: Cause = (facts) => {
  const { isvc, now } = facts.evidence;
  const { deletionTimestamp, finalizers = [] } = isvc.metadata;
  if (deletionTimestamp === undefined || now === undefined || finalizers.length === 0) return undefined;
  const waited = now - Date.parse(deletionTimestamp);
  if (!(waited > patience)) return undefined;
  const isKServes = finalizers.includes(kserveFinalizer);
  const seconds = Math.round(waited / 1000);
  return {
    code: 'deletion-held',
    category: 'conflict',
    mayHeal: 'retry',
    summary: `The deletion of ${facts.name} has been held for ${seconds} s by ${finalizers.map((name) => `the finalizer ${name}`).join(' and ')}.`,
    remedy: isKServes
      ? "See whether KServe's controller (kserve-controller-manager) runs: it takes its finalizer away; only when KServe is gone for good, remove the finalizer from the manifest."
      : 'Ask who set the finalizer to take it away; remove it by hand only when its owner is gone for good.',
    nextStep: showManifest(facts),
    severity: 'error',
    object: { kind: 'InferenceService', ...nameOf(isvc) },
    evidence: [`deletionTimestamp: ${deletionTimestamp}`, `finalizers: ${finalizers.join(', ')}`],
  };
};

import { kserveLabels } from '../annotations.ts';
import { podObject, showEvents } from './facts.ts';
import type { Cause } from './cause.ts';
import type { Pod } from '../resources/core.ts';

/** KServe's pod webhook did not give the pod its model. */
export const notInjected: Cause = (facts) => {
  const uri = facts.evidence.isvc.spec.predictor.model?.storageUri;
  const pod = facts.pods.find(({ metadata }) => metadata.labels?.[kserveLabels.component] === 'predictor');
  if (uri === undefined || pod === undefined || hasModel(pod)) return undefined;
  const isControlPlane = facts.evidence.namespace?.metadata.labels?.[kserveLabels.controlPlane] !== undefined;
  return {
    code: isControlPlane ? 'namespace-control-plane' : 'model-not-injected',
    category: isControlPlane ? 'unsupported' : 'server',
    mayHeal: false,
    summary: isControlPlane
      ? `The namespace ${facts.namespace} has the label control-plane, so that KServe's webhook gives its pods no model: /mnt/models of ${facts.name} is empty.`
      : `KServe's pod webhook did not give the pod of ${facts.name} its model: /mnt/models is empty.`,
    remedy: isControlPlane
      ? 'Deploy to another namespace; that of KServe itself cannot serve models.'
      : 'See whether the MutatingWebhookConfiguration inferenceservice.serving.kserve.io has its pod webhook, and delete the pod so that it is made again.',
    nextStep: showEvents(facts, podObject(pod)),
    severity: 'error',
    object: isControlPlane ? { kind: 'Namespace', name: facts.namespace } : podObject(pod),
    evidence: [
      `storageUri: ${uri}`,
      'the pod has neither an init container storage-initializer nor a volume at /mnt/models',
    ],
  };
};

function hasModel({ spec }: Pod): boolean {
  const injected = ['storage-initializer', 'modelcar-init', 'modelcar'];
  if (spec?.initContainers?.some(({ name }) => injected.includes(name)) === true) return true;
  return (spec?.containers ?? []).some((container) => {
    const mounts = container['volumeMounts'];
    const isModel = (mount: unknown): boolean =>
      String((mount as { mountPath?: unknown }).mountPath).startsWith('/mnt/models');
    return injected.includes(container.name) || (Array.isArray(mounts) && mounts.some(isModel));
  });
}

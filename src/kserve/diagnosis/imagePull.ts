import {
  containerWords,
  findEvent,
  oneLine,
  podObject,
  showEvents,
  showManifest,
  type ContainerFact,
  type Facts,
} from './facts.ts';
import { componentOf } from '../pods.ts';
import { findAnswer, type RegistryAnswer } from './registryAnswers.ts';
import type { Cause } from './cause.ts';

const reasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];

/** What is said when the registry's answer is not known. */
const unknownAnswer: Omit<RegistryAnswer, 'pattern'> = {
  code: 'image-pull',
  category: 'server',
  mayHeal: 'retry',
  what: 'cannot be fetched',
  remedy: () => 'Read the events of the pod.',
};

/** A node cannot fetch the image of a container. */
export const imagePull: Cause = (facts) => {
  for (const fact of facts.containers) {
    const { pod, status } = fact;
    const waiting = status.state?.waiting;
    if (!reasons.includes(waiting?.reason ?? '')) continue;
    const image = imageOf(fact);
    const texts = [waiting?.message ?? '', ...pullEvents(facts, fact, image)].filter((text) => text !== '');
    const answer = findAnswer(texts.map((text) => facts.phrase(text)));
    const isOurs = status.name !== 'storage-initializer';
    const { code, category, mayHeal = false, what, remedy } = answer ?? unknownAnswer;
    return {
      code,
      category,
      mayHeal,
      summary: `The image ${image} of ${containerWords(fact)} ${what}.`,
      remedy: remedy(whereNamed(facts, fact)),
      nextStep: isOurs && code === 'image-not-found' ? showManifest(facts) : showEvents(facts, podObject(pod)),
      severity: 'error',
      object: podObject(pod),
      evidence: texts.map((text) => oneLine(text, 600)),
    };
  }
  return undefined;
};

/** Where the image of a container is named: a model's server is the runtime's, everything else stands in the manifest. */
function whereNamed({ evidence }: Facts, { pod, status }: ContainerFact): string {
  const component = componentOf(pod) ?? 'predictor';
  if (status.name === 'storage-initializer')
    return 'the ConfigMap inferenceservice-config or the ClusterStorageContainer';
  if (component !== 'predictor') return `the manifest (spec.${component}.containers)`;
  return evidence.isvc.spec.predictor.model === undefined
    ? 'the manifest (spec.predictor.containers)'
    : 'the runtime, or runtimeVersion in the manifest';
}

function imageOf({ pod, status, isInit }: ContainerFact): string {
  const containers = (isInit ? pod.spec?.initContainers : pod.spec?.containers) ?? [];
  return containers.find(({ name }) => name === status.name)?.image ?? status.image ?? '';
}

/** Older kubelets say why only in the event, and only "Back-off pulling image" in the status. */
function pullEvents(facts: Facts, { pod }: ContainerFact, image: string): readonly string[] {
  const event = facts.events.find(
    ({ involvedObject, reason, message }) =>
      involvedObject?.name === pod.metadata.name && reason === 'Failed' && (message ?? '').includes(image),
  );
  const text = event?.message ?? findEvent(facts, pod.metadata.name, ['InspectFailed', 'ErrImageNeverPull'])?.message;
  return text === undefined ? [] : [text];
}

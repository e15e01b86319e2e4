import { findEvent, oneLine, podObject, showEvents, showManifest, type ContainerFact, type Facts } from './facts.ts';
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

/** What registries and container runtimes answer; the first that applies wins. */
const answers: readonly {
  readonly code: string;
  readonly pattern: RegExp;
  readonly what: string;
  readonly remedy: string;
}[] = [
  {
    code: 'image-name-invalid',
    pattern: /couldn't parse image (?:name|reference)|invalid reference format/,
    what: 'is no valid name of an image',
    remedy: 'Correct the image in the runtime, or runtimeVersion in the manifest.',
  },
  {
    code: 'image-not-present',
    pattern: /not present with pull policy of Never/,
    what: 'is not on the node, and must not be pulled (imagePullPolicy: Never)',
    remedy: 'Load the image onto the node (for example minikube image load), or allow it to be pulled.',
  },
  {
    code: 'image-rate-limit',
    pattern: /toomanyrequests|429 Too Many Requests|pull rate limit/i,
    what: 'was asked for too often: its registry limits how often it answers',
    remedy: 'Wait, add an imagePullSecret of an account, or use a mirror of the registry.',
  },
  {
    code: 'image-disk-full',
    pattern: /no space left on device/,
    what: 'does not fit on the disk of the node',
    remedy: 'Free disk on the node, or use a smaller image.',
  },
  {
    code: 'image-platform',
    pattern: /no match(?:ing manifest)? for (?:linux|platform)/,
    what: "does not exist for the node's processor",
    remedy: 'Use an image (or tag) that was built for it, or choose other nodes by nodeSelector.',
  },
  {
    code: 'image-certificate',
    pattern: /x509: |certificate signed by unknown authority|server gave HTTP response to HTTPS client/,
    what: 'cannot be fetched: the node does not trust its registry',
    remedy: "Give the nodes the registry's certificate authority.",
  },
  {
    code: 'image-registry-unreachable',
    pattern:
      /dial tcp|no such host|i\/o timeout|connection refused|deadline exceeded|server misbehaving|TLS handshake timeout|registry is unavailable|proxyconnect|EOF/,
    what: 'cannot be fetched: the node does not reach its registry',
    remedy: 'Give the node a way to the registry (proxy, DNS, firewall), or use a mirror that it reaches.',
  },
  {
    code: 'image-unauthorized',
    pattern:
      /unauthorized|authentication required|authorization failed|failed to authorize|no basic auth credentials|pull access denied|denied: |401 Unauthorized|403 Forbidden/i,
    what: 'is not given out: its registry wants a login, or does not know it',
    remedy: 'Correct the name, or add an imagePullSecret to the ServiceAccount or the runtime.',
  },
  {
    code: 'image-not-found',
    pattern: /not found|manifest unknown|name unknown|404/i,
    what: 'does not exist in its registry',
    remedy: 'Correct the image or tag in the runtime, or runtimeVersion in the manifest.',
  },
];

export const imagePull: Cause = (facts) => {
  for (const fact of facts.containers) {
    const { pod, status } = fact;
    const waiting = status.state?.waiting;
    if (!reasons.includes(waiting?.reason ?? '')) continue;
    const image = imageOf(fact);
    const texts = [waiting?.message ?? '', ...pullEvents(facts, fact, image)];
    const answer = answers.find(({ pattern }) => texts.some((text) => pattern.test(text.replaceAll(image, ''))));
    const isOurs = status.name !== 'storage-initializer';
    return {
      code: answer?.code ?? 'image-pull',
      summary: `The image ${image} of the container ${status.name} ${answer?.what ?? 'cannot be fetched'}.`,
      remedy: answer?.remedy ?? 'Read the events of the pod.',
      nextStep: isOurs && answer?.code === 'image-not-found' ? showManifest(facts) : showEvents(facts, podObject(pod)),
      severity: 'error',
      object: podObject(pod),
      evidence: texts.filter((text) => text !== '').map((text) => oneLine(text, 600)),
    };
  }
  return undefined;
};

function imageOf({ pod, status, isInit }: ContainerFact): string {
  const containers = (isInit ? pod.spec?.initContainers : pod.spec?.containers) ?? [];
  return containers.find(({ name }) => name === status.name)?.image ?? status.image ?? '';
}

/** Older kubelets say why only in the event, and only "Back-off pulling image" in the status. */
function pullEvents(facts: Facts, { pod }: ContainerFact, image: string): readonly string[] {
  const event = facts.events.find(
    ({ involvedObject, reason, message = '' }) =>
      involvedObject?.name === pod.metadata.name && reason === 'Failed' && message.includes(image),
  );
  const text = event?.message ?? findEvent(facts, pod.metadata.name, ['InspectFailed', 'ErrImageNeverPull'])?.message;
  return text === undefined ? [] : [text];
}

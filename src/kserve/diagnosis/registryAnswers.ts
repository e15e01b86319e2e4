import type { ErrorCategory } from '../../foundation/error.ts';
import type { DiagnosisCode } from './codes.ts';
import { matchPhrase, type Phrase } from './phrase.ts';
import type { Healing } from './diagnosis.ts';

/** What registries and container runtimes answer to who fetches an image or asks for its digest. */
export interface RegistryAnswer {
  readonly code: DiagnosisCode;
  readonly category: ErrorCategory;
  readonly mayHeal?: Healing;
  /** Of the error's own phrase: names are covered when it is tried (`phrase.ts`). */
  readonly pattern: RegExp;
  /** After "The image x". */
  readonly what: string;
  /** @param where the image is named, for a sentence */
  readonly remedy: (where: string) => string;
}

/** The first that applies wins. */
export const registryAnswers: readonly RegistryAnswer[] = [
  {
    code: 'image-name-invalid',
    category: 'invalid-input',
    pattern: /couldn't parse image (?:name|reference)|invalid reference format/,
    what: 'is no valid name of an image',
    remedy: (where) => `Correct the image in ${where}.`,
  },
  {
    code: 'image-short-name',
    category: 'invalid-input',
    pattern:
      /short-name \S+ did not resolve to an alias|no unqualified-search registries are defined|short name mode is enforcing|short-name resolution enforced/,
    what: 'has no registry in its name, and the node does not guess one',
    remedy: (where) =>
      `Name the image with its registry in ${where}, for example docker.io/pytorch/torchserve-kfs:0.9.0.`,
  },
  {
    code: 'image-not-present',
    category: 'not-found',
    pattern: /not present with pull policy of Never/,
    what: 'is not on the node, and must not be pulled (imagePullPolicy: Never)',
    remedy: () => 'Load the image onto the node (for example minikube image load), or allow it to be pulled.',
  },
  {
    code: 'image-rate-limit',
    category: 'server',
    mayHeal: 'retry',
    pattern: /toomanyrequests: |429 Too Many Requests|reached your (?:unauthenticated )?pull rate limit/i,
    what: 'was asked for too often: its registry limits how often it answers',
    remedy: () => 'Wait, add an imagePullSecret of an account, or use a mirror of the registry.',
  },
  {
    code: 'image-disk-full',
    category: 'no-space',
    pattern: /no space left on device/,
    what: 'does not fit on the disk of the node',
    remedy: () => 'Free disk on the node, or use a smaller image.',
  },
  {
    code: 'image-platform',
    category: 'unsupported',
    pattern:
      /no match(?:ing manifest)? for (?:linux|platform)|no image found in (?:image index|manifest list) for architecture|does not match the specified platform/,
    what: "does not exist for the node's processor",
    remedy: () => 'Use an image (or tag) that was built for it, or choose other nodes by nodeSelector.',
  },
  {
    code: 'image-registry-http',
    category: 'unreachable',
    pattern: /server gave HTTP response to HTTPS client/,
    what: 'cannot be fetched: its registry speaks plain http, and https is asked for',
    remedy: () =>
      "Give the registry a certificate, or allow plain http for it in the nodes' container runtime (containerd: hosts.toml; CRI-O: insecure registries).",
  },
  {
    code: 'image-certificate',
    category: 'server',
    pattern:
      /certificate signed by unknown authority|failed to verify certificate|certificate (?:has expired|is valid for|is not valid|is not trusted|relies on legacy)|cannot validate certificate|x509: certificate/,
    what: 'cannot be fetched: the certificate of its registry is not trusted',
    remedy: () => "Give the nodes the registry's certificate authority.",
  },
  {
    code: 'image-registry-unreachable',
    category: 'unreachable',
    mayHeal: 'retry',
    pattern:
      /\bdial tcp\b|: no such host|i\/o timeout|connect: connection refused|context deadline exceeded|: server misbehaving|TLS handshake timeout|registry is unavailable|proxyconnect tcp|(?:unexpected |: )EOF\b|connection reset by peer|Client\.Timeout exceeded/,
    what: 'cannot be fetched: the node does not reach its registry',
    remedy: () => 'Give the node a way to the registry (proxy, DNS, firewall), or use a mirror that it reaches.',
  },
  {
    code: 'image-unauthorized',
    category: 'unauthorized',
    pattern:
      /unauthorized: |UNAUTHORIZED|authentication required|authorization failed|failed to authorize: |no basic auth credentials|pull access denied|access to the resource is denied|(?:: |^)denied: |401 Unauthorized|403 Forbidden|insufficient_scope|may require authorization/,
    what: 'is not given out: its registry wants a login, or does not know it',
    remedy: () => 'Correct the name, or add an imagePullSecret to the ServiceAccount or the runtime.',
  },
  {
    code: 'image-not-found',
    category: 'not-found',
    pattern:
      /(?:^|: )not found(?:$|[\s,.;)])|manifest unknown|name unknown|MANIFEST_UNKNOWN|NAME_UNKNOWN|404 Not Found|manifest for \S+ not found|repository \S+ not found/m,
    what: 'does not exist in its registry',
    remedy: (where) => `Correct the image or tag in ${where}.`,
  },
];

export function findAnswer(phrases: readonly Phrase[]): RegistryAnswer | undefined {
  return registryAnswers.find(({ pattern }) => phrases.some((phrase) => matchPhrase(pattern, phrase) !== undefined));
}

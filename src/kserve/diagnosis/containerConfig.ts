import type { ErrorCategory } from '../../foundation/error.ts';
import {
  containerWords,
  oneLine,
  podObject,
  showEvents,
  showManifest,
  words,
  type ContainerFact,
  type Facts,
} from './facts.ts';
import { matchPhrase } from './phrase.ts';
import type { Cause } from './cause.ts';
import type { DiagnosisCode } from './codes.ts';

const reasons = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PostStartHookError',
  'StartError',
];

/** What kubelet and container runtimes say of a container that they cannot start. */
const problems: readonly {
  readonly code: DiagnosisCode;
  readonly category: ErrorCategory;
  readonly pattern: RegExp;
  readonly summary: (container: string, name: string, match: RegExpExecArray) => string;
  readonly remedy: string;
  readonly isInManifest: boolean;
}[] = [
  {
    code: 'runs-as-root',
    category: 'forbidden',
    pattern: /runAsNonRoot and image (?:will run as root|has non-numeric user)/,
    summary: (container, name) =>
      `The image of ${container} of ${name} would run as root, which its securityContext (runAsNonRoot) forbids.`,
    remedy: 'Set runAsUser to the number of a user that the image works with, in the runtime or the manifest.',
    isInManifest: true,
  },
  {
    code: 'gpu-runtime',
    category: 'unsupported',
    pattern:
      /nvidia-container-(?:cli|runtime)\S*: ([^\n]*)|exec: \S*nvidia-container-runtime\S*: ([^\n]*)|could not select device driver/,
    summary: (container, name, [, cli, runtime]) =>
      `The node cannot give ${container} of ${name} its GPU${(cli ?? runtime) === undefined ? '' : `: ${words(cli ?? runtime ?? '')}`}.`,
    remedy:
      "Use an image for the CUDA version of the node's driver, or have the NVIDIA driver and container toolkit of the node brought up to date.",
    isInManifest: false,
  },
  {
    code: 'exec-format',
    category: 'unsupported',
    pattern: /exec format error/,
    summary: (container, name) =>
      `The image of ${container} of ${name} was built for another processor than the node has (exec format error).`,
    remedy: 'Use an image (or tag) that was built for it, or choose other nodes by nodeSelector (kubernetes.io/arch).',
    isInManifest: true,
  },
  {
    code: 'command-missing',
    category: 'not-found',
    pattern:
      /exec: ("[^"]*"|\S+): (?:executable file not found in \$PATH|stat \S*: no such file or directory|permission denied)|executable file not found in \$PATH/,
    summary: (container, name, [, command]) =>
      `The image of ${container} of ${name} does not have the command ${(command ?? 'that it is started with').replaceAll('"', '')}, or may not run it.`,
    remedy: 'Correct command and args in the manifest or the runtime, or use an image that has the command.',
    isInManifest: true,
  },
];

/** kubelet cannot make or start a container, for another reason than a missing object or volume. */
export const containerConfig: Cause = (facts) => {
  for (const fact of facts.containers) {
    const { pod, status } = fact;
    const said = wordsOf(fact);
    if (said === undefined) continue;
    const { reason, message } = said;
    const found = findProblem(facts, message);
    return {
      code: found?.problem.code ?? 'container-config',
      category: found?.problem.category ?? 'server',
      mayHeal: false,
      summary:
        found?.problem.summary(containerWords(fact), facts.name, found.match) ??
        `The container ${status.name} of ${facts.name} cannot be started: ${words(message)}.`,
      remedy: found?.problem.remedy ?? 'Correct what the message names, in the manifest or the runtime.',
      nextStep: found?.problem.isInManifest === true ? showManifest(facts) : showEvents(facts, podObject(pod)),
      severity: 'error',
      object: podObject(pod),
      evidence: [`${reason}: ${oneLine(message, 600)}`],
    };
  }
  return undefined;
};

/** Why a container is not started: while it waits, or where its last try ended before the first instruction. */
function wordsOf({ status, ended }: ContainerFact): { readonly reason: string; readonly message: string } | undefined {
  const waiting = status.state?.waiting;
  if (reasons.includes(waiting?.reason ?? ''))
    return { reason: waiting?.reason ?? '', message: waiting?.message ?? '' };
  const isNew = ended?.reason === 'StartError' || ended?.reason === 'ContainerCannotRun';
  if (!isNew || status.state?.running !== undefined) return undefined;
  return { reason: ended.reason ?? '', message: ended.message ?? '' };
}

function findProblem(
  facts: Facts,
  message: string,
): { readonly problem: (typeof problems)[number]; readonly match: RegExpExecArray } | undefined {
  for (const problem of problems) {
    const match = matchPhrase(problem.pattern, facts.phrase(message));
    if (match !== undefined) return { problem, match };
  }
  return undefined;
}

import { conditionOf } from '../serviceStatus.ts';
import { nameOf, oneLine, showManifest, words, type Facts } from './facts.ts';
import { matchPhrase } from './phrase.ts';
import { findAnswer } from './registryAnswers.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Condition } from '../resources/core.ts';

const components = ['Predictor', 'Transformer', 'Explainer'] as const;

/** What Knative's Configuration says of the newest revision, as KServe passes it on in `<Component>ConfigurationReady`. */
interface FailedRevision {
  readonly component: (typeof components)[number];
  readonly revision: string;
  readonly why: string;
  readonly condition: Condition;
}

function failedRevision(facts: Facts): FailedRevision | undefined {
  const { isvc } = facts.evidence;
  for (const component of components) {
    for (const type of [`${component}ConfigurationReady`, `${component}Ready`]) {
      const condition = conditionOf(isvc, type);
      if (condition?.status !== 'False') continue;
      const match = /^Revision "([^"]+)" failed with message: (.*)$/s.exec(condition.message ?? '');
      if (match !== null) return { component, revision: match[1] ?? '', why: endless(match[2] ?? ''), condition };
      // That there is no revision follows from what the configuration says, which another message may say in own words.
      const why = endless(condition.message ?? '');
      if (!type.endsWith('ConfigurationReady') || why === '') continue;
      const revision =
        isvc.status?.components?.[component.toLowerCase()]?.latestCreatedRevision ??
        `of the ${component.toLowerCase()}`;
      return { component, revision, why, condition };
    }
  }
  return undefined;
}

function endless(message: string): string {
  return message.trim().replace(/\.$/, '');
}

/** Knative looks up the digest of an image before it makes a revision's pods, from its own controller. */
export const revisionImage: Cause = (facts) => {
  const failed = failedRevision(facts);
  if (failed === undefined) return undefined;
  const phrase = facts.phrase(failed.why);
  if (matchPhrase(/Unable to fetch image|failed to resolve image to digest/, phrase) === undefined) return undefined;
  const image = /Unable to fetch image "([^"]+)"/.exec(failed.why)?.[1] ?? 'of the revision';
  const cause = failed.why.replace(/^.*?failed to resolve image to digest: /s, '');
  const answer = findAnswer([facts.phrase(cause)]);
  const isUnreachable = answer?.code === 'image-registry-unreachable';
  return {
    ...revisionDiagnosis(facts, failed),
    code: 'revision-image-unresolved',
    category: answer?.category ?? 'server',
    mayHeal: answer?.mayHeal ?? false,
    summary: `Knative's controller cannot look up the image ${image} for ${facts.name}${isUnreachable ? ': it does not reach the registry' : ''} (${words(cause, 220)}).`,
    remedy: isUnreachable
      ? "Give Knative's controller a way to the registry, name the image by its digest in the runtime, or add the registry to registries-skipping-tag-resolving in the ConfigMap config-deployment of knative-serving; then deploy again."
      : `${answer?.remedy('the runtime, or runtimeVersion in the manifest') ?? 'Correct what the registry names.'} A revision that failed is not tried again: deploy again.`,
  };
};

/** A revision that failed, of whose pods nothing better is known. An earlier one may go on answering. */
export const revisionFailed: Cause = (facts) => {
  const failed = failedRevision(facts);
  if (failed === undefined) return undefined;
  const notStarted = /^(?:Initial scale was never achieved|ProgressDeadlineExceeded)/.test(failed.why);
  const status = facts.evidence.isvc.status?.components?.[failed.component.toLowerCase()];
  const earlier = status?.latestReadyRevision;
  const share = status?.traffic?.find(({ revisionName }) => revisionName === earlier)?.percent;
  const answers = earlier !== undefined && earlier !== '' && earlier !== failed.revision;
  const goesOn = answers
    ? `; the earlier revision ${earlier} goes on answering${share === undefined ? '' : ` ${share}% of the requests`}`
    : '';
  const isOutOfMemory = /^Container failed with: (?:OOM|OOMKilled|Killed)\b/.test(failed.why);
  return {
    ...revisionDiagnosis(facts, failed),
    code: notStarted ? 'revision-not-started' : isOutOfMemory ? 'out-of-memory' : 'revision-failed',
    category: notStarted ? 'timeout' : isOutOfMemory ? 'no-space' : 'server',
    mayHeal: false,
    summary: `The new revision ${failed.revision} of ${facts.name} failed (${words(failed.why, 220)})${goesOn}.`,
    remedy: answers
      ? 'Correct what it names and deploy again, or roll back so that the earlier revision gets all requests.'
      : notStarted
        ? 'See why its pods did not become ready (their events and logs), and deploy again.'
        : 'Correct what it names, and deploy again.',
  };
};

function revisionDiagnosis(
  facts: Facts,
  { condition, revision }: FailedRevision,
): Pick<Diagnosis, 'nextStep' | 'severity' | 'object' | 'evidence'> {
  return {
    nextStep: showManifest(facts),
    severity: 'error',
    object: { kind: 'Revision', name: revision, namespace: facts.namespace },
    evidence: [`${condition.type}: ${condition.reason ?? ''}: ${oneLine(condition.message ?? '', 600)}`],
  };
}

/** How long a route may take once its revision is ready, milliseconds. */
const routePatience = 120_000;

/** The revision is ready, and Knative's network layer does not make its route. */
export const knativeNetwork: Cause = (facts) => {
  const { isvc, now } = facts.evidence;
  for (const component of components) {
    const route = conditionOf(isvc, `${component}RouteReady`);
    if (route === undefined || route.status === 'True' || isConsequence(route)) continue;
    if (conditionOf(isvc, `${component}ConfigurationReady`)?.status === 'False') continue;
    const since = Date.parse(route.lastTransitionTime ?? isvc.metadata.creationTimestamp ?? '');
    const waited = now === undefined ? undefined : now - since;
    if (route.status === 'Unknown' && !(waited !== undefined && waited > routePatience)) continue;
    const lives = facts.containers.some(({ status }) => status.ready === true);
    const long = waited !== undefined && waited > routePatience ? ` for ${durationWords(waited)}` : '';
    return {
      code: 'knative-network',
      category: 'unreachable',
      mayHeal: 'retry',
      summary: `Knative's network layer (Istio, Kourier or Contour) has not made the route of ${facts.name} ready${long}: ${words(route.message ?? route.reason ?? '')}${lives ? '; its pod itself is ready' : ''}.`,
      remedy:
        'See whether the ingress of Knative runs (net-istio, net-kourier or net-contour in knative-serving, and the gateway with its load balancer), and which one ingress-class in the ConfigMap config-network names.',
      nextStep: showManifest(facts),
      severity: 'error',
      object: { kind: 'InferenceService', ...nameOf(isvc) },
      evidence: [`${route.type}=${route.status}: ${route.reason ?? ''}: ${oneLine(route.message ?? '')}`],
    };
  }
  return undefined;
};

/** The route waits for what the revision lacks. */
function isConsequence({ reason = '', message }: Condition): boolean {
  return (
    /^(?:RevisionMissing|ConfigurationMissing|Deploying|Unknown)$/.test(reason) ||
    /does not have any ready Revision/.test(message ?? '')
  );
}

/** "40 s", "12 min", "3 h", "2 d". */
export function durationWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

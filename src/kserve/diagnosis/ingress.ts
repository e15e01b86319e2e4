import { conditionOf } from '../serviceStatus.ts';
import { nameOf, oneLine, showManifest, words, type Facts } from './facts.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Condition } from '../resources/core.ts';

/** What KServe makes for the way in, and what to do when the cluster does not know its kind. */
const kinds: readonly { readonly version: RegExp; readonly remedy: string }[] = [
  {
    version: /^networking\.istio\.io\//,
    remedy:
      'Have Istio installed, or set disableIstioVirtualHost: true in the ingress settings of the ConfigMap inferenceservice-config.',
  },
  {
    version: /^gateway\.networking\.k8s\.io\//,
    remedy:
      'Have the CRDs of the Gateway API installed, or set enableGatewayApi: false in the ingress settings of the ConfigMap inferenceservice-config.',
  },
  {
    version: /^route\.openshift\.io\//,
    remedy: 'This needs OpenShift: correct the ingress settings of the ConfigMap inferenceservice-config.',
  },
];

/** Reasons and messages of `IngressReady` that only wait for the predictor. */
const consequence =
  /^(?:Predictor|Transformer|Explainer|Component) ingress not created$|(?:Predictor|Transformer|Explainer) (?:is )?not ready/i;

/** Milliseconds for a route to be accepted. */
const patience = 60_000;

/** The model runs, and KServe cannot make the way in. */
export const ingress: Cause = (facts) => missingKind(facts) ?? failing(facts);

function missingKind(facts: Facts): Diagnosis | undefined {
  const event = facts.events.find(({ reason }) => reason === 'VirtualServiceCRDNotFound');
  const said = [failingCondition(facts)?.message, event?.message, ...facts.refusals.map(({ message }) => message)];
  const [found] = said.flatMap((text = '') => {
    const match = /no matches for kind "([^"]+)" in version "([^"]+)"/.exec(text);
    return match !== null && kinds.some(({ version }) => version.test(match[2] ?? '')) ? [{ text, match }] : [];
  });
  if (found === undefined) return undefined;
  const { text, match } = found;
  const [, kind, version = ''] = match;
  return diagnosis(facts, text, {
    code: 'ingress-kind-missing',
    category: 'not-found',
    summary: `KServe cannot make the way in to ${facts.name}: the cluster does not know the kind ${kind} (${version})${livesWords(facts)}.`,
    remedy: kinds.find((each) => each.version.test(version))?.remedy ?? 'Have what brings that kind installed.',
  });
}

function failing(facts: Facts): Diagnosis | undefined {
  const { reason = '', message: why = '', lastTransitionTime } = failingCondition(facts) ?? {};
  const waits = consequence.test(reason) || consequence.test(why);
  const lives = conditionOf(facts.evidence.isvc, 'PredictorReady')?.status === 'True';
  if (waits || why === '' || !lives) return undefined;
  // A gateway takes a moment to accept a route, and KServe says False meanwhile.
  const waited = (facts.evidence.now ?? Number.NaN) - Date.parse(lastTransitionTime ?? '');
  const told = diagnosis(facts, why, {
    code: 'ingress-failed',
    category: 'server',
    summary: `KServe cannot make the way in to ${facts.name}: ${words(why)}${livesWords(facts)}.`,
    remedy:
      'Correct what it names: the ingress settings of the ConfigMap inferenceservice-config, the gateway, or the host name.',
  });
  return waited > patience ? told : { ...told, severity: 'warning' };
}

function failingCondition({ evidence }: Facts): Condition | undefined {
  const condition = conditionOf(evidence.isvc, 'IngressReady');
  return condition?.status === 'False' ? condition : undefined;
}

function diagnosis(
  facts: Facts,
  text: string,
  told: Pick<Diagnosis, 'code' | 'category' | 'summary' | 'remedy'>,
): Diagnosis {
  return {
    ...told,
    mayHeal: 'retry',
    nextStep: showManifest(facts),
    severity: 'error',
    object: { kind: 'InferenceService', ...nameOf(facts.evidence.isvc) },
    evidence: [oneLine(text, 600)],
  };
}

function livesWords({ evidence }: Facts): string {
  return conditionOf(evidence.isvc, 'PredictorReady')?.status === 'True' ? '; its predictor itself is ready' : '';
}

import { runtimeRequestOf, selectRuntime } from '../runtimeSelection.ts';
import { nameOf, oneLine, showManifest, type Facts } from './facts.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';

/** KServe's `lastFailureInfo.reason` of a spec that no runtime takes. */
const reasons = ['NoSupportingRuntime', 'RuntimeNotRecognized', 'RuntimeDisabled'] as const;

const codes = {
  NoSupportingRuntime: 'no-runtime',
  RuntimeNotRecognized: 'runtime-missing',
  RuntimeDisabled: 'runtime-disabled',
} as const;

/** No runtime serves the format, or the one that was named does not exist, is disabled, or does not fit. */
export const runtimeMissing: Cause = (facts) => {
  const { isvc, servingRuntimes = [], clusterServingRuntimes = [] } = facts.evidence;
  const status = isvc.status?.modelStatus;
  const reason = reasons.find((each) => each === status?.lastFailureInfo?.reason);
  if (status?.transitionStatus !== 'InvalidSpec' || reason === undefined) return undefined;
  const request = runtimeRequestOf(isvc);
  const knowsRuntimes = servingRuntimes.length + clusterServingRuntimes.length > 0;
  const selection =
    request && knowsRuntimes ? selectRuntime(request, servingRuntimes, clusterServingRuntimes) : undefined;
  const message = status.lastFailureInfo?.message ?? '';
  return {
    code: codes[reason],
    category: reason === 'RuntimeDisabled' ? 'invalid-input' : 'not-found',
    // KServe looks again when a runtime comes.
    mayHeal: false,
    summary: selection?.problem?.sentence ?? ownWords(reason, facts),
    remedy: remedyFor(reason, facts),
    nextStep: showManifest(facts),
    severity: 'error',
    object: { kind: 'InferenceService', ...nameOf(isvc) },
    evidence: [
      `${reason}: ${oneLine(message)}`,
      // Those that serve other formats tell nothing.
      ...(selection?.rejected ?? [])
        .filter(({ reason: why }) => ['version', 'protocol', 'auto-select', 'disabled'].includes(why))
        .map(({ sentence }) => sentence),
    ],
  };
};

function ownWords(reason: (typeof reasons)[number], { evidence, name }: Facts): string {
  const model = evidence.isvc.spec.predictor.model;
  const format = [model?.modelFormat.name, model?.modelFormat.version].filter((part) => part !== undefined).join(' ');
  const runtime = model?.runtime ?? '';
  if (reason === 'RuntimeDisabled') return `The runtime ${runtime} that ${name} names is disabled.`;
  if (reason === 'RuntimeNotRecognized')
    return `There is no ServingRuntime or ClusterServingRuntime with the name ${runtime}.`;
  const protocol = model?.protocolVersion ?? 'v1';
  return runtime === ''
    ? `KServe finds no runtime for ${format} with protocol ${protocol}.`
    : `The runtime ${runtime} does not serve ${format} with protocol ${protocol}.`;
}

function remedyFor(reason: (typeof reasons)[number], facts: Facts): Diagnosis['remedy'] {
  if (reason === 'RuntimeNotRecognized') return 'Name a runtime that exists, or leave it out so that KServe chooses.';
  if (reason === 'RuntimeDisabled') return 'Name another runtime, or leave it out so that KServe chooses.';
  const { isvc, servingRuntimes = [], clusterServingRuntimes = [] } = facts.evidence;
  const request = runtimeRequestOf(isvc);
  const fits = (protocolVersion: string): boolean =>
    request !== undefined &&
    selectRuntime({ ...request, protocolVersion, runtime: undefined }, servingRuntimes, clusterServingRuntimes)
      .chosen !== undefined;
  const protocols = ['v2', 'v1'].filter((protocol) => protocol !== request?.protocolVersion && fits(protocol));
  if (protocols[0] !== undefined) return `Set protocolVersion: ${protocols[0]} in the manifest.`;
  return 'Choose a format and protocol that a runtime serves, name a runtime that does not select itself, or install one.';
}

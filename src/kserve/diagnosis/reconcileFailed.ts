import { words } from './facts.ts';
import { refusedFor } from './refused.ts';

/** What KServe's controller cannot make of a manifest. It says so in `PredictorReady`, and tries for ever. */
export const reconcileFailed = refusedFor([
  {
    code: 'name-too-long',
    category: 'invalid-input',
    pattern:
      /((?:must be no more than|must have at most|longer than|exceeds|maximum length(?: is)?) 63(?: (?:characters|bytes))?)/,
    // A label or name that the user chose otherwise is told in the API server's own words.
    fits: (_match, { name }, { message }) => message.includes(`"${name}`) || message.includes(`.${name}-`),
    summary: (_match, { name, namespace }, { message }) =>
      `A name that KServe makes of ${name} and the namespace ${namespace} is longer than the 63 characters that Kubernetes takes: ${words(message)}.`,
    remedy: () => 'Deploy it under a shorter name, or in a namespace with a shorter name.',
  },
  {
    code: 'limit-below-request',
    category: 'invalid-input',
    pattern: /Invalid value: "([^"]+)": must be less than or equal to (\S+) limit(?: of (\S+))?/,
    summary: ([, asked, resource], { name }) =>
      `${name} asks for more ${resource} (${asked}) than its limit of ${resource} allows; what the manifest leaves out comes from the runtime.`,
    remedy: ([, , resource]) =>
      `Set requests and limits of ${resource} together in the manifest (spec.predictor.model.resources).`,
  },
  {
    code: 'volume-mount-unknown',
    category: 'invalid-input',
    pattern: /Not found: "([^"]+)"/,
    fits: (_match, _facts, { message }) => /volumeMounts\[\d+\]\.name: Not found:/.test(message),
    summary: ([, volume], { name }) =>
      `A container of ${name} mounts the volume ${volume}, which the pod does not have.`,
    remedy: () =>
      'Add the volume to spec.predictor.volumes, or take its volumeMount out of the manifest or the runtime.',
  },
  {
    code: 'autoscaler-missing',
    category: 'not-found',
    pattern: /no matches for kind "([^"]+)" in version "([^"]+)"/,
    fits: ([, kind, version = '']) => kind === 'ScaledObject' || version.startsWith('keda.sh/'),
    summary: ([, kind], { name }) =>
      `${name} is to be scaled by KEDA, and the cluster has no KEDA (it does not know the kind ${kind}).`,
    remedy: () =>
      'Take the annotation serving.kserve.io/autoscalerClass: keda out of the manifest, or have KEDA installed.',
  },
  {
    code: 'kind-missing',
    category: 'not-found',
    pattern: /no matches for kind "([^"]+)" in version "([^"]+)"/,
    fits: ([, , version = '']) =>
      !/^(networking\.istio\.io|gateway\.networking\.k8s\.io|route\.openshift\.io)\//.test(version),
    summary: ([, kind, version], { name }) =>
      `KServe cannot make ${name}: the cluster does not know the kind ${kind} (${version}).`,
    remedy: () => 'Have what brings that kind installed, or turn off what asks for it in the manifest.',
  },
]);

/** What no other cause has words for: KServe's own, out of `PredictorReady`. */
export const reconcileFailedOtherwise = refusedFor([
  {
    code: 'reconcile-failed',
    category: 'server',
    pattern: /^[\s\S]+$/,
    fits: (_match, { evidence }, { message, isOurs }) =>
      !isOurs &&
      (evidence.isvc.status?.conditions ?? []).some(
        (condition) =>
          condition.reason === 'ReconcileFailed' && condition.status === 'False' && condition.message === message,
      ),
    summary: (_match, { name }, { message }) => `KServe's controller cannot make ${name}: ${words(message, 260)}.`,
    remedy: () =>
      'Change what it names in the manifest or the runtime: it goes on trying, and nothing changes by waiting.',
  },
]);

import { refusedFor } from './refused.ts';
import { words, type Facts } from './facts.ts';

/** Fields of a pod that Knative takes only with a feature, and the feature (`config-features`, Knative Serving 1.0 to 1.19). */
const features: Readonly<Record<string, string>> = {
  persistentVolumeClaim: 'kubernetes.podspec-persistent-volume-claim',
  nodeSelector: 'kubernetes.podspec-nodeselector',
  affinity: 'kubernetes.podspec-affinity',
  tolerations: 'kubernetes.podspec-tolerations',
  topologySpreadConstraints: 'kubernetes.podspec-topologyspreadconstraints',
  initContainers: 'kubernetes.podspec-init-containers',
  securityContext: 'kubernetes.podspec-securitycontext',
  hostAliases: 'kubernetes.podspec-hostaliases',
  hostNetwork: 'kubernetes.podspec-hostnetwork',
  hostIPC: 'kubernetes.podspec-hostipc',
  hostPID: 'kubernetes.podspec-hostpid',
  dnsPolicy: 'kubernetes.podspec-dnspolicy',
  dnsConfig: 'kubernetes.podspec-dnsconfig',
  emptyDir: 'kubernetes.podspec-volumes-emptydir',
  hostPath: 'kubernetes.podspec-volumes-hostpath',
  csi: 'kubernetes.podspec-volumes-csi',
  fieldRef: 'kubernetes.podspec-fieldref',
  resourceFieldRef: 'kubernetes.podspec-fieldref',
  priorityClassName: 'kubernetes.podspec-priorityclassname',
  runtimeClassName: 'kubernetes.podspec-runtimeclassname',
  schedulerName: 'kubernetes.podspec-schedulername',
  shareProcessNamespace: 'kubernetes.podspec-shareprocessnamespace',
};

const pattern = /admission webhook "([^"]+)" denied the request:? ?([\s\S]*)/;

/** Whether Knative's own webhook said it. In Standard mode nothing of Knative is asked. */
function isKnatives([, webhook = '']: RegExpExecArray, { mode }: Facts): boolean {
  return mode !== 'Standard' && /(^|\.)serving\.knative\.dev$/.test(webhook);
}

/** The fields that Knative names, which are all that counts: `must not set the field(s): spec.template.spec.nodeSelector`. */
function fieldsIn([, , why = '']: RegExpExecArray): readonly string[] {
  const list =
    /(?:must not set the field\(s\)|disallowed field\(s\)|unknown field\(s\)): ?([^\n]*)/.exec(why)?.[1] ?? '';
  const parts = list.split(/[,\s]+/).flatMap((path) => path.replace(/\[\d+\]/g, '').split('.'));
  return [...new Set(parts.filter((part) => Object.hasOwn(features, part)))];
}

/** By the field, or by Knative's own sentence, which stands before it in newer versions. */
function mountsClaim(match: RegExpExecArray): boolean {
  const isSaid = /(?:^|[:\s])Persistent volume (?:claim|write) support is disabled/.test(match[2] ?? '');
  return isSaid || fieldsIn(match).includes('persistentVolumeClaim');
}

/** Knative's webhook does not take a field of the pod. */
export const knativeRefused = refusedFor([
  {
    code: 'knative-claim-disabled',
    category: 'unsupported',
    pattern,
    fits: (match, facts) => isKnatives(match, facts) && mountsClaim(match),
    summary: (_match, { name }) =>
      `Knative does not let ${name} mount a claim: its feature kubernetes.podspec-persistent-volume-claim is off.`,
    remedy: ([, , why = '']) =>
      `Use Standard mode (annotation serving.kserve.io/deploymentMode: Standard), or have the feature${/(?:^|[:\s])Persistent volume write support is disabled/.test(why) ? ' (and kubernetes.podspec-persistent-volume-write, since it mounts the claim for writing)' : ''} enabled in the ConfigMap config-features of knative-serving.`,
  },
  {
    code: 'knative-feature-disabled',
    category: 'unsupported',
    pattern,
    fits: (match, facts) => isKnatives(match, facts) && fieldsIn(match).length > 0,
    summary: (match, { name }) =>
      `Knative does not take ${fieldsIn(match).join(', ')} of ${name}: ${words(match[2] ?? '')}.`,
    remedy: (match) => {
      const needed = [...new Set(fieldsIn(match).map((field) => features[field]))].join(', ');
      return `Take the field out of the manifest or the runtime, use Standard mode (annotation serving.kserve.io/deploymentMode: Standard), or have ${needed} enabled in the ConfigMap config-features of knative-serving.`;
    },
  },
]);

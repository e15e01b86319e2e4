import { formatQuantity, parseQuantity } from '../quantity.ts';
import { nameOf, oneLine, podObject, showEvents, showManifest, type Facts } from './facts.ts';
import { unscheduledPods } from './scheduling.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Pod } from '../resources/core.ts';

/** What the scheduler says of nodes, in its words of Kubernetes 1.20 to 1.34; the first code of the table that applies wins. */
const reasons: readonly {
  readonly code: string;
  readonly pattern: RegExp;
  readonly words: (match: RegExpExecArray, facts: Facts, pod: Pod) => string;
  readonly remedy: (match: RegExpExecArray) => string;
}[] = [
  {
    code: 'insufficient',
    pattern: /^Insufficient (\S+)$/,
    words: ([, resource = ''], facts, pod) => `too little ${resource}${comparison(facts, pod, resource)}`,
    remedy: ([, resource = '']) =>
      /gpu|gaudi/.test(resource)
        ? `Ask for fewer ${resource}, or add a node with them (and its device plugin).`
        : `Ask for less ${resource}, stop something else, or add a larger node.`,
  },
  {
    code: 'too-many-pods',
    pattern: /^Too many pods$/,
    words: () => 'no room for another pod',
    remedy: () => 'Stop something else, or add a node.',
  },
  {
    code: 'claim-in-use',
    pattern: /ReadWriteOncePod access mode already in-use/,
    words: () => 'a claim that only one pod may mount (ReadWriteOncePod), which another pod mounts',
    remedy: () => 'Stop the other pod, or use a claim with ReadWriteMany.',
  },
  {
    code: 'volume-node-conflict',
    pattern: /volume node affinity conflict|didn't match PersistentVolume's node affinity|no available volume zone/,
    words: () => 'no access to the volume, which is on another node or in another zone',
    remedy: () =>
      'Free the node that has the volume or make it schedulable again, or upload the model to a claim that every node reaches (ReadWriteMany).',
  },
  {
    code: 'volume-limit',
    pattern: /exceed max volume count/,
    words: () => 'as many volumes as they can attach',
    remedy: () => 'Add a node, or share one claim between the models.',
  },
  {
    code: 'no-storage',
    pattern: /did not have enough free storage/,
    words: () => 'too little storage for the volume',
    remedy: () => 'Use another StorageClass, or free storage.',
  },
  {
    code: 'pressure',
    pattern: /untolerated taint \{?node\.kubernetes\.io\/(disk|memory|pid)-pressure/,
    words: ([, what]) => `${what} pressure`,
    remedy: ([, what]) => `Free ${what === 'pid' ? 'processes' : what} on the node, or add a node.`,
  },
  {
    code: 'nodes-not-ready',
    pattern: /untolerated taint \{?node\.kubernetes\.io\/(?:not-ready|unreachable)|had unknown conditions/,
    words: () => 'not become ready, or stopped answering',
    remedy: () => 'Bring the node back: see its conditions with kubectl describe node.',
  },
  {
    code: 'cordoned',
    pattern: /node\(s\) were unschedulable|untolerated taint \{?node\.kubernetes\.io\/unschedulable/,
    words: () => 'been cordoned',
    remedy: () => 'Uncordon a node when its maintenance is over.',
  },
  {
    code: 'node-selector',
    pattern: /didn't match Pod's node affinity|didn't match the requested node name|didn't match node selector/,
    words: () => "other labels than the pod's nodeSelector or affinity asks for",
    remedy: () => 'Correct nodeSelector or affinity in the manifest or runtime, or label a node.',
  },
  {
    code: 'pod-affinity',
    pattern: /pod (?:anti-)?affinity|pods anti-affinity|topology spread/,
    words: () => 'other pods that the affinity or spread rules forbid or miss',
    remedy: () => 'Loosen the affinity or topology spread rules, or add a node.',
  },
  {
    code: 'host-port',
    pattern: /free ports for the requested pod ports/,
    words: () => 'the requested host port in use',
    remedy: () => 'Take hostPort out of the container.',
  },
  {
    code: 'taint',
    pattern: /untolerated taint(?:\(s\)| (\{[^}]*\}))|taints? .*that the pod didn't tolerate/,
    words: ([, taint]) =>
      `a taint that the pod does not tolerate${taint === undefined ? '' : ` ${taint.replace(/: \}$/, '}')}`}`,
    remedy: () => 'Add the toleration to the manifest (spec.predictor.tolerations), or take the taint from a node.',
  },
];

/** No node can take the pod: says of how many nodes each reason holds. */
export const unschedulable: Cause = (facts) => {
  const [first] = unscheduledPods(facts);
  if (first === undefined) return undefined;
  const { pod, text, message } = first;
  if (message.nodes === 0) return noNodes(facts, pod, text);
  const found = message.reasons.map(({ nodes, text: reason }) => {
    const known = reasons.find(({ pattern }) => pattern.test(reason));
    return { nodes, reason, known, match: known?.pattern.exec(reason) ?? undefined };
  });
  const said = found.map(({ nodes, reason, known, match }) => {
    const what = known && match ? known.words(match, facts, pod) : reason.replace(/^node\(s\) /, '');
    return `${message.nodes === 1 ? 'the only one' : nodes} ${nodes === 1 ? 'has' : 'have'} ${what}`;
  });
  const leading = found
    .flatMap(({ known, match }) => (known && match ? [{ known, match }] : []))
    .sort((a, b) => reasons.indexOf(a.known) - reasons.indexOf(b.known))[0];
  const because = said.length > 0 ? said.join(', ') : (message.always ?? '');
  const scope = said.length > 0 && message.nodes > 1 ? `of ${message.nodes}, ` : '';
  return {
    code: codeOf(leading),
    summary: `No node can take the pod of ${facts.name}: ${scope}${because}.`,
    remedy: leading?.known.remedy(leading.match) ?? "Change what the scheduler's message names.",
    nextStep: leading?.known.code === 'insufficient' ? showManifest(facts) : showEvents(facts, podObject(pod)),
    severity: 'error',
    object: podObject(pod),
    evidence: [oneLine(text, 600)],
  };
};

function codeOf(
  leading: { readonly known: (typeof reasons)[number]; readonly match: RegExpExecArray } | undefined,
): string {
  if (leading === undefined) return 'unschedulable';
  return leading.known.code === 'insufficient' ? `insufficient-${leading.match[1] ?? 'resources'}` : leading.known.code;
}

function noNodes(facts: Facts, pod: Pod, text: string): Diagnosis {
  return {
    code: 'no-nodes',
    summary: `The pod of ${facts.name} cannot be placed: the cluster has no node.`,
    remedy: 'Add a node, or start the one that the cluster has (for example minikube start).',
    severity: 'error',
    object: { kind: 'Pod', ...nameOf(pod) },
    evidence: [oneLine(text)],
  };
}

/** ` (8.0 GiB are asked for; the largest node has 4.0 GiB)`, as far as it is known. */
function comparison(facts: Facts, pod: Pod, resource: string): string {
  const asked = requestedBy(pod, resource);
  if (asked === 0n) return '';
  const have = (facts.evidence.nodes ?? []).map(
    ({ status }) => parseQuantity(status?.allocatable?.[resource] ?? '') ?? 0n,
  );
  const largest = have.sort((a, b) => (a < b ? 1 : -1))[0];
  const largestNode = largest === undefined ? '' : `; the largest node has ${formatQuantity(resource, largest)}`;
  return ` (it asks for ${formatQuantity(resource, asked)}${largestNode})`;
}

/** What the scheduler counts: the sum of the containers, or the largest init container. */
function requestedBy({ spec }: Pod, resource: string): bigint {
  const amount = ({
    resources,
  }: {
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  }): bigint => parseQuantity(resources?.requests?.[resource] ?? '') ?? 0n;
  const sum = (spec?.containers ?? []).map(amount).reduce((a, b) => a + b, 0n);
  return (spec?.initContainers ?? []).map(amount).reduce((most, each) => (each > most ? each : most), sum);
}

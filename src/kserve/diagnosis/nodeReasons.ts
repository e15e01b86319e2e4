import type { ErrorCategory } from '../../foundation/error.ts';
import type { DiagnosisCode } from './codes.ts';

/** What the scheduler says of nodes, and what it means. */
export interface NodeReason {
  /** `insufficient` is completed by the resource. */
  readonly code: DiagnosisCode | 'insufficient';
  readonly category: ErrorCategory;
  /** Whether it keeps the pod off a node that might otherwise do, so that the rest of that node was never looked at. */
  readonly isGate: boolean;
  readonly pattern: RegExp;
  /** After "of 3, 1 has …". */
  readonly words: (match: RegExpExecArray, comparison: (resource: string) => string) => string;
  readonly remedy: (match: RegExpExecArray) => string;
}

/**
 * In the scheduler's words of Kubernetes 1.9 to 1.34; each fits a whole reason, so that names in it (of taints) say nothing.
 * The first code of the table that applies wins where the nodes themselves do not decide.
 */
export const nodeReasons: readonly NodeReason[] = [
  {
    code: 'insufficient',
    category: 'no-space',
    isGate: false,
    pattern: /^Insufficient (\S+)$/,
    words: ([, resource = ''], comparison) => `too little ${resource}${comparison(resource)}`,
    remedy: ([, resource = '']) =>
      isExtended(resource)
        ? `Ask for fewer ${resource}, or add a node with them (and its device plugin).`
        : `Ask for less ${resource}, stop something else, or add a larger node.`,
  },
  {
    code: 'too-many-pods',
    category: 'no-space',
    isGate: false,
    pattern: /^Too many pods$/,
    words: () => 'no room for another pod',
    remedy: () => 'Stop something else, or add a node.',
  },
  {
    code: 'claim-in-use',
    category: 'conflict',
    isGate: false,
    pattern: /^(?:node\(s\) )?.*ReadWriteOncePod access mode already in-use/,
    words: () => 'a claim that only one pod may mount (ReadWriteOncePod), which another pod mounts',
    remedy: () => 'Stop the other pod, or use a claim with ReadWriteMany.',
  },
  {
    code: 'volume-node-conflict',
    category: 'conflict',
    isGate: false,
    pattern:
      /^(?:node\(s\) )?(?:had volume node affinity conflict|didn't match PersistentVolume's node affinity|had no available volume zone|NoVolumeZoneConflict|VolumeNodeAffinityConflict)/,
    words: () => 'no access to the volume, which is on another node or in another zone',
    remedy: () =>
      'Free the node that has the volume or make it schedulable again, or upload the model to a claim that every node reaches (ReadWriteMany).',
  },
  {
    code: 'volume-limit',
    category: 'no-space',
    isGate: false,
    pattern: /^(?:node\(s\) )?(?:exceed max volume count|MaxVolumeCount)/,
    words: () => 'as many volumes as they can attach',
    remedy: () => 'Add a node, or share one claim between the models.',
  },
  {
    code: 'no-storage',
    category: 'no-space',
    isGate: false,
    pattern: /^(?:node\(s\) )?did not have enough free storage/,
    words: () => 'too little storage for the volume',
    remedy: () => 'Use another StorageClass, or free storage.',
  },
  {
    code: 'pressure',
    category: 'no-space',
    isGate: true,
    pattern:
      /^(?:node\(s\) had (?:untolerated )?taint \{?node\.kubernetes\.io\/(disk|memory|pid)-pressure|node\(s\) had (disk|memory|pid) pressure|NodeUnder(Disk|Memory|PID)Pressure)/,
    words: ([, ...what]) => `${pressureOf(what)} pressure`,
    remedy: ([, ...what]) =>
      `Free ${pressureOf(what) === 'pid' ? 'processes' : pressureOf(what)} on the node, or add a node.`,
  },
  {
    code: 'nodes-not-ready',
    category: 'unreachable',
    isGate: true,
    pattern:
      /^(?:node\(s\) had (?:untolerated )?taint \{?node\.kubernetes\.io\/(?:not-ready|unreachable|network-unavailable)|node\(s\) (?:had unknown conditions|were not ready)|NodeNotReady|NodeUnknownCondition)/,
    words: () => 'not become ready, or stopped answering',
    remedy: () => 'Bring the node back: see its conditions with kubectl describe node.',
  },
  {
    code: 'cordoned',
    category: 'conflict',
    isGate: true,
    pattern:
      /^(?:node\(s\) were unschedulable|node\(s\) had (?:untolerated )?taint \{?node\.kubernetes\.io\/unschedulable|NodeUnschedulable)/,
    words: () => 'been cordoned',
    remedy: () => 'Uncordon a node when its maintenance is over.',
  },
  {
    code: 'node-selector',
    category: 'invalid-input',
    isGate: true,
    pattern:
      /^(?:node\(s\) didn't match (?:Pod's node affinity|the requested node name|node selector|node affinity)|MatchNodeSelector|HostName)/,
    words: () => "other labels than the pod's nodeSelector or affinity asks for",
    remedy: () => 'Correct nodeSelector or affinity in the manifest or runtime, or label a node.',
  },
  {
    code: 'pod-affinity',
    category: 'conflict',
    isGate: false,
    pattern:
      /^(?:node\(s\) )?(?:didn't (?:match|satisfy) .*(?:pod (?:anti-)?affinity|pods anti-affinity|topology spread)|MatchInterPodAffinity)/,
    words: () => 'other pods that the affinity or spread rules forbid or miss',
    remedy: () => 'Loosen the affinity or topology spread rules, or add a node.',
  },
  {
    code: 'host-port',
    category: 'conflict',
    isGate: false,
    pattern: /^(?:node\(s\) )?(?:didn't have free ports for the requested pod ports|PodFitsHostPorts)/,
    words: () => 'the requested host port in use',
    remedy: () => 'Take hostPort out of the container.',
  },
  {
    code: 'taint',
    category: 'invalid-input',
    isGate: true,
    pattern: /^(?:node\(s\) had (?:untolerated taint(?:\(s\))?|taints?)(?: (\{[^}]*\}))?|PodToleratesNodeTaints)/,
    words: ([, taint]) =>
      `a taint that the pod does not tolerate${taint === undefined ? '' : ` ${taint.replace(/: \}$/, '}')}`}`,
    remedy: ([, taint]) => {
      const named = /^\{([^:}]+)(?:: ?([^}]*))?\}$/.exec(taint ?? '');
      const which = named === null ? '' : ` for ${tolerationWords(named[1] ?? '', named[2] ?? '')}`;
      return `Add the toleration${which} to the manifest (spec.predictor.tolerations), or take the taint from a node.`;
    },
  },
];

/** A toleration as one would write it, for the taint of a node. */
export function tolerationWords(key: string, value: string): string {
  return value === '' ? `key ${key}, operator Exists` : `key ${key}, value ${value}`;
}

/** Resources with a domain, such as `nvidia.com/gpu`: only nodes with the device have any. */
export function isExtended(resource: string): boolean {
  return resource.includes('/');
}

function pressureOf(captures: readonly (string | undefined)[]): string {
  return captures.find((each) => each !== undefined)?.toLowerCase() ?? 'disk';
}

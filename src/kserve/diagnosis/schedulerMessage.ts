/** Why the scheduler found no node, as it says in its event and in the pod's condition `PodScheduled`. */
export interface SchedulerMessage {
  /** Nodes of the cluster; 0 when it has none. */
  readonly nodes: number;
  /** Reasons that apply to nodes; the scheduler stops at a node's first one. */
  readonly reasons: readonly { readonly nodes: number; readonly text: string }[];
  /** What holds for every node, for example a missing claim. */
  readonly always?: string;
}

/**
 * `FitError.Error` of Kubernetes (`pkg/scheduler/framework/types.go`): `0/3 nodes are available: …. preemption: …`; before
 * 1.10 `No nodes are available that match all of the predicates: Insufficient cpu (2), PodToleratesNodeTaints (1).`
 */
export function parseSchedulerMessage(message: string): SchedulerMessage | undefined {
  if (/no nodes available to schedule pods/.test(message)) return { nodes: 0, reasons: [] };
  const old = /No nodes are available that match all of the (?:following )?predicates:+ (.*)/s.exec(message);
  if (old !== null) return parseOld(old[1] ?? '');
  const match = /0\/(\d+) nodes are available: (.*)/s.exec(message);
  if (match === null) return undefined;
  const nodes = Number(match[1]);
  const text = (match[2] ?? '')
    .replace(/\.?\s*preemption: .*/s, '')
    .replace(/,?\s*no new claims to deallocate.*/s, '')
    .trim()
    .replace(/\.$/, '');
  // Before 1.24 a reason may have a comma itself: `1 node(s) had taint {gpu: yes}, that the pod didn't tolerate`.
  const counted = text.split(/, (?=\d+ )/).map((part) => /^(\d+) (.+)$/s.exec(part.trim()));
  if (counted.every((part) => part === null)) return { nodes, reasons: [], always: text };
  return {
    nodes,
    reasons: counted.flatMap((part) => (part === null ? [] : [{ nodes: Number(part[1]), text: part[2] ?? '' }])),
  };
}

function parseOld(text: string): SchedulerMessage {
  const reasons = [...text.matchAll(/([^,()]+?) \((\d+)\)/g)].map(([, reason = '', nodes]) => ({
    nodes: Number(nodes),
    text: reason.trim(),
  }));
  return { nodes: reasons.reduce((sum, { nodes }) => sum + nodes, 0), reasons };
}

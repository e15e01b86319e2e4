/** Why the scheduler found no node, as it says in its event and in the pod's condition `PodScheduled`. */
export interface SchedulerMessage {
  /** Nodes of the cluster; 0 when it has none. */
  readonly nodes: number;
  /** Reasons that apply to nodes. A node may count for several. */
  readonly reasons: readonly { readonly nodes: number; readonly text: string }[];
  /** What holds for every node, for example a missing claim. */
  readonly always?: string;
}

/** `FitError.Error` of Kubernetes (`pkg/scheduler/framework/types.go`): `0/3 nodes are available: …. preemption: …`. */
export function parseSchedulerMessage(message: string): SchedulerMessage | undefined {
  if (/no nodes available to schedule pods/.test(message)) return { nodes: 0, reasons: [] };
  const match = /0\/(\d+) nodes are available: (.*)/s.exec(message);
  if (match === null) return undefined;
  const nodes = Number(match[1]);
  const text = (match[2] ?? '')
    .replace(/\.?\s*preemption: .*/s, '')
    .replace(/,?\s*no new claims to deallocate.*/s, '')
    .trim()
    .replace(/\.$/, '');
  const counted = text.split(', ').map((part) => /^(\d+) (.+)$/s.exec(part.trim()));
  if (counted.every((part) => part === null)) return { nodes, reasons: [], always: text };
  return {
    nodes,
    reasons: counted.flatMap((part) => (part === null ? [] : [{ nodes: Number(part[1]), text: part[2] ?? '' }])),
  };
}

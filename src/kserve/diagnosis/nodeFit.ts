import { parseQuantity } from '../quantity.ts';
import { isRecord } from '../../foundation/json.ts';
import type { Container, Node, Pod } from '../resources/core.ts';

/** What keeps a pod off a node whatever else runs there. */
export interface StaticBlock {
  readonly kind: 'taint' | 'cordoned' | 'node-selector' | 'insufficient';
  /** The taint, as key and value; the resource that the node has too little of. */
  readonly key: string;
  readonly value: string;
}

/** Taints that Kubernetes sets itself; the scheduler names what they stand for. */
const ownTaints = /^node\.kubernetes\.io\//;

/**
 * Everything that keeps the pod off the node and that the two objects show. It is less than the scheduler knows: what other
 * pods use, volumes and affinities are left out.
 */
export function staticBlocks(pod: Pod, node: Node): readonly StaticBlock[] {
  const blocks: StaticBlock[] = [];
  if (node.spec?.unschedulable === true) blocks.push({ kind: 'cordoned', key: '', value: '' });
  for (const { key, value = '', effect } of node.spec?.taints ?? []) {
    const counts = effect === 'NoSchedule' || effect === 'NoExecute';
    if (counts && !ownTaints.test(key) && !tolerates(pod, key, value, effect))
      blocks.push({ kind: 'taint', key, value });
  }
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(nodeSelectorOf(pod))) {
    if (labels[key] !== value) blocks.push({ kind: 'node-selector', key, value: String(value) });
  }
  for (const [resource, asked] of requestsOf(pod)) {
    const has = parseQuantity(node.status?.allocatable?.[resource] ?? '') ?? 0n;
    if (has < asked) blocks.push({ kind: 'insufficient', key: resource, value: '' });
  }
  return blocks;
}

/** What the scheduler counts of a resource: the sum of the containers, or the largest init container. */
export function requestedBy({ spec }: Pod, resource: string): bigint {
  const amount = ({ resources }: Container): bigint =>
    parseQuantity(resources?.requests?.[resource] ?? resources?.limits?.[resource] ?? '') ?? 0n;
  const sum = (spec?.containers ?? []).map(amount).reduce((a, b) => a + b, 0n);
  return (spec?.initContainers ?? []).map(amount).reduce((most, each) => (each > most ? each : most), sum);
}

function requestsOf(pod: Pod): ReadonlyMap<string, bigint> {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const names = containers.flatMap(({ resources }) => [
    ...Object.keys(resources?.requests ?? {}),
    ...Object.keys(resources?.limits ?? {}),
  ]);
  return new Map([...new Set(names)].map((name) => [name, requestedBy(pod, name)]));
}

function nodeSelectorOf({ spec }: Pod): Readonly<Record<string, unknown>> {
  const selector = spec?.['nodeSelector'];
  return isRecord(selector) ? selector : {};
}

function tolerates({ spec }: Pod, key: string, value: string, effect: string): boolean {
  const tolerations = spec?.['tolerations'];
  if (!Array.isArray(tolerations)) return false;
  return tolerations.some((toleration: unknown) => {
    if (!isRecord(toleration)) return false;
    const forEffect = toleration['effect'] ?? '';
    if (forEffect !== '' && forEffect !== effect) return false;
    const forKey = toleration['key'] ?? '';
    if (toleration['operator'] === 'Exists') return forKey === '' || forKey === key;
    return forKey === key && (toleration['value'] ?? '') === value;
  });
}

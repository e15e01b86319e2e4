import { formatQuantity, parseQuantity } from '../quantity.ts';
import { oneLine, podObject, showEvents, showManifest, type Facts } from './facts.ts';
import { requestedBy, staticBlocks, type StaticBlock } from './nodeFit.ts';
import { isExtended, nodeReasons, tolerationWords, type NodeReason } from './nodeReasons.ts';
import { expectedNode, unscheduledPods } from './scheduling.ts';
import type { Cause } from './cause.ts';
import type { DiagnosisCode } from './codes.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Pod } from '../resources/core.ts';

/** What another node of the same kind would help. */
const growth: readonly string[] = ['insufficient', 'too-many-pods', 'volume-limit'];

/** A reason of the scheduler that is known, and of how many nodes it holds. */
interface KnownReason {
  readonly nodes: number;
  readonly known: NodeReason;
  readonly match: RegExpExecArray;
}

/** The reason that keeps the pod off the node that would do, and what to do about it. */
interface Leading {
  readonly reason: KnownReason;
  readonly remedy: string;
}

/** No node can take the pod: says of how many nodes each reason holds, and what to do about the one that counts. */
export const unschedulable: Cause = (facts) => {
  const [first] = unscheduledPods(facts);
  if (first === undefined) return undefined;
  const { pod, text, message } = first;
  if (message.nodes === 0) return noNodes(facts, pod, text);
  const found = message.reasons.map(({ nodes, text: reason }) => {
    const known = nodeReasons.find(({ pattern }) => pattern.test(reason));
    const match = known?.pattern.exec(reason);
    return { nodes, reason, known, match: match ?? undefined };
  });
  const said = found.map(({ nodes, reason, known, match }) => {
    const which = message.nodes === 1 ? 'the only one' : String(nodes);
    if (!known || !match) return `${which}: ${reason}`;
    return `${which} ${nodes === 1 ? 'has' : 'have'} ${known.words(match, (resource) => comparison(facts, pod, resource))}`;
  });
  const reasons = found.flatMap(({ nodes, known, match }) => (known && match ? [{ nodes, known, match }] : []));
  const leading = leadingReason(facts, pod, reasons);
  const because = said.length > 0 ? said.join(', ') : (message.always ?? '');
  const scope = said.length > 0 && message.nodes > 1 ? `of ${message.nodes}, ` : '';
  const coming = expectedNode(facts, pod);
  const remedy = leading?.remedy ?? "Change what the scheduler's message names.";
  return {
    code: codeOf(leading?.reason),
    category: leading?.reason.known.category ?? 'no-space',
    mayHeal: leading === undefined || growth.includes(leading.reason.known.code) ? 'nodes' : 'scheduling',
    summary: `No node can take the pod of ${facts.name}: ${scope}${because}.`,
    remedy: coming === undefined ? remedy : `Wait: ${coming}. If that brings no help: ${remedy}`,
    nextStep: leading?.reason.known.code === 'insufficient' ? showManifest(facts) : showEvents(facts, podObject(pod)),
    severity: 'error',
    object: podObject(pod),
    evidence: [oneLine(text, 600)],
  };
};

/**
 * Which of several reasons counts: the one that keeps the pod off the node that would do otherwise. The nodes themselves
 * decide it where they may be read; else a taint that belongs to the missing device. Where neither decides, both ways on are
 * told.
 */
function leadingReason(facts: Facts, pod: Pod, reasons: readonly KnownReason[]): Leading | undefined {
  const ordered = [...reasons].sort((a, b) => nodeReasons.indexOf(a.known) - nodeReasons.indexOf(b.known));
  const [usual] = ordered;
  if (usual === undefined) return undefined;
  const byNodes = decidedByNodes(facts, pod, ordered);
  if (byNodes !== undefined) return byNodes;
  const gates = ordered.filter(({ known }) => known.isGate);
  const usualRemedy = usual.known.remedy(usual.match);
  const [resource = ''] = usual.known.code === 'insufficient' ? [usual.match[1]] : [];
  const deviceTaint = gates.find(({ known, match }) => known.code === 'taint' && belongsTo(match[1] ?? '', resource));
  if (deviceTaint !== undefined) return { reason: deviceTaint, remedy: deviceTaint.known.remedy(deviceTaint.match) };
  const other = gates.find((each) => each !== usual && !isControlPlane(each.match));
  if (other === undefined || (facts.evidence.nodes ?? []).length > 0) return { reason: usual, remedy: usualRemedy };
  const what =
    other.nodes === 1 ? 'the node that is excluded otherwise' : 'one of the nodes that are excluded otherwise';
  const so = lowerFirst(other.known.remedy(other.match));
  return { reason: usual, remedy: `${usualRemedy.replace(/\.$/, '')}; or, if ${what} would do, ${so}` };
}

/** By the nodes: one that only a gate keeps the pod from. A node that nothing keeps it from is merely full at the moment. */
function decidedByNodes(facts: Facts, pod: Pod, reasons: readonly KnownReason[]): Leading | undefined {
  const blocks = (facts.evidence.nodes ?? []).map((node) => ({
    name: node.metadata.name,
    blocks: staticBlocks(pod, node),
  }));
  if (blocks.length === 0) return undefined;
  if (blocks.some((node) => node.blocks.length === 0)) {
    const dynamic = reasons.find(({ known }) => !known.isGate);
    return dynamic && { reason: dynamic, remedy: dynamic.known.remedy(dynamic.match) };
  }
  for (const { name, blocks: own } of blocks) {
    const [block] = own;
    if (block === undefined || own.length > 1 || block.kind === 'insufficient') continue;
    if (block.kind === 'taint' && controlPlane.test(block.key)) continue;
    const reason = reasons.find(({ known }) => known.code === block.kind);
    if (reason !== undefined) return { reason, remedy: remedyFor(block, name, reason) };
  }
  return undefined;
}

function remedyFor(block: StaticBlock, node: string, { known, match }: KnownReason): string {
  if (block.kind === 'taint') {
    return `Add the toleration for ${tolerationWords(block.key, block.value)} to the manifest (spec.predictor.tolerations): the node ${node} would do otherwise.`;
  }
  if (block.kind === 'cordoned') return `Uncordon the node ${node}, which would do otherwise.`;
  if (block.kind === 'node-selector') {
    return `Correct nodeSelector in the manifest or runtime, or label the node ${node}, which would do otherwise, with ${block.key}=${block.value}.`;
  }
  return known.remedy(match);
}

const controlPlane = /^node-role\.kubernetes\.io\/(?:control-plane|master)$/;

function isControlPlane([, taint = '']: RegExpExecArray): boolean {
  return controlPlane.test(/^\{([^:}]+)/.exec(taint)?.[1] ?? '');
}

/** Whether a taint is that of nodes with a device: `{nvidia.com/gpu: present}` and `nvidia.com/gpu`, or of the same maker. */
function belongsTo(taint: string, resource: string): boolean {
  const key = /^\{([^:}]+)/.exec(taint)?.[1]?.trim() ?? '';
  if (key === '' || !isExtended(resource)) return false;
  return key === resource || (key.includes('/') && key.split('/')[0] === resource.split('/')[0]);
}

function codeOf(leading: KnownReason | undefined): DiagnosisCode {
  if (leading === undefined) return 'unschedulable';
  const { code } = leading.known;
  return code === 'insufficient' ? `insufficient-${leading.match[1] ?? 'resources'}` : code;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function noNodes(facts: Facts, pod: Pod, text: string): Diagnosis {
  return {
    code: 'no-nodes',
    category: 'no-space',
    mayHeal: 'nodes',
    summary: `The pod of ${facts.name} cannot be placed: the cluster has no node.`,
    remedy: 'Add a node, or start the one that the cluster has (for example minikube start).',
    severity: 'error',
    object: podObject(pod),
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

import path from 'node:path';
import { isKindMissing } from '../../cluster/clusterErrors.ts';
import type { LiveListState } from '../../cluster/objects/liveList.ts';
import { ModelDeckError, type ErrorCategory } from '../../foundation/error.ts';
import { escapeMarkdown } from '../markdown.ts';
import { problemNode } from '../problemNode.ts';
import type { NodeSubject, TreeNode } from '../treeNode.ts';
import { contextValue, type RowKind } from '../contextValue.ts';

/** For an error that does not say it in a few words itself. */
const words: Partial<Record<ErrorCategory, string>> = {
  unreachable: 'unreachable',
  unauthorized: 'unauthorized',
  forbidden: 'not allowed',
  timeout: 'no answer',
  'missing-tool': 'program missing',
  'invalid-input': 'kubeconfig cannot be used',
  'not-found': 'not found',
  permission: 'file cannot be read',
};

/**
 * The row that stands for what is not known yet, or could not be read; nothing when there are rows to show.
 *
 * @param waitingFor the credential plugin that has not answered yet
 */
export function noteInstead(
  parentId: string,
  contextName: string,
  state: LiveListState<unknown>,
  retry: () => void,
  waitingFor?: string,
): TreeNode | undefined {
  if (state.rows.size > 0) return undefined;
  if (state.error !== undefined) return clusterProblemNode(parentId, clusterError(contextName, state.error), retry);
  if (state.phase !== 'loading') return undefined;
  return {
    ...noteNode(parentId, 'loading', { kind: 'context', name: contextName }),
    label: waitingFor === undefined ? 'Loading…' : `Waiting for ${waitingFor}…`,
    icon: { name: 'loading~spin' },
    ...(waitingFor !== undefined && { tooltip: () => Promise.resolve(escapeMarkdown(waitingWords(waitingFor))) }),
  };
}

/** What a user can do while a credential plugin does not answer. */
export function waitingWords(plugin: string): string {
  return `The credential plugin ${plugin} has not answered yet. It may have opened a browser, or wait for an answer there.`;
}

/** Says of a cluster that does not know one of KServe's kinds that KServe is missing; leaves every other error as it is. */
export function clusterError(contextName: string, error: unknown): unknown {
  if (!isKindMissing(error)) return error;
  return new ModelDeckError('unsupported', `KServe is not installed in the cluster of ${contextName}.`, {
    brief: 'no KServe',
    remedy: 'Install KServe (https://kserve.github.io/website), or choose another context.',
    cause: error,
  });
}

/** The cause in a few words, for the description of a row. */
export function briefCause(error: unknown): string {
  return (ModelDeckError.is(error) && (error.brief ?? words[error.category])) || 'failed';
}

/** The row of a cluster that could not be read: the cause in a few words, the rest in the tooltip, with a button to try again. */
function clusterProblemNode(parentId: string, error: unknown, retry: () => void): TreeNode {
  const node = problemNode(parentId, error, retry);
  const brief = briefCause(error);
  const label = brief.charAt(0).toUpperCase() + brief.slice(1);
  const remedy = ModelDeckError.is(error) ? error.remedy : undefined;
  return {
    ...node,
    label,
    made: [node.label, remedy].join(),
    spoken: [`${label}: ${node.label}`, remedy].filter(Boolean).join(' '),
  };
}

/** The row of a kubeconfig, or of an entry, that cannot be read: its file and the cause, since both are long. */
export function kubeconfigProblemNode(parentId: string, error: unknown): TreeNode {
  const node = problemNode(parentId, error);
  const { brief, location } = ModelDeckError.from(error);
  if (brief === undefined || location === undefined) return node;
  return { ...node, label: `${path.basename(location.path)}: ${brief}`, spoken: node.label };
}

/** Where there is no InferenceService; its subject is the place, so that its button deploys there. */
export function noServicesNode(parentId: string, subject: NodeSubject): TreeNode {
  return { ...noteNode(parentId, 'empty', subject), label: 'No InferenceServices' };
}

/** Leads to the next rows of a long list. */
export function moreNode(
  parentId: string,
  subject: NodeSubject,
  next: number,
  left: number,
  run: () => void,
): TreeNode {
  return {
    ...noteNode(parentId, 'more', subject),
    label: `Show ${next} more…`,
    ...(left > next && { description: `of ${left}` }),
    icon: { name: 'ellipsis' },
    choose: { title: 'Show More', run },
  };
}

/** A row that is no thing of the cluster; its id is none that a name of Kubernetes could make. The label is to be given. */
export function noteNode(parentId: string, kind: RowKind, subject: NodeSubject): TreeNode {
  return { id: `${parentId}/:${kind}`, label: kind, icon: { name: 'info' }, contextValue: contextValue(kind), subject };
}

import { isKindMissing } from '../../cluster/clusterErrors.ts';
import type { LiveListState } from '../../cluster/objects/liveList.ts';
import { ModelDeckError, type ErrorCategory } from '../../foundation/error.ts';
import { problemNode } from '../problemNode.ts';
import type { NodeSubject, TreeNode } from '../treeNode.ts';
import { contextValue, type RowKind } from '../contextValue.ts';

/** One word for what is wrong with a cluster. */
const words: Partial<Record<ErrorCategory, string>> = {
  unreachable: 'Unreachable',
  unauthorized: 'Unauthorized',
  forbidden: 'Forbidden',
  timeout: 'Timeout',
  unsupported: 'No KServe',
  'missing-tool': 'No plugin',
  'invalid-input': 'Invalid',
};

/** The row that stands for what is not known yet, or could not be read; nothing when there are rows to show. */
export function noteInstead(
  parentId: string,
  contextName: string,
  state: LiveListState<unknown>,
  retry: () => void,
): TreeNode | undefined {
  if (state.rows.size > 0) return undefined;
  if (state.error !== undefined) return clusterProblemNode(parentId, clusterError(contextName, state.error), retry);
  if (state.phase !== 'loading') return undefined;
  return {
    ...noteNode(parentId, 'loading', { kind: 'context', name: contextName }),
    label: 'Loading…',
    icon: { name: 'loading~spin' },
  };
}

/** Says of a cluster that does not know one of KServe's kinds that KServe is missing; leaves every other error as it is. */
export function clusterError(contextName: string, error: unknown): unknown {
  if (!isKindMissing(error)) return error;
  return new ModelDeckError('unsupported', `KServe is not installed in the cluster of ${contextName}.`, {
    remedy: 'Install KServe (https://kserve.github.io/website), or choose another context.',
    cause: error,
  });
}

export function problemWord(error: unknown): string {
  return (ModelDeckError.is(error) && words[error.category]) || 'Failed';
}

/** The row of a cluster that could not be read: one word, the rest in the tooltip, with a button to try again. */
function clusterProblemNode(parentId: string, error: unknown, retry: () => void): TreeNode {
  const node = problemNode(parentId, error, retry);
  const word = problemWord(error);
  const remedy = ModelDeckError.is(error) ? error.remedy : undefined;
  return {
    ...node,
    label: word,
    made: [node.label, remedy].join(),
    spoken: [`${word}: ${node.label}`, remedy].filter(Boolean).join(' '),
  };
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

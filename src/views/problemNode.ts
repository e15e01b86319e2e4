import { ModelDeckError } from '../foundation/error.ts';
import { escapeMarkdown } from './markdown.ts';
import type { TreeNode } from './treeNode.ts';
import { contextValue } from './contextValue.ts';

/**
 * The row that stands where children could not be listed. Its button "Try Again" does so.
 *
 * @param retry what the button does; everything is asked for again when left out
 */
export function problemNode(parentId: string, error: unknown, retry?: () => void): TreeNode {
  const summary = error instanceof Error ? error.message : String(error);
  const remedy = ModelDeckError.is(error) ? error.remedy : undefined;
  return {
    id: `${parentId}/:problem`,
    label: summary,
    icon: { name: 'error', color: 'problemsErrorIcon.foreground' },
    contextValue: contextValue('problem', ModelDeckError.is(error) && error.location !== undefined && 'file'),
    subject: { kind: 'problem', error },
    tooltip: () =>
      Promise.resolve([escapeMarkdown(summary), remedy && escapeMarkdown(remedy)].filter(Boolean).join('\n\n')),
    ...(retry && { retry }),
  };
}

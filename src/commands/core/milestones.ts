import * as vscode from 'vscode';

/** What a step of the walkthrough waits for. Reached by success alone; a test holds the list against package.json. */
export const milestones = [
  'sampleOpened',
  'deployedHere',
  'classified',
  'packaged',
  'clusterOpened',
  'deployedToCluster',
  'explained',
  'rolledBack',
] as const;

export type Milestone = (typeof milestones)[number];

/** The context key of a milestone, as `onContext:` of package.json names it. */
export function milestoneKey(milestone: Milestone): string {
  return `modelDeck.done.${milestone}`;
}

/** Called when something has worked: VS Code ticks the step that waits for it, and remembers that. */
export function reached(milestone: Milestone): void {
  void vscode.commands.executeCommand('setContext', milestoneKey(milestone), true);
}

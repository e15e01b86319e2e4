import * as vscode from 'vscode';
import type { Milestone } from './milestoneNames.ts';

/** Called when something has worked: VS Code ticks the step that waits for the key, and remembers that. */
export function reached(milestone: Milestone): void {
  void vscode.commands.executeCommand('setContext', `modelDeck.done.${milestone}`, true);
}

import * as vscode from 'vscode';
import type { FileLocation, NextStep } from '../../foundation/error.ts';

export interface NextStepButton {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** Turns an engine's {@link NextStep} into a button. The only place that knows which command answers which step. */
export class NextSteps {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  button(step: NextStep, retry: () => Promise<void>): NextStepButton {
    switch (step.kind) {
      case 'open-file':
        return { title: 'Open File', run: () => openFile(step.location) };
      case 'open-setting':
        return { title: 'Open Setting', run: () => command('workbench.action.openSettings', step.setting) };
      case 'reveal-file':
        return { title: 'Reveal', run: () => command('revealFileInOS', vscode.Uri.file(step.path)) };
      case 'show-deployment-log':
        return {
          title: 'Show Deployment Log',
          run: () => command('modelDeck.showDeploymentLog', { deploymentId: step.deploymentId }),
        };
      case 'show-pod-logs':
        return { title: 'Show Pod Logs', run: () => command('modelDeck.showPodLogs', step) };
      case 'show-events':
        return { title: 'Show Events', run: () => command('modelDeck.showEvents', step) };
      case 'show-manifest':
        return { title: 'Show Manifest', run: () => command('modelDeck.showManifest', step) };
      case 'set-credentials':
        return {
          title: 'Set Credentials…',
          run: () => command('modelDeck.setEndpointCredentials', { endpointId: step.endpointId }),
        };
      case 'choose-kubeconfig':
        return { title: 'Choose Kubeconfig…', run: () => command('modelDeck.chooseKubeconfig') };
      case 'deploy-model':
        return { title: 'Deploy Model…', run: () => command('modelDeck.deployModel') };
      case 'retry':
        return { title: 'Try Again', run: retry };
      case 'show-log':
        return {
          title: 'Show Extension Log',
          run: () => {
            this.log.show();
            return Promise.resolve();
          },
        };
    }
  }
}

async function command(id: string, ...args: readonly unknown[]): Promise<void> {
  await vscode.commands.executeCommand(id, ...args);
}

/** Shows a text file at its line. */
export async function openFile({ path, line, column }: FileLocation): Promise<void> {
  const at = line === undefined ? undefined : new vscode.Position(line, column ?? 0);
  await vscode.window.showTextDocument(vscode.Uri.file(path), { ...(at && { selection: new vscode.Range(at, at) }) });
}

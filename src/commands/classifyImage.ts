import * as vscode from 'vscode';
import type { ClassifyPanel } from '../panel/classifyPanel.ts';
import { rowSubject, textField } from './arguments.ts';

/** "Classify Image…": opens the panel, for a deployment's row, for images of the Explorer, or empty. */
export class ClassifyImage {
  constructor(private readonly panel: ClassifyPanel) {}

  /** @param first a deployment's row or an image's Uri @param selection all selected images, as the Explorer's menu gives them */
  async run(first?: unknown, selection?: unknown): Promise<void> {
    const subject = rowSubject(first);
    const endpointId = subject?.kind === 'deployment' ? subject.deployment.id : textField(first, 'deploymentId');
    const chosen: readonly unknown[] = Array.isArray(selection) && selection.length > 0 ? selection : [first];
    const images = chosen.filter((item) => item instanceof vscode.Uri);
    await this.panel.open({ ...(endpointId !== undefined && { endpointId }), images });
  }
}

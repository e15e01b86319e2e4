import * as vscode from 'vscode';
import type { ClassifyPanel } from '../../panel/classify/classifyPanel.ts';
import { endpointOf, textField } from '../core/arguments.ts';

/** "Classify Image…": opens the panel, for the row of a deployment or of an InferenceService, for images of the Explorer, or empty. */
export class ClassifyImage {
  constructor(private readonly panel: ClassifyPanel) {}

  /** @param first a row or an image's Uri @param selection all selected images, as the Explorer's menu gives them */
  async run(first?: unknown, selection?: unknown): Promise<void> {
    const endpointId = endpointOf(first) ?? textField(first, 'deploymentId');
    const chosen: readonly unknown[] = Array.isArray(selection) && selection.length > 0 ? selection : [first];
    const images = chosen.filter((item) => item instanceof vscode.Uri);
    await this.panel.open({ ...(endpointId !== undefined && { endpointId }), images });
  }
}

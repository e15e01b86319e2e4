import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ClassifyPanels } from '../../panel/classify/classifyPanels.ts';
import { endpointOf, textField } from '../core/arguments.ts';
import { picturesIn, workspacePictures } from '../core/pictures.ts';

/** "Classify Image…": opens the panel, for the row of a deployment or of an InferenceService, or for images of the Explorer. */
export class ClassifyImage {
  constructor(private readonly panels: ClassifyPanels) {}

  /** @param first a row or an image's Uri @param selection all selected images, as the Explorer's menu gives them */
  async run(first?: unknown, selection?: unknown): Promise<void> {
    const endpointId = endpointOf(first) ?? textField(first, 'deploymentId');
    const endpoint = endpointId !== undefined && { endpointId };
    const images = urisOf(first, selection);
    await this.panels.open({ ...endpoint, images });
    if (images.length > 0) return;
    // Into the panel that is open now, also by dropping, pasting and browsing: who leaves the list has cancelled nothing.
    const offered = await offerPictures();
    if (offered.length > 0) await this.panels.open({ ...endpoint, images: offered });
  }

  /** "Classify Pictures in Folder": those that lie in it, not below it. */
  async folder(first: unknown, selection?: unknown): Promise<void> {
    const folders = urisOf(first, selection);
    const images = (await Promise.all(folders.map(picturesIn))).flat();
    if (images.length === 0) {
      const names = folders.map((folder) => path.posix.basename(folder.path)).join(', ');
      throw new ModelDeckError('not-found', `${names || 'No folder'} has no pictures that Model Deck reads.`, {
        remedy: 'Choose a folder with pictures, for example JPEG or PNG.',
      });
    }
    await this.panels.open({ images });
  }
}

function urisOf(first: unknown, selection: unknown): readonly vscode.Uri[] {
  const chosen: readonly unknown[] = Array.isArray(selection) && selection.length > 0 ? selection : [first];
  return chosen.filter((item) => item instanceof vscode.Uri);
}

interface OfferedItem extends vscode.QuickPickItem {
  readonly images: readonly vscode.Uri[];
}

/** Offers the pictures of the workspace, one by one and folder by folder. @returns none where there are none, or the user leaves */
async function offerPictures(): Promise<readonly vscode.Uri[]> {
  const pictures = await workspacePictures();
  if (pictures.length === 0) return [];
  const folders = new Map<string, vscode.Uri[]>();
  for (const picture of pictures) {
    const folder = path.posix.dirname(vscode.workspace.asRelativePath(picture));
    folders.set(folder, [...(folders.get(folder) ?? []), picture]);
  }
  const items: OfferedItem[] = [...folders].flatMap(([folder, images]) => [
    { label: folder === '.' ? 'Workspace' : folder, kind: vscode.QuickPickItemKind.Separator, images: [] },
    ...images.map((image) => ({ label: `$(file-media) ${path.posix.basename(image.path)}`, images: [image] })),
    ...(images.length > 1 ? [{ label: `$(files) All ${images.length} pictures of ${folder}`, images }] : []),
  ]);
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Classify',
    placeHolder: 'Choose a picture of the workspace, or close this list and drop one on the panel',
  });
  return chosen?.images ?? [];
}

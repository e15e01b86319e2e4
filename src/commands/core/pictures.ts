import path from 'node:path';
import * as vscode from 'vscode';

/** Endings of the formats that are read (`src/inference/image/formats`); the menus in package.json have the same. */
const endings = 'jpg jpeg png webp gif tif tiff bmp avif jp2 j2k ppm pgm pbm'.split(' ');

/** Pictures that are offered, or taken from a folder, at most. */
const mostPictures = 200;

/** Folders in which nobody keeps pictures to classify. */
const except = '**/{node_modules,.git,.venv,venv,site-packages,package}/**';

/** Pictures of the workspace, those of a folder first, by their paths. */
export async function workspacePictures(folder?: string): Promise<readonly vscode.Uri[]> {
  const glob = `**/*.{${[...endings, ...endings.map((ending) => ending.toUpperCase())].join(',')}}`;
  const [near, far] = await Promise.all([
    folder === undefined ? [] : find(new vscode.RelativePattern(folder, glob)),
    find(glob),
  ]);
  const known = new Map([...near, ...far].map((uri) => [uri.fsPath, uri]));
  return [...known.values()].slice(0, mostPictures);
}

/** The pictures that lie in a folder itself, by their names. */
export async function picturesIn(folder: vscode.Uri): Promise<readonly vscode.Uri[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  return entries
    .filter(([name, type]) => (type & vscode.FileType.File) !== 0 && isPicture(name))
    .map(([name]) => vscode.Uri.joinPath(folder, name))
    .sort(byPath)
    .slice(0, mostPictures);
}

function isPicture(name: string): boolean {
  return endings.includes(path.extname(name).slice(1).toLowerCase());
}

async function find(glob: vscode.GlobPattern): Promise<readonly vscode.Uri[]> {
  return (await vscode.workspace.findFiles(glob, except, mostPictures)).sort(byPath);
}

function byPath(a: vscode.Uri, b: vscode.Uri): number {
  return a.fsPath.localeCompare(b.fsPath);
}

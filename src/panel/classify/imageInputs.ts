import path from 'node:path';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import type { ImageInput } from './sessionImages.ts';
import { largestImage } from '../messages/classifyMessages.ts';
import { mostImages } from '../messages/classifyState.ts';
import { picturesBelow, type FolderEntry } from '../messages/pictureFolders.ts';
import { formatBytes } from '../messages/shownSize.ts';

/** Schemes that a dropped address may have: files of this window. Nothing is ever fetched from a web address. */
const fileSchemes: readonly string[] = ['file', 'vscode-remote', 'vscode-userdata'];

/** An image that lies in a file; it is read again at each try. */
export function fileInput(uri: vscode.Uri): ImageInput {
  // With its name, because the path of a workspace folder itself would come back absolute.
  const shown = path.posix.dirname(vscode.workspace.asRelativePath(uri));
  return {
    name: path.posix.basename(uri.path),
    origin: shown === '.' ? (vscode.workspace.getWorkspaceFolder(uri)?.name ?? shown) : shown,
    ...(uri.scheme === 'file' && { path: uri.fsPath }),
    uri: uri.toString(),
    held: 0,
    read: () => readImage(uri),
  };
}

/** An image that was dropped or pasted, held in memory. */
export function heldInput(name: string, content: ArrayBuffer | Uint8Array): ImageInput {
  const image = content instanceof Uint8Array ? content : new Uint8Array(content);
  return { name, origin: 'Dropped or pasted', held: image.byteLength, read: () => Promise.resolve(image) };
}

/**
 * The file that a dropped address names.
 * @throws ModelDeckError `unsupported` for anything but a file of this window
 */
export function droppedUri(address: string): vscode.Uri {
  const uri = vscode.Uri.parse(address);
  if (!fileSchemes.includes(uri.scheme))
    throw new ModelDeckError('unsupported', `${uri.scheme}: addresses are not opened.`, {
      remedy: 'Save the image to a file first, then drop the file.',
    });
  // This code runs where the files of a remote window are: they are plain files here.
  return uri.scheme === 'vscode-remote' ? vscode.Uri.file(uri.path) : uri;
}

/** The error for an image that is too large to take. @param size in bytes */
export function tooLarge(name: string, size: number): ModelDeckError {
  return new ModelDeckError(
    'invalid-input',
    `${name} has ${formatBytes(size)}; at most ${formatBytes(largestImage)} are taken.`,
    {
      remedy: 'Save it smaller: models look at a few hundred pixels only.',
    },
  );
}

export async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  } catch {
    // The reason is told when the file is read.
    return false;
  }
}

/** The pictures of a folder and of those below it. @throws ModelDeckError when the folder cannot be read */
export async function folderPictures(folder: vscode.Uri): Promise<readonly vscode.Uri[]> {
  const list = async (place: vscode.Uri): Promise<readonly FolderEntry<vscode.Uri>[]> =>
    (await vscode.workspace.fs.readDirectory(place)).map(([name, type]) => ({
      name,
      isFolder: (type & vscode.FileType.Directory) !== 0,
      place: vscode.Uri.joinPath(place, name),
    }));
  try {
    // One more than can be taken, so that it is noticed.
    return await picturesBelow(folder, list, mostImages + 1);
  } catch (error) {
    throw fileError(fileSystemError(error), 'read the folder', folder.fsPath);
  }
}

/** The error for a folder without a picture. */
export function noPictures(name: string): ModelDeckError {
  return new ModelDeckError('invalid-input', `The folder ${name} has no pictures that can be read.`, {
    remedy: 'Choose a folder with JPEG, PNG, WebP, GIF, TIFF or BMP files.',
  });
}

async function readImage(uri: vscode.Uri): Promise<Uint8Array> {
  const name = path.posix.basename(uri.path);
  let content: Uint8Array;
  try {
    const { size, type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory)
      throw new ModelDeckError('invalid-input', `${name} is a folder.`, { remedy: 'Choose the images inside it.' });
    if (size > largestImage) throw tooLarge(name, size);
    content = await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    throw fileError(fileSystemError(error), 'read the image', uri.fsPath);
  }
  // A file can grow between the two calls.
  if (content.byteLength > largestImage) throw tooLarge(name, content.byteLength);
  return content;
}

/** VS Code's error with the operating system's code, so that it gets the words that every file error has. */
function fileSystemError(error: unknown): unknown {
  if (!(error instanceof vscode.FileSystemError)) return error;
  const codes: Readonly<Record<string, string>> = {
    FileNotFound: 'ENOENT',
    NoPermissions: 'EACCES',
    FileIsADirectory: 'EISDIR',
  };
  return Object.assign(new Error(error.message), { code: codes[error.code] ?? error.code });
}

import { largestImage, type ClassifyRequest } from '../../src/panel/messages/classifyMessages.ts';
import { mostImages } from '../../src/panel/messages/classifyState.ts';
import { picturesBelow, type FolderEntry } from '../../src/panel/messages/pictureFolders.ts';
import { el, icon } from '../dom.ts';
import { words } from './words.ts';

type Post = (request: ClassifyRequest) => void;

/** Where images come in: dropped anywhere on the page, pasted, or chosen with the drop zone, which is a button. */
export function dropZone(post: Post): HTMLElement {
  const zone = el(
    'button',
    { class: 'drop', type: 'button', 'data-testid': 'drop' },
    icon('image'),
    el('span', { class: 'drop-title' }, words.drop),
    el('span', { class: 'quiet' }, words.formats),
  );
  zone.addEventListener('click', () => post({ type: 'browse' }));
  let depth = 0;
  const show = (change: number): void => {
    depth = Math.max(0, depth + change);
    zone.classList.toggle('over', depth > 0);
  };
  document.addEventListener('dragenter', () => show(1));
  document.addEventListener('dragleave', () => show(-1));
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    show(-depth);
    if (event.dataTransfer) void takeIn(event.dataTransfer, post);
  });
  document.addEventListener('paste', (event) => {
    if (event.clipboardData && event.clipboardData.files.length > 0) {
      event.preventDefault();
      void takeIn(event.clipboardData, post);
    }
  });
  return zone;
}

/** The list that VS Code's own trees drag; it names files that may lie on another machine than the browser. */
const ownUriList = 'application/vnd.code.uri-list';

async function takeIn(transfer: DataTransfer, post: Post): Promise<void> {
  // Everything of the transfer must be asked for before the first wait: it is empty afterwards.
  const dropped = [...transfer.items].flatMap((item) => {
    const file = item.kind === 'file' ? item.getAsFile() : null;
    const entry = file ? item.webkitGetAsEntry() : null;
    return file ? [{ file, folder: entry?.isDirectory ? (entry as FileSystemDirectoryEntry) : undefined }] : [];
  });
  const own = uriList(transfer.getData(ownUriList));
  const uris = own.length > 0 || dropped.length > 0 ? own : uriList(transfer.getData('text/uri-list'));
  if (uris.length > 0) {
    post({ type: 'add-uris', uris });
    return;
  }
  // One after the other, so that only one is in the page's memory.
  for (const { file, folder } of dropped) {
    if (folder) await takeFolder(folder, post);
    else post(await readFile(file));
  }
}

async function takeFolder(folder: FileSystemDirectoryEntry, post: Post): Promise<void> {
  const { name } = folder;
  try {
    const pictures = await picturesBelow<FileSystemEntry>(folder, entriesOf, mostImages);
    if (pictures.length === 0) post({ type: 'refuse-file', name, size: 0, why: 'no-pictures' });
    for (const picture of pictures) {
      const file = await new Promise<File>((resolve, reject) => (picture as FileSystemFileEntry).file(resolve, reject));
      post(await readFile(file));
    }
  } catch {
    post({ type: 'refuse-file', name, size: 0, why: 'unreadable' });
  }
}

/** The browser gives a hundred at a time, and an empty list at the end. */
async function entriesOf(folder: FileSystemEntry): Promise<readonly FolderEntry<FileSystemEntry>[]> {
  const reader = (folder as FileSystemDirectoryEntry).createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return entries.map((place) => ({ name: place.name, isFolder: place.isDirectory, place }));
    entries.push(...some);
  }
}

async function readFile(file: File): Promise<ClassifyRequest> {
  const { name, size } = file;
  if (size > largestImage) return { type: 'refuse-file', name, size, why: 'too-large' };
  try {
    return { type: 'add-file', name, content: await file.arrayBuffer() };
  } catch {
    // It went away.
    return { type: 'refuse-file', name, size, why: 'unreadable' };
  }
}

/** RFC 2483: one address a line, `#` begins a comment. */
function uriList(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

import { largestImage, type ClassifyRequest } from '../../src/panel/messages/classifyMessages.ts';
import { el, icon } from '../dom.ts';

type Post = (request: ClassifyRequest) => void;

/** Where images come in: dropped anywhere on the page, pasted, or chosen with the drop zone, which is a button. */
export function dropZone(post: Post): HTMLElement {
  const zone = el(
    'button',
    { class: 'drop', type: 'button', 'data-testid': 'drop' },
    icon('image'),
    el('span', { class: 'drop-title' }, 'Drop images here, paste them, or select to browse'),
    el(
      'span',
      { class: 'quiet' },
      'JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF and more. From the Explorer, hold Shift while you drop.',
    ),
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
  const files = [...transfer.files];
  const own = uriList(transfer.getData(ownUriList));
  const uris = own.length > 0 || files.length > 0 ? own : uriList(transfer.getData('text/uri-list'));
  if (uris.length > 0) {
    post({ type: 'add-uris', uris });
    return;
  }
  // One after the other, so that only one is in the page's memory.
  for (const file of files) post(await readFile(file));
}

async function readFile(file: File): Promise<ClassifyRequest> {
  const { name, size } = file;
  if (size > largestImage) return { type: 'refuse-file', name, size, why: 'too-large' };
  try {
    return { type: 'add-file', name, content: await file.arrayBuffer() };
  } catch {
    // A folder, or a file that went away.
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

import {
  isArchiveUpdate,
  type ArchiveRequest,
  type ArchiveUpdate,
  type ArchiveView,
  type EntryView,
  type NamedValue,
} from '../src/panel/messages/archiveMessages.ts';
import { formatBytes } from '../src/panel/messages/shownSize.ts';
import type { Failure } from '../src/panel/messages/shownFailure.ts';
import './archive.css';
import { el, foreign, icon, present, spokenLine, type Child } from './dom.ts';
import { connectHost } from './host.ts';
import { section } from './part.ts';
import { button, spinner } from './toolkit.ts';
import { words } from './archive/words.ts';

/** The page of an archive: what it says, what it holds, and what is odd about it. */

const { post } = connectHost<ArchiveRequest, ArchiveUpdate>(isArchiveUpdate, receive);
const page = el('main', { class: 'page' });
const spoken = spokenLine();
document.body.append(page, spoken.element);
post({ type: 'ready' });

function receive(update: ArchiveUpdate): void {
  switch (update.type) {
    case 'reading':
      return show(
        nameOnly(),
        el('p', { class: 'running' }, spinner(), el('span', {}, words.reading)),
        button('secondary', () => post({ type: 'cancel' }), { 'data-testid': 'cancel' }, words.cancel),
      );
    case 'cancelled':
      return show(nameOnly(), el('p', { class: 'quiet' }, words.cancelled), readAgain(words.read));
    case 'failed':
      return showFailure(update.failure);
    case 'contents':
      return showArchive(update.archive);
    case 'copied':
      spoken.say(words.copied(update.what));
  }
}

function show(...children: readonly Child[]): void {
  page.replaceChildren(...present(children));
}

/** The heading while the page does not show the archive itself. */
function nameOnly(): HTMLElement {
  return el('h1', { class: 'visually-hidden' }, document.title);
}

function readAgain(title: string): HTMLElement {
  return el(
    'div',
    {},
    button('secondary', () => post({ type: 'reload' }), { 'data-testid': 'reload' }, title),
  );
}

function showFailure({ reason, remedy }: Failure): void {
  show(
    nameOnly(),
    el(
      'p',
      { class: 'failure', role: 'alert', 'data-testid': 'failure' },
      icon('error'),
      el('span', {}, el('span', { class: 'failure-reason' }, reason), remedy !== undefined && ` ${remedy}`),
    ),
    readAgain(words.tryAgain),
  );
}

function showArchive(archive: ArchiveView): void {
  const { name, size, format, path, sha256, manifest, preprocessing, labels, warnings } = archive;
  show(
    el(
      'header',
      { class: 'archive-head' },
      el(
        'div',
        { class: 'section-head' },
        el('h1', {}, foreign(name)),
        button('primary', () => post({ type: 'deploy' }), { 'data-testid': 'deploy' }, words.deploy),
      ),
      el('p', { class: 'quiet' }, `${formatSize(size)} · ${words.formats[format] ?? format}`),
      el('p', { class: 'quiet path' }, foreign(path)),
      sha256 !== undefined &&
        el('p', { class: 'hash' }, el('span', { class: 'quiet' }, words.hash), hash(sha256, name)),
    ),
    warnings.length > 0 && section(words.warnings, 'warnings', warningList(warnings)),
    section(words.manifest, 'manifest', manifest.length > 0 ? table(manifest) : none(words.noManifest)),
    preprocessing.length > 0 && section(words.preprocessing, 'preprocessing', table(preprocessing)),
    section(words.labels, 'labels', labels ? labelLine(labels) : none(words.noLabels)),
    section(words.entries(archive.entryCount), 'entries', ...entryTable(archive)),
  );
  spoken.say(words.said(name, archive.entryCount, warnings.length));
}

function none(text: string): HTMLElement {
  return el('p', { class: 'quiet' }, text);
}

function warningList(warnings: readonly string[]): HTMLElement {
  return el(
    'ul',
    { class: 'warnings' },
    ...warnings.map((warning) => el('li', { class: 'warning' }, icon('warning'), el('span', {}, warning))),
  );
}

function table(rows: readonly NamedValue[]): HTMLElement {
  return el(
    'dl',
    { class: 'values' },
    ...rows.flatMap(({ name, value }) => [el('dt', { class: 'quiet' }, foreign(name)), el('dd', {}, foreign(value))]),
  );
}

function labelLine({ count, first }: NonNullable<ArchiveView['labels']>): HTMLElement {
  const rest = count - first.length;
  return el(
    'p',
    {},
    words.classes(count),
    ...first.flatMap((label, index) => [index > 0 && ', ', foreign(label)]),
    rest > 0 && el('span', { class: 'quiet' }, words.more(rest)),
  );
}

function entryTable({ entries, entryCount }: ArchiveView): readonly Child[] {
  const head = words.entryHead.map((text, index) =>
    el('th', { scope: 'col', class: index === 1 || index === 2 ? 'number' : undefined }, text),
  );
  return [
    el(
      'table',
      { class: 'entries' },
      el('thead', {}, el('tr', {}, ...head)),
      el('tbody', {}, ...entries.map(entryRow)),
    ),
    entryCount > entries.length && none(words.firstOnly(entries.length)),
  ];
}

function entryRow({ name, size, compressedSize, sha256 }: EntryView): HTMLElement {
  return el(
    'tr',
    { 'data-testid': 'entry' },
    el('th', { scope: 'row' }, foreign(name)),
    sizeCell(size),
    sizeCell(compressedSize),
    el('td', {}, sha256 !== undefined && hash(sha256, name)),
  );
}

function sizeCell(size: number): HTMLElement {
  return el('td', { class: 'number', title: words.bytes(size) }, formatBytes(size));
}

/** The beginning of a hash with its whole length in reach: as a tooltip, and copied. */
function hash(sha256: string, of: string): HTMLElement {
  return el(
    'span',
    { class: 'hash-value' },
    el('code', { class: 'mono', title: sha256 }, sha256),
    button(
      'icon',
      () => post({ type: 'copy-sha256', sha256 }),
      { 'aria-label': words.copyHash(of), title: words.copy, 'data-testid': 'copy' },
      icon('copy'),
    ),
  );
}

function formatSize(size: number): string {
  return size < 1024 ? words.bytes(size) : `${formatBytes(size)} (${words.bytes(size)})`;
}

import { isFailure, longestSentence, type Failure } from './shownFailure.ts';
import { integer, list, oneOf, only, record, text, variant } from './validate.ts';

/** What the page of an archive shows. Sizes in bytes. */
export interface ArchiveView {
  readonly name: string;
  readonly path: string;
  readonly format: string;
  readonly size: number;
  readonly sha256?: string;
  /** Rows of the manifest, in its own order. */
  readonly manifest: readonly NamedValue[];
  readonly preprocessing: readonly NamedValue[];
  /** Number of labels and the first of them; left out when the archive has none. */
  readonly labels?: { readonly count: number; readonly first: readonly string[] };
  /** The first {@link mostEntries}. */
  readonly entries: readonly EntryView[];
  readonly entryCount: number;
  readonly warnings: readonly string[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface EntryView {
  readonly name: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly sha256?: string;
}

/** From the host to the page. */
export type ArchiveUpdate =
  | { readonly type: 'reading' }
  | { readonly type: 'contents'; readonly archive: ArchiveView }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'cancelled' }
  | { readonly type: 'copied'; readonly what: string };

/** From the page to the host. */
export type ArchiveRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'cancel' }
  | { readonly type: 'reload' }
  | { readonly type: 'deploy' }
  | { readonly type: 'copy-sha256'; readonly sha256: string };

export const mostEntries = 2000;
export const mostWarnings = 200;
export const shownLabels = 5;
export const longestValue = 1000;

const isValue = text(longestValue);
const isSize = integer(0, 2 ** 53);
const isNamed = list(record<NamedValue>({ name: isValue, value: isValue }), 100);

function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

const isArchiveView = record<ArchiveView>(
  {
    name: isValue,
    path: text(8192),
    format: isValue,
    size: isSize,
    manifest: isNamed,
    preprocessing: isNamed,
    entries: list(
      record<EntryView>({ name: isValue, size: isSize, compressedSize: isSize }, { sha256: isSha256 }),
      mostEntries,
    ),
    entryCount: isSize,
    warnings: list(text(longestSentence), mostWarnings),
  },
  {
    sha256: isSha256,
    labels: record<NonNullable<ArchiveView['labels']>>({ count: isSize, first: list(isValue, shownLabels) }),
  },
);

export const isArchiveUpdate = variant<'type', ArchiveUpdate>('type', {
  reading: only('reading'),
  contents: record({ type: oneOf('contents'), archive: isArchiveView }),
  failed: record({ type: oneOf('failed'), failure: isFailure }),
  cancelled: only('cancelled'),
  copied: record({ type: oneOf('copied'), what: isValue }),
});

export const isArchiveRequest = variant<'type', ArchiveRequest>('type', {
  ready: only('ready'),
  cancel: only('cancel'),
  reload: only('reload'),
  deploy: only('deploy'),
  'copy-sha256': record({ type: oneOf('copy-sha256'), sha256: isSha256 }),
});

import { formatCount } from '../numbers.ts';

/** Every text of the page of an archive, in one place. */
export const words = {
  reading: 'Reading the archive…',
  cancel: 'Cancel',
  cancelled: 'Reading was cancelled.',
  read: 'Read Archive',
  tryAgain: 'Try Again',
  copied: (what: string): string => `${what} copied.`,
  deploy: 'Deploy Model…',
  hash: 'SHA-256',
  copyHash: (of: string): string => `Copy the SHA-256 of ${of}`,
  copy: 'Copy',
  warnings: 'Warnings',
  manifest: 'Manifest',
  noManifest: 'There is no manifest to be shown.',
  preprocessing: 'Preprocessing',
  labels: 'Labels',
  noLabels: 'The archive has no labels for its classes.',
  classes: (count: number): string => `${formatCount(count)} ${count === 1 ? 'class' : 'classes'}: `,
  more: (count: number): string => `, and ${formatCount(count)} more`,
  entries: (count: number): string => `Entries (${formatCount(count)})`,
  entryHead: ['Name', 'Size', 'Compressed', 'SHA-256'],
  firstOnly: (count: number): string => `The first ${formatCount(count)} are shown.`,
  bytes: (size: number): string => `${formatCount(size)} ${size === 1 ? 'byte' : 'bytes'}`,
  said: (name: string, entries: number, warnings: number): string =>
    `${name} is read: ${countOf(entries, 'entry', 'entries')}, ${countOf(warnings, 'warning', 'warnings')}.`,
  formats: {
    default: 'zip, compressed',
    'zip-store': 'zip, stored',
    tgz: 'tar, gzip',
    'no-archive': 'folder',
  } as Readonly<Record<string, string>>,
} as const;

function countOf(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

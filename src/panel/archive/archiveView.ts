import path from 'node:path';
import type { PackageContents } from '../../packaging/kinds/packageKind.ts';
import type { ModelPackage } from '../../packaging/modelPackage.ts';
import type { ArchiveContents } from '../../packaging/kinds/torchserve/modelArchive.ts';
import {
  longestValue,
  mostEntries,
  mostWarnings,
  shownLabels,
  type ArchiveView,
  type NamedValue,
} from '../messages/archiveMessages.ts';
import { longestSentence } from '../messages/shownFailure.ts';
import { clip } from '../showFailure.ts';

/** An archive's contents as its page shows them, within the lengths of the contract. */
export function archiveView(contents: ArchiveContents): ArchiveView {
  const { labels, sha256 } = contents;
  return {
    name: clip(path.basename(contents.path), longestValue),
    path: clip(contents.path, 8192),
    format: contents.format,
    size: contents.size,
    ...(sha256 !== undefined && { sha256 }),
    manifest: namedValues(contents.manifest),
    preprocessing: namedValues(contents.preprocessing),
    ...(labels && {
      labels: { count: labels.length, first: labels.slice(0, shownLabels).map((label) => clip(label, longestValue)) },
    }),
    entries: contents.entries.slice(0, mostEntries).map((entry) => ({
      name: clip(entry.name, longestValue),
      size: entry.size,
      compressedSize: entry.compressedSize,
      ...(entry.sha256 !== undefined && { sha256: entry.sha256 }),
    })),
    entryCount: contents.entries.length,
    warnings: contents.warnings.slice(0, mostWarnings).map((warning) => clip(warning, longestSentence)),
  };
}

/** A package that is a folder, as the same page shows it. @param label of its kind */
export function packageView(model: ModelPackage, contents: PackageContents, label: string): ArchiveView {
  const { name, version, folder, size, sha256, files, serves, contract } = model;
  const { labels, warnings } = contents;
  const view = archiveView({
    path: folder,
    format: 'no-archive',
    size,
    sha256,
    entries: files.map((file) => ({
      name: file.path,
      size: file.size,
      compressedSize: file.size,
      sha256: file.sha256,
    })),
    warnings,
    ...(labels && { labels }),
  });
  return {
    ...view,
    format: label,
    manifest: namedValues({ name, version, ...serves }),
    preprocessing: namedValues(contract?.input),
  };
}

/**
 * The fields of a JSON object of the archive, in their order; those of an inner object by their own names with a dot.
 * The archive's author chose them: nothing of their shape is taken for granted.
 */
function namedValues(value: unknown, prefix = ''): readonly NamedValue[] {
  if (typeof value !== 'object' || value === null) return [];
  const rows = Object.entries(value).flatMap(([key, field]: [string, unknown]): readonly NamedValue[] => {
    const isInner = typeof field === 'object' && field !== null && !Array.isArray(field) && prefix === '';
    if (isInner) return namedValues(field, `${key}.`);
    const shown = typeof field === 'string' ? field : (JSON.stringify(field) ?? '');
    return [{ name: clip(prefix + key, longestValue), value: clip(shown, longestValue) }];
  });
  return rows.slice(0, 100);
}

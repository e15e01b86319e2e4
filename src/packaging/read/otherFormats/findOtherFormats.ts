import path from 'node:path';
import type { DetectedWeights } from '../detection.ts';
import type { FoundFolder, OtherFormat } from './otherFormat.ts';
import { otherFormats } from './otherFormats.ts';

/** The format that a folder is as a whole, by its name and what is in it; undefined for a folder of files. */
export function formatOfFolder(baseName: string, inside: Iterable<string>): OtherFormat | undefined {
  const names = smallNames(inside);
  return otherFormats.find((format) => format.folder?.(baseName.toLowerCase(), names));
}

/** Rows for everything that is a model, and that no package takes; those of the last resort by themselves. */
export function findOtherFormats(
  files: readonly string[],
  folders: readonly FoundFolder[],
): { readonly models: readonly DetectedWeights[]; readonly lastResort: readonly DetectedWeights[] } {
  const found: { readonly row: DetectedWeights; readonly format: OtherFormat }[] = folders.map(
    ({ path: where, format }) => ({
      row: row(where, format),
      format,
    }),
  );
  const byFolder = new Map<string, string[]>();
  for (const file of files) {
    const folder = path.posix.dirname(file);
    const inside = byFolder.get(folder);
    if (inside === undefined) byFolder.set(folder, [file]);
    else inside.push(file);
  }
  for (const inside of byFolder.values()) {
    const beside = smallNames(inside.map((file) => path.posix.basename(file)));
    for (const file of inside) {
      const baseName = path.posix.basename(file).toLowerCase();
      const format = otherFormats.find((candidate) => candidate.file?.(baseName, beside));
      if (format !== undefined) found.push({ row: row(file, format), format });
    }
  }
  const rows = (isLastResort: boolean): readonly DetectedWeights[] =>
    found.filter(({ format }) => (format.isLastResort === true) === isLastResort).map((item) => item.row);
  return { models: rows(false), lastResort: rows(true) };
}

function smallNames(names: Iterable<string>): ReadonlySet<string> {
  return new Set([...names].map((name) => name.toLowerCase()));
}

function row(where: string, { name, wayOn }: OtherFormat): DetectedWeights {
  return { path: where, kind: 'other-format', size: 0, explanation: `It is ${name}. ${wayOn}` };
}

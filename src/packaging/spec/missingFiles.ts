import path from 'node:path';
import { nearestWord } from '../../foundation/nearestWord.ts';
import type { Finding, TextFix } from '../read/detection.ts';
import { locate, spanOf, type KeyPath } from './locate.ts';
import type { ModelSpec } from './modelSpec.ts';

/** A file that a spec names. */
interface NamedFile {
  readonly keys: KeyPath;
  readonly file: string;
}

/**
 * The files that a spec names and that are not there, each with those that may be meant. The codes and words are those of
 * the check before packaging, so that both are one finding.
 *
 * @param text of the spec, in which the findings have their place
 * @param file absolute path of the spec
 * @param isThere whether there is a file or folder, or for a pattern one that matches, of a path relative to the spec
 * @param files names that may be meant, relative with `/`; asked for only where something is missing, since the listing of a
 *   large folder takes a moment
 */
export async function missingFiles(
  { spec, text, file }: { readonly spec: Partial<ModelSpec>; readonly text: string; readonly file: string },
  isThere: (relative: string) => Promise<boolean>,
  files: () => Promise<readonly string[]>,
): Promise<readonly Finding[]> {
  const missing: NamedFile[] = [];
  for (const named of namedFiles(spec)) if (!(await isThere(named.file))) missing.push(named);
  if (missing.length === 0) return [];
  const meant = await files();
  return missing.map((named) => finding(named, text, file, meant));
}

function namedFiles(spec: Partial<ModelSpec>): readonly NamedFile[] {
  const { handler = '', extraFiles = [], examples = [] } = spec;
  const [script] = /^.+\.py(?=:\w+$|$)/.exec(handler) ?? [];
  return [
    ...(['weights', 'modelFile', 'labels', 'requirements', 'configFile'] as const).flatMap((key) => {
      const named = spec[key];
      return named === undefined ? [] : [{ keys: [key], file: named }];
    }),
    ...(script === undefined ? [] : [{ keys: ['handler'], file: script }]),
    ...extraFiles.map((name, index) => ({ keys: ['extraFiles', String(index)], file: name })),
    ...examples.map(({ image }, index) => ({ keys: ['examples', String(index), 'image'], file: image })),
  ];
}

function finding({ keys, file: named }: NamedFile, text: string, file: string, files: readonly string[]): Finding {
  const [field = ''] = keys;
  const location = { path: file, ...locate(text, keys) };
  const isPattern = field === 'extraFiles' && /[*?[]/.test(named);
  const fixes = isPattern ? [] : fixesFor(keys, named, text, files);
  const [first] = fixes;
  const remedy =
    first === undefined ? 'Fix the path, or put the file there.' : `${first.title}, or put the file there.`;
  const said = {
    severity: 'error' as const,
    location,
    ...(fixes.length > 0 && { fixes }),
  };
  if (isPattern) {
    return {
      ...said,
      code: 'pattern-matches-nothing',
      message: `extraFiles: ${named} matches no file in the folder.`,
      remedy: 'Fix the pattern, or take it out.',
    };
  }
  return {
    ...said,
    code: field === 'handler' ? 'handler-not-found' : 'file-missing',
    message: `${field}: there is no ${named} in the folder.`,
    remedy,
  };
}

/** Files of the same ending whose name, or whole path, is near. */
function fixesFor(keys: KeyPath, named: string, text: string, files: readonly string[]): readonly TextFix[] {
  const span = spanOf(text, keys, 'value') ?? itemSpan(text, keys, named);
  if (span === undefined) return [];
  const ending = path.posix.extname(named).toLowerCase();
  const alike = files.filter((file) => path.posix.extname(file).toLowerCase() === ending);
  const base = path.posix.basename(named);
  const moved = alike.filter((file) => path.posix.basename(file) === base);
  const near =
    nearestWord(named, alike) ??
    alike.find(
      (file) =>
        path.posix.basename(file) ===
        nearestWord(
          base,
          alike.map((other) => path.posix.basename(other)),
        ),
    );
  const only = alike.length === 1 ? alike : [];
  return [...new Set([...moved, ...(near === undefined ? [] : [near]), ...only])]
    .slice(0, 5)
    .map((file) => ({ title: `Write ${file}`, ...span, text: file }));
}

/** Of a list, an item has no key: its text is looked for in its line. */
function itemSpan(text: string, keys: KeyPath, named: string): Omit<TextFix, 'title' | 'text'> | undefined {
  const { line } = locate(text, keys);
  const column = (text.split(/\r?\n/)[line] ?? '').indexOf(named);
  return column < 0 ? undefined : { line, column, endColumn: column + named.length };
}

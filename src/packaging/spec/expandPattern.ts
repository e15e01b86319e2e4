import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from '../../foundation/isThere.ts';

/**
 * The paths that a pattern of a spec means, in order: `*`, `?` and `[...]` segment by segment, as Python's glob does without
 * `recursive`. A path without a wildcard is given as it is, whether or not it is there.
 *
 * @param folder absolute
 */
export async function matchingPaths(folder: string, pattern: string): Promise<readonly string[]> {
  let found = [''];
  let hasWildcard = false;
  for (const segment of pattern.split('/')) {
    if (!/[*?[]/.test(segment)) {
      const joined = found.map((parent) => path.posix.join(parent, segment));
      // What a wildcard matched need not have it; a path without one is looked up, and missed, later.
      found = hasWildcard ? await present(folder, joined) : joined;
      continue;
    }
    hasWildcard = true;
    const matches = segmentPattern(segment);
    const next: string[] = [];
    for (const parent of found) {
      const names = await readdir(path.resolve(folder, parent)).catch(() => []);
      next.push(...names.filter((name) => matches.test(name)).map((name) => path.posix.join(parent, name)));
    }
    found = next;
  }
  return found.sort();
}

async function present(folder: string, paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(paths.map((relative) => isThere(path.resolve(folder, relative))));
  return paths.filter((_, index) => there[index]);
}

function segmentPattern(segment: string): RegExp {
  const source = segment
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\[!/g, '[^')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  // A wildcard does not match a leading dot.
  return new RegExp(`^${segment.startsWith('.') ? '' : '(?!\\.)'}${source}$`);
}

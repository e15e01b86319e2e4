/** Keys from the root of a document to a value; an index of a list as a number in text. */
export type KeyPath = readonly string[];

/**
 * The place of a key in YAML text, for the block style that {@link formatSpec} writes and people do. js-yaml tells no
 * positions. Falls back to the nearest parent that is found, at last to the first line.
 */
export function locate(
  text: string,
  keys: KeyPath,
): { readonly line: number; readonly column: number; readonly endLine: number; readonly endColumn: number } {
  const lines = text.split(/\r?\n/);
  let line = 0;
  let from = 0;
  let indent = -1;
  for (const key of keys) {
    const found = findKey(lines, from, indent, key);
    if (found === undefined) break;
    line = found.line;
    from = found.line + 1;
    indent = found.indent;
  }
  const content = lines[line] ?? '';
  const column = content.length - content.trimStart().length;
  return { line, column, endLine: line, endColumn: Math.max(content.trimEnd().length, column) };
}

function findKey(
  lines: readonly string[],
  from: number,
  parentIndent: number,
  key: string,
): { readonly line: number; readonly indent: number } | undefined {
  let items = -1;
  for (let line = from; line < lines.length; line += 1) {
    const content = lines[line] ?? '';
    if (/^\s*(#|$)/.test(content)) continue;
    const indent = content.length - content.trimStart().length;
    const isItem = content.trimStart().startsWith('- ');
    // A list may stand at its key's own indentation; anything else there ends the mapping.
    if (indent < parentIndent || (indent === parentIndent && !isItem)) return undefined;
    if (isItem) {
      items += 1;
      if (String(items) === key) return { line, indent };
    } else if (isKey(content.trimStart(), key)) {
      return { line, indent };
    }
  }
  return undefined;
}

/** Whether a line begins with a key, in quotes or not. */
function isKey(line: string, key: string): boolean {
  return ['', '"', "'"].some(
    (quote) => line.startsWith(`${quote}${key}${quote}`) && /^\s*:/.test(line.slice(key.length + 2 * quote.length)),
  );
}

/**
 * The columns of a key, or of its value, in the line where {@link locate} finds it; undefined where the line does not have
 * them. A value that stands on lines of its own is undefined.
 */
export function spanOf(
  text: string,
  keys: KeyPath,
  part: 'key' | 'value',
): { readonly line: number; readonly column: number; readonly endColumn: number } | undefined {
  const { line } = locate(text, keys);
  const content = text.split(/\r?\n/)[line] ?? '';
  const key = (keys.at(-1) ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`(?<=^\\s*(?:- +)*|[{,]\\s*)(["']?)${key}\\1(?=\\s*:(?:\\s|$))`).exec(content);
  if (found === null) return undefined;
  const end = found.index + found[0].length;
  if (part === 'key') return { line, column: found.index, endColumn: end };
  const value = /^(\s*:\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#,}\]][^#,}\]]*?)(?=\s*(?:[,}\]]|\s#|$))/.exec(
    content.slice(end),
  );
  if (value === null) return undefined;
  const column = end + (value[1] ?? '').length;
  return { line, column, endColumn: column + (value[2] ?? '').length };
}

import type { KeyPath } from '../locate.ts';
import { listItem, schemaAt } from './schemaNodes.ts';

/** A place in a text; zero-based. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** A part of one line. */
export interface TextSpan extends TextPosition {
  readonly endColumn: number;
}

/** Where in a spec a cursor stands. */
export interface SpecPlace {
  /** Leads to the block whose field is written here; an item of a list is {@link listItem}. */
  readonly keys: KeyPath;
  readonly part: 'key' | 'value';
  /** The field: that of a value, or the word under the cursor. */
  readonly field: string;
  /** The word under the cursor, which a completion replaces. */
  readonly word: TextSpan & { readonly text: string };
  /** Other fields of the same block. */
  readonly present: readonly string[];
  /** Spaces before the fields of this block; undefined inside `{ … }`. */
  readonly indent?: number;
  /** Behind the key stands a colon already. */
  readonly hasColon: boolean;
}

/** What a line begins with: spaces, dashes of list items, then its content. */
interface Line {
  readonly text: string;
  /** Column of the first dash, or of the content. */
  readonly start: number;
  /** Column of the content. */
  readonly indent: number;
  readonly isItem: boolean;
  readonly isEmpty: boolean;
}

/**
 * Where a cursor stands in the text of a `model-deck.yaml` that may be half written: by its lines and indentation, since no
 * YAML parser reads a key without a colon. Undefined in a comment.
 */
export function placeAt(text: string, { line, column }: TextPosition): SpecPlace | undefined {
  const lines = text.split(/\r?\n/).map(readLine);
  const current = lines[line];
  if (current === undefined || inComment(current.text.slice(0, column))) return undefined;
  const open = openBrace(current.text.slice(0, column));
  if (open >= 0) return inBraces(lines, line, column, open);
  const indent = current.isEmpty ? column : current.indent;
  const keys = blockKeys(lines, line, indent);
  const before = current.text.slice(Math.min(indent, column), column);
  const key = /^\s*(["']?)([\w.]*)\1\s*:(\s|$)/.exec(before);
  if (key !== null) return valuePlace(keys, key[2] ?? '', current.text, { line, column }, indent + key[0].length);
  if (!/^["']?[\w.]*$/.test(before)) return listValue(keys, current.text, { line, column }, indent);
  const word = wordAt(current.text, line, column);
  // Whether an item begins with a field or is a value, the schema knows.
  if (keys.at(-1) === listItem && schemaAt(keys)?.properties === undefined) {
    return listValue(keys, current.text, { line, column }, indent);
  }
  return {
    keys,
    part: 'key',
    field: word.text,
    word,
    present: siblings(lines, line, indent),
    indent,
    hasColon: /^["']?\s*:/.test(current.text.slice(word.endColumn)),
  };
}

function readLine(text: string): Line {
  const [, spaces = '', dashes = ''] = /^(\s*)((?:- +|-$)*)/.exec(text) ?? [];
  const content = text.slice(spaces.length + dashes.length);
  return {
    text,
    start: spaces.length,
    indent: spaces.length + dashes.length,
    isItem: dashes !== '',
    isEmpty: dashes === '' && (content === '' || content.startsWith('#')),
  };
}

/** A comment begins a line or stands behind a space; a quoted `#` is text. */
function inComment(before: string): boolean {
  const bare = before.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (quoted) => '_'.repeat(quoted.length));
  return /(^|\s)#/.test(bare);
}

/** Column of the brace or bracket that is open; -1 where there is none. */
function openBrace(before: string): number {
  const open: number[] = [];
  for (const { 0: token, index } of before.matchAll(/"(?:[^"\\]|\\.)*"?|'[^']*'?|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push(index);
    else if (token === '}' || token === ']') open.pop();
  }
  return open.at(-1) ?? -1;
}

/** `resize: { method: exact, | }`, of which the braces stand on one line, as they do where people and we write them. */
function inBraces(lines: readonly Line[], line: number, column: number, open: number): SpecPlace | undefined {
  const { text = '', indent = 0 } = lines[line] ?? {};
  const outer = /(["']?)([\w.]+)\1\s*:\s*$/.exec(text.slice(0, open))?.[2];
  if (outer === undefined) return undefined;
  const keys = [...blockKeys(lines, line, indent), outer];
  if (text[open] === '[') return listValue([...keys, listItem], text, { line, column }, open + 1);
  const close = text.indexOf('}', column);
  const inside = text.slice(open + 1, close < 0 ? text.length : close);
  const start = Math.max(open, text.lastIndexOf(',', column - 1)) + 1;
  const before = text.slice(start, column);
  const key = /^\s*(["']?)([\w.]+)\1\s*:(\s|$)/.exec(before);
  if (key !== null) return valuePlace(keys, key[2] ?? '', text, { line, column }, start + key[0].length);
  const word = wordAt(text, line, column);
  const present = [...inside.matchAll(/(?:^|,)\s*["']?([\w.]+)["']?\s*:/g)].map((found) => found[1] ?? '');
  const hasColon = /^["']?\s*:/.test(text.slice(word.endColumn));
  return { keys, part: 'key', field: word.text, word, present: present.filter((name) => name !== word.text), hasColon };
}

/** The keys above a line, from the outermost one. */
function blockKeys(lines: readonly Line[], line: number, indent: number): KeyPath {
  const keys: string[] = [];
  const current = lines[line];
  // What leads here stands further left; only a list's key may stand where its dashes do.
  let keyBelow = indent;
  let dashBelow = indent;
  const enterItem = (start: number): void => {
    keys.unshift(listItem);
    keyBelow = start + 1;
    dashBelow = start;
  };
  if (current?.isItem === true) enterItem(current.start);
  for (let above = line - 1; above >= 0 && keyBelow > 0; above -= 1) {
    const found = lines[above];
    if (found === undefined || found.isEmpty) continue;
    const key = /^(["']?)([\w.-]+)\1\s*:/.exec(found.text.slice(found.indent))?.[2];
    if (found.indent < keyBelow && key !== undefined) {
      keys.unshift(key);
      keyBelow = found.indent;
      dashBelow = found.indent;
    }
    if (found.isItem && found.start < dashBelow) enterItem(found.start);
  }
  return keys;
}

/** The fields of the same block on other lines. */
function siblings(lines: readonly Line[], line: number, indent: number): readonly string[] {
  const found: string[] = [];
  const look = (from: number, step: 1 | -1): void => {
    for (let at = from; at >= 0 && at < lines.length; at += step) {
      const other = lines[at];
      if (other === undefined || other.isEmpty) continue;
      if (other.indent < indent || (step > 0 && other.isItem && other.start < indent)) return;
      const key = /^(["']?)([\w.]+)\1\s*:/.exec(other.text.slice(other.indent))?.[2];
      if (other.indent === indent && key !== undefined) found.push(key);
      if (step < 0 && other.isItem && other.start < indent) return;
    }
  };
  if (lines[line]?.isItem !== true) look(line - 1, -1);
  look(line + 1, 1);
  return found;
}

function valuePlace(keys: KeyPath, field: string, text: string, at: TextPosition, from: number): SpecPlace {
  return { keys, part: 'value', field, word: valueAt(text, at, from), present: [], hasColon: false };
}

/** An item of a list that is no block: its field is the list's own. */
function listValue(keys: KeyPath, text: string, at: TextPosition, from: number): SpecPlace {
  return { keys, part: 'value', field: '', word: valueAt(text, at, from), present: [], hasColon: false };
}

function wordAt(text: string, line: number, column: number): SpecPlace['word'] {
  const start = column - (/[\w.]*$/.exec(text.slice(0, column))?.[0].length ?? 0);
  const endColumn = column + (/^[\w.]*/.exec(text.slice(column))?.[0].length ?? 0);
  return { line, column: start, endColumn, text: text.slice(start, endColumn) };
}

/** A value from where it begins to a comma, a bracket or a comment. */
function valueAt(text: string, { line, column }: TextPosition, from: number): SpecPlace['word'] {
  const separated = /[,[{]/.test(text.slice(from, column)) ? from + text.slice(from, column).search(/[^,[{]*$/) : from;
  const start = separated + (/^\s*["']?/.exec(text.slice(separated, column))?.[0].length ?? 0);
  const endColumn = column + (/^(?:[^,\]}#"']*[^,\]}#"'\s])?/.exec(text.slice(column))?.[0].length ?? 0);
  return { line, column: start, endColumn, text: text.slice(start, endColumn) };
}

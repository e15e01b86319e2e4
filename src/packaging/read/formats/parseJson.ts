export interface JsonProblem {
  readonly message: string;
  /** Zero-based. */
  readonly line: number;
  readonly column: number;
}

export type JsonResult = { readonly value: unknown } | { readonly problem: JsonProblem };

const whitespace = /[ \t\r\n]*/y;
const scalar =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Parses JSON; where it is none, tells the line, which `JSON.parse` of Node 20 does not. */
export function parseJson(source: string): JsonResult {
  try {
    return { value: JSON.parse(source) as unknown };
  } catch {
    const { at, expected } = firstProblem(source);
    const before = source.slice(0, at);
    const line = before.split('\n').length - 1;
    const column = at - (before.lastIndexOf('\n') + 1);
    const found = at >= source.length ? 'the end of the file' : JSON.stringify(source[at]);
    return { problem: { message: `${expected} is missing before ${found}`, line, column } };
  }
}

/** Walks along the grammar (RFC 8259) without recursion, to the place where it breaks. */
function firstProblem(source: string): { readonly at: number; readonly expected: string } {
  const open: ('{' | '[')[] = [];
  let at = 0;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const length = pattern.exec(source)?.[0].length;
    at += length ?? 0;
    return length !== undefined;
  };
  const take = (character: string): boolean => {
    match(whitespace);
    if (source[at] !== character) return false;
    at += 1;
    return true;
  };
  const key = (): boolean => (match(whitespace), match(text));
  let needs: 'value' | 'after' = 'value';
  for (;;) {
    if (needs === 'value') {
      match(whitespace);
      if (take('{')) {
        if (take('}')) needs = 'after';
        else if (!key()) return { at, expected: 'a key in double quotes' };
        else if (!take(':')) return { at, expected: 'a colon' };
        else open.push('{');
      } else if (take('[')) {
        if (take(']')) needs = 'after';
        else open.push('[');
      } else if (match(scalar)) {
        needs = 'after';
      } else {
        return { at, expected: 'a value' };
      }
      continue;
    }
    const inside = open.at(-1);
    if (inside === undefined) return { at: (match(whitespace), at), expected: 'the end' };
    if (take(inside === '{' ? '}' : ']')) {
      open.pop();
    } else if (!take(',')) {
      return { at, expected: 'a comma' };
    } else if (inside === '{' && !key()) {
      return { at, expected: 'a key in double quotes' };
    } else if (inside === '{' && !take(':')) {
      return { at, expected: 'a colon' };
    } else {
      needs = 'value';
    }
  }
}

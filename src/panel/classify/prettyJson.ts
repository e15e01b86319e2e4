/** A part of a JSON text: as it was written, or a list or object of parts. */
type Part = string | Container;

interface Container {
  readonly open: '[' | '{';
  readonly parts: readonly { readonly key: string; readonly value: Part }[];
  /** Written in one line, in characters. */
  readonly length: number;
}

/** Characters of a line. */
const width = 100;
/** Deeper ones are left as they are: no answer is, and the stack has an end. */
const deepest = 100;

/**
 * JSON with line breaks and indents for the eye. Numbers, texts and the order of keys stay as they were written, which
 * parsing it would lose; lists of numbers fill their lines. A text that is no JSON is given back as it is.
 */
export function prettyJson(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  const reader = new Reader(text);
  const whole = reader.value(0);
  return whole === undefined || !reader.isAtEnd() ? text : written(whole, '', 0);
}

/** Takes a text apart; what it does not know makes it give up. */
class Reader {
  private readonly token = /\s*(?:([[\]{},:])|("[^"\\]*(?:\\.[^"\\]*)*")|([^[\]{},:"\s][^[\]{},:"]*))/sy;
  private isRejected = false;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    return !this.isRejected && this.text.slice(this.token.lastIndex).trim() === '';
  }

  value(depth: number): Part | undefined {
    const token = this.next();
    if (token === '[' || token === '{') return this.container(token, depth);
    return token === undefined || /^[\]},:]$/.test(token) ? this.reject() : token;
  }

  private container(open: '[' | '{', depth: number): Container | undefined {
    if (depth > deepest) return this.reject();
    const close = open === '[' ? ']' : '}';
    const parts: { key: string; value: Part }[] = [];
    let length = 2;
    if (this.peek() === close) {
      this.next();
      return { open, parts, length };
    }
    for (;;) {
      let key = '';
      if (open === '{') {
        key = this.next() ?? '';
        if (!key.startsWith('"') || this.next() !== ':') return this.reject();
        key += ': ';
      }
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      parts.push({ key, value });
      length += key.length + value.length + 2;
      const after = this.next();
      if (after === close) return { open, parts, length };
      if (after !== ',') return this.reject();
    }
  }

  private peek(): string | undefined {
    const at = this.token.lastIndex;
    const token = this.next();
    this.token.lastIndex = at;
    return token;
  }

  private next(): string | undefined {
    const found = this.token.exec(this.text);
    return found?.[1] ?? found?.[2] ?? found?.[3]?.trimEnd();
  }

  private reject(): undefined {
    this.isRejected = true;
    return undefined;
  }
}

/** @param before how many characters stand in the line already */
function written(part: Part, indent: string, before: number): string {
  if (typeof part === 'string') return part;
  const { open, parts, length } = part;
  const close = open === '[' ? ']' : '}';
  const inner = `${indent}  `;
  if (parts.length === 0) return open + close;
  if (before + length <= width) {
    return open + parts.map(({ key, value }) => key + written(value, '', -Infinity)).join(', ') + close;
  }
  const isPlain = open === '[' && parts.every(({ value }) => typeof value === 'string');
  const lines = isPlain
    ? filled(
        parts.map(({ value }) => value as string),
        inner,
      )
    : parts.map(({ key, value }) => inner + key + written(value, inner, inner.length + key.length)).join(',\n');
  return `${open}\n${lines}\n${indent}${close}`;
}

/** As many in a line as fit. */
function filled(texts: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const [index, text] of texts.entries()) {
    const item = index < texts.length - 1 ? `${text},` : text;
    if (line !== '' && indent.length + line.length + 1 + item.length > width) {
      lines.push(indent + line);
      line = item;
    } else {
      line = line === '' ? item : `${line} ${item}`;
    }
  }
  return [...lines, indent + line].join('\n');
}

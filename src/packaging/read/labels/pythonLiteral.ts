/**
 * The value of a Python literal as `str()` or `repr()` writes dicts, lists and tuples of texts and numbers; JSON is one,
 * too. Undefined for anything else; nothing is run.
 */
export function parsePython(text: string): unknown {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[{}[\](),:]|[^\s{}[\](),:'"]+/g) ?? [];
  const reader = new LiteralReader(tokens);
  try {
    const value = reader.value(0);
    return reader.isAtEnd && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Deeper than any list of labels. */
const deepest = 16;

class LiteralReader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  get isAtEnd(): boolean {
    return this.at === this.tokens.length;
  }

  value(depth: number): unknown {
    const token = this.tokens[this.at];
    if (token === undefined || depth > deepest) throw new Error('it ends in the middle');
    this.at += 1;
    if (token === '{') return this.mapping(depth);
    if (token === '[' || token === '(') return this.list(token === '[' ? ']' : ')', depth);
    return scalar(token);
  }

  private mapping(depth: number): unknown {
    const items: [string, unknown][] = [];
    while (this.tokens[this.at] !== '}') {
      const key = this.value(depth + 1);
      this.expect(':');
      items.push([String(key), this.value(depth + 1)]);
      if (this.tokens[this.at] !== '}') this.expect(',');
    }
    this.at += 1;
    return Object.fromEntries(items);
  }

  private list(end: string, depth: number): unknown {
    const items: unknown[] = [];
    while (this.tokens[this.at] !== end) {
      items.push(this.value(depth + 1));
      if (this.tokens[this.at] !== end) this.expect(',');
    }
    this.at += 1;
    return items;
  }

  private expect(token: string): void {
    if (this.tokens[this.at] !== token) throw new Error(`${token} is missing`);
    this.at += 1;
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function scalar(token: string): unknown {
  if (/^['"]/.test(token)) {
    const pattern = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/g;
    return token.slice(1, -1).replace(pattern, (_match, wide?: string, narrow?: string, plain?: string): string => {
      const code = wide ?? narrow;
      if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
      return escapes[plain ?? ''] ?? plain ?? '';
    });
  }
  const words: Readonly<Record<string, unknown>> = {
    True: true,
    true: true,
    False: false,
    false: false,
    None: null,
    null: null,
  };
  if (Object.hasOwn(words, token)) return words[token];
  const number = Number(token);
  if (Number.isNaN(number)) throw new Error(`${token} is no literal`);
  return number;
}

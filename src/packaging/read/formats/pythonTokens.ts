/** A token of Python source. Lines and columns are zero-based. */
export interface PythonToken {
  readonly kind: 'name' | 'string' | 'number' | 'operator';
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** One simple statement, or the head of a compound one. */
export interface PythonStatement {
  readonly indent: number;
  readonly tokens: readonly PythonToken[];
}

export interface PythonProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface PythonTokens {
  readonly statements: readonly PythonStatement[];
  /** What no Python would take: an open string or bracket. The statements before it are given all the same. */
  readonly problem?: PythonProblem;
}

const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const tabStop = 8;

/**
 * Splits Python source into logical lines of tokens, as far as structure needs it: strings with their prefixes, comments,
 * brackets, line continuations, `;` and indentation (Python language reference, section 2).
 */
export function tokenizePython(source: string): PythonTokens {
  return new Tokenizer(source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')).run();
}

class Tokenizer {
  private readonly statements: PythonStatement[] = [];
  private readonly open: PythonToken[] = [];
  private tokens: PythonToken[] = [];
  private indent = 0;
  private at = 0;
  private line = 0;
  private lineStart = 0;

  constructor(private readonly source: string) {}

  run(): PythonTokens {
    let problem: PythonProblem | undefined;
    while (problem === undefined && this.at < this.source.length) problem = this.next();
    const unclosed = this.open.at(-1);
    if (problem === undefined && unclosed !== undefined) {
      problem = { message: `'${unclosed.text}' was never closed`, line: unclosed.line, column: unclosed.column };
    }
    this.endStatement();
    return { statements: this.statements, ...(problem !== undefined && { problem }) };
  }

  private next(): PythonProblem | undefined {
    const character = this.source[this.at] ?? '';
    if (character === '\n') {
      if (this.open.length === 0) this.endStatement();
      this.newLine();
      return undefined;
    }
    if (/[ \t\f]/.test(character)) {
      this.at += 1;
      return undefined;
    }
    if (character === '#') {
      const end = this.source.indexOf('\n', this.at);
      this.at = end < 0 ? this.source.length : end;
      return undefined;
    }
    if (character === '\\' && this.source[this.at + 1] === '\n') {
      this.at += 1;
      this.newLine();
      return undefined;
    }
    if (this.tokens.length === 0) this.indent = this.indentation();
    const quote = this.match(/(?:[rbuft]{0,3})("""|'''|"|')/iy);
    if (quote !== undefined) return this.string(quote);
    const name = this.match(/[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_]*/uy);
    if (name !== undefined) return this.push('name', name);
    const number = this.match(/\.?\d(?:[eE][+-]|[\w.])*/y);
    if (number !== undefined) return this.push('number', number);
    return this.operator();
  }

  private operator(): PythonProblem | undefined {
    const text = this.match(/\.\.\.|->|:=|\*\*=?|\/\/=?|<<=?|>>=?|[=!<>+\-*/%&|^@]=|[^]/y) ?? '';
    const { line } = this;
    const column = this.at - this.lineStart;
    if (text === ';' && this.open.length === 0) {
      const { indent } = this;
      this.at += 1;
      this.endStatement();
      this.indent = indent;
      return undefined;
    }
    if ('([{'.includes(text)) this.open.push({ kind: 'operator', text, line, column });
    const opening = closing[text];
    if (opening !== undefined) {
      const last = this.open.pop();
      if (last === undefined) return { message: `unmatched '${text}'`, line, column };
      if (last.text !== opening) {
        return {
          message: `closing parenthesis '${text}' does not match opening parenthesis '${last.text}'`,
          line,
          column,
        };
      }
    }
    return this.push('operator', text);
  }

  /** A string from its prefix on; strings in three quotes go over lines. */
  private string(prefixed: string): PythonProblem | undefined {
    const quote = prefixed.replace(/^[a-z]*/i, '');
    const { line } = this;
    const column = this.at - this.lineStart;
    const start = this.at;
    let at = start + prefixed.length;
    while (!this.source.startsWith(quote, at)) {
      if (at >= this.source.length || (quote.length === 1 && this.source[at] === '\n')) {
        const what = quote.length === 1 ? 'string literal' : 'triple-quoted string literal';
        this.at = this.source.length;
        return { message: `unterminated ${what}`, line, column };
      }
      at += this.source[at] === '\\' ? 2 : 1;
    }
    at += quote.length;
    const text = this.source.slice(start, at);
    this.tokens.push({ kind: 'string', text, line, column });
    for (let index = start; index < at; index += 1) {
      if (this.source[index] !== '\n') continue;
      this.line += 1;
      this.lineStart = index + 1;
    }
    this.at = at;
    return undefined;
  }

  private push(kind: PythonToken['kind'], text: string): undefined {
    this.tokens.push({ kind, text, line: this.line, column: this.at - this.lineStart });
    this.at += text.length;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.source)?.[0];
  }

  /** Column of the line's first character, tabs widened as Python does. */
  private indentation(): number {
    let column = 0;
    for (const character of this.source.slice(this.lineStart, this.at)) {
      if (character === '\t') column += tabStop - (column % tabStop);
      else if (character === '\f') column = 0;
      else column += 1;
    }
    return column;
  }

  private newLine(): void {
    this.at += 1;
    this.line += 1;
    this.lineStart = this.at;
  }

  private endStatement(): void {
    if (this.tokens.length > 0) this.statements.push({ indent: this.indent, tokens: this.tokens });
    this.tokens = [];
  }
}

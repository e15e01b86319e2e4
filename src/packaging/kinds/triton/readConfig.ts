/** A message of protobuf's text format: its fields in order, each as often as it stands there. */
export type TextMessage = ReadonlyMap<string, readonly TextValue[]>;
export type TextValue = string | TextMessage;

/** It is not protobuf's text format; `message` says where. */
export class NotTextFormat extends Error {}

interface Token {
  readonly kind: 'word' | 'text' | 'mark';
  readonly value: string;
  readonly line: number;
}

/** A config.pbtxt is far from this deep. */
const deepest = 50;

/**
 * Reads a `config.pbtxt`. Fields are looked up by their names; numbers and names of enumerations stay text.
 * @throws NotTextFormat
 */
export function readTextFormat(text: string): TextMessage {
  const tokens = tokensOf(text);
  const { message, next } = readMessage(tokens, 0, undefined, 0);
  if (next < tokens.length)
    throw new NotTextFormat(`line ${tokens[next]?.line ?? 0}: unexpected ${tokens[next]?.value}`);
  return message;
}

/** The last value of a field that is text or a number. */
export function textOf(message: TextMessage | undefined, field: string): string | undefined {
  return message?.get(field)?.findLast((value) => typeof value === 'string');
}

/** The messages of a field. */
export function messagesOf(message: TextMessage, field: string): readonly TextMessage[] {
  return (message.get(field) ?? []).filter((value) => typeof value !== 'string');
}

/** The texts of a field, of which there may be many. */
export function textsOf(message: TextMessage, field: string): readonly string[] {
  return (message.get(field) ?? []).filter((value) => typeof value === 'string');
}

function tokensOf(text: string): readonly Token[] {
  const pattern = /#[^\n]*|\s+|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([\w.+-]+)|([{}[\]:,;<>])/gy;
  const tokens: Token[] = [];
  let line = 1;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) throw new NotTextFormat(`line ${line}: unexpected ${text.slice(at, at + 12)}`);
    const [all, double, single, word, mark] = found;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: unescaped(quoted), line });
    if (word !== undefined) tokens.push({ kind: 'word', value: word, line });
    if (mark !== undefined && mark !== ',' && mark !== ';') tokens.push({ kind: 'mark', value: mark, line });
    line += all.split('\n').length - 1;
  }
  return tokens;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter);
}

const closing: Readonly<Record<string, string>> = { '{': '}', '<': '>' };

function readMessage(
  tokens: readonly Token[],
  start: number,
  end: string | undefined,
  depth: number,
): { readonly message: TextMessage; readonly next: number } {
  if (depth > deepest) throw new NotTextFormat('it is nested too deeply');
  const message = new Map<string, TextValue[]>();
  let at = start;
  for (;;) {
    const token = tokens[at];
    if (token === undefined) {
      if (end === undefined) return { message, next: at };
      throw new NotTextFormat(`it ends before its ${end}`);
    }
    if (token.kind === 'mark' && token.value === end) return { message, next: at + 1 };
    if (token.kind !== 'word') throw new NotTextFormat(`line ${token.line}: unexpected ${token.value}`);
    const colon = tokens[at + 1]?.kind === 'mark' && tokens[at + 1]?.value === ':';
    const { values, next } = readValues(tokens, at + (colon ? 2 : 1), depth);
    message.set(token.value, [...(message.get(token.value) ?? []), ...values]);
    at = next;
  }
}

/** One value, or a list of them in brackets. Texts that follow each other are one. */
function readValues(
  tokens: readonly Token[],
  at: number,
  depth: number,
): { readonly values: readonly TextValue[]; readonly next: number } {
  const token = tokens[at];
  if (token === undefined) throw new NotTextFormat('it ends before a value');
  if (token.kind === 'mark' && token.value === '[') {
    const values: TextValue[] = [];
    let next = at + 1;
    while (!(tokens[next]?.kind === 'mark' && tokens[next]?.value === ']')) {
      const read = readValues(tokens, next, depth + 1);
      values.push(...read.values);
      next = read.next;
    }
    return { values, next: next + 1 };
  }
  const close = token.kind === 'mark' ? closing[token.value] : undefined;
  if (close !== undefined) {
    const { message, next } = readMessage(tokens, at + 1, close, depth + 1);
    return { values: [message], next };
  }
  if (token.kind === 'mark') throw new NotTextFormat(`line ${token.line}: unexpected ${token.value}`);
  let next = at + 1;
  let text = token.value;
  while (token.kind === 'text' && tokens[next]?.kind === 'text') {
    text += tokens[next]?.value ?? '';
    next += 1;
  }
  return { values: [text], next };
}

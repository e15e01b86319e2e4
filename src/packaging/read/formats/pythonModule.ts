import { tokenizePython, type PythonProblem, type PythonStatement, type PythonToken } from './pythonTokens.ts';

export interface PythonClass {
  readonly name: string;
  /** Base classes as they are written. */
  readonly bases: readonly string[];
  readonly methods: readonly PythonFunction[];
  /** `self.name = value` in its methods, in the order of the text. */
  readonly attributes: readonly PythonAttribute[];
  /** It makes attributes in a way that cannot be read off: `setattr`, `add_module`, `register_buffer` … */
  readonly hasHiddenAttributes: boolean;
  /** Where its name stands. */
  readonly at: PythonToken;
}

export interface PythonAttribute {
  readonly name: string;
  /** What is called for its value, `nn.Conv2d`; undefined when the value is no single call. */
  readonly callee?: string;
  /** Arguments of the call as they are written, by place, or by name with `name=` in front. */
  readonly given: readonly string[];
  readonly at: PythonToken;
  readonly end: PythonToken;
}

export interface PythonFunction {
  readonly name: string;
  readonly parameters: readonly PythonParameter[];
  readonly at: PythonToken;
}

export interface PythonParameter {
  readonly name: string;
  readonly required: boolean;
  /** Its default as it is written. */
  readonly usual?: string;
  /** Behind a star: it cannot be given by its place. */
  readonly keywordOnly: boolean;
  readonly at: PythonToken;
}

export interface PythonImport {
  /** `a.b` of `import a.b` and of `from a.b import c`; empty for `from . import c`. */
  readonly module: string;
  /** Leading dots of a relative import. */
  readonly level: number;
  /** Of `from … import`. */
  readonly names: readonly string[];
  /** In a `try`, so that the code may go on without it. */
  readonly guarded: boolean;
  readonly at: PythonToken;
  readonly end: PythonToken;
}

export interface PythonModule {
  /** Classes that the module's namespace ends up with as its own, by name; also those under a top-level `if` or `try`. */
  readonly classes: readonly PythonClass[];
  readonly functions: readonly PythonFunction[];
  /** Everything bound at the top: classes, functions, imports, assignments. */
  readonly names: ReadonlySet<string>;
  readonly imports: readonly PythonImport[];
  readonly problem?: PythonProblem;
}

/** Calls that make a class whose `__module__` is the calling module. */
const classFactories =
  /^(?:collections\.|typing\.|enum\.)?(?:namedtuple|NamedTuple|TypedDict|Enum|IntEnum|StrEnum|Flag|IntFlag)$/;

interface Block {
  readonly indent: number;
  readonly kind: 'class' | 'function' | 'try' | 'main' | 'other';
  readonly owner?: Draft;
  /** The class that a method belongs to. */
  readonly methodOf?: Draft;
}

interface Draft {
  readonly name: string;
  readonly bases: readonly string[];
  readonly methods: PythonFunction[];
  readonly attributes: PythonAttribute[];
  hasHiddenAttributes: boolean;
  readonly at: PythonToken;
}

/** Reads the outline of a Python module from its text; it is never run. */
export function readPythonModule(source: string): PythonModule {
  const { statements, problem } = tokenizePython(source);
  const outline = new Outline();
  for (const statement of statements) outline.add(statement);
  return { ...outline.module(), ...(problem !== undefined && { problem }) };
}

class Outline {
  private readonly classes = new Map<string, PythonClass>();
  private readonly functions: PythonFunction[] = [];
  private readonly names = new Set<string>();
  private readonly imports: PythonImport[] = [];
  private readonly blocks: Block[] = [];

  module(): PythonModule {
    return {
      classes: [...this.classes.values()],
      functions: this.functions,
      names: this.names,
      imports: this.imports,
    };
  }

  add({ indent, tokens }: PythonStatement): void {
    while ((this.blocks.at(-1)?.indent ?? -1) >= indent) this.blocks.pop();
    const words = tokens[0]?.text === 'async' ? tokens.slice(1) : tokens;
    const word = words[0]?.text ?? '';
    const scope = this.blocks.findLast(({ kind }) => kind === 'class' || kind === 'function' || kind === 'main');
    if (word === 'import' || word === 'from') this.addImports(words, scope);
    else if (word === 'class') this.addClass(indent, words, scope);
    else if (word === 'def') this.addFunction(indent, words, scope);
    else if (compound.has(word) || words.at(-1)?.text === ':') this.blocks.push({ indent, kind: blockKind(words) });
    else if (scope === undefined) assign(words, this.classes, this.names);
    if (scope?.methodOf !== undefined) addAttribute(scope.methodOf, words);
  }

  private addImports(words: readonly PythonToken[], scope: Block | undefined): void {
    const guarded = this.blocks.some(({ kind }) => kind === 'try');
    this.imports.push(...importsOf(words, guarded));
    if (scope === undefined) for (const bound of boundNames(words)) this.names.add(bound);
  }

  private addClass(indent: number, words: readonly PythonToken[], scope: Block | undefined): void {
    const [, at] = words;
    if (at === undefined) return;
    const owner: Draft = { name: at.text, bases: argumentsOf(words).map(textOf), ...noMembers(), at };
    if (scope === undefined) {
      this.classes.set(owner.name, owner);
      this.names.add(owner.name);
    }
    this.blocks.push({ indent, kind: 'class', owner });
  }

  private addFunction(indent: number, words: readonly PythonToken[], scope: Block | undefined): void {
    const [, at] = words;
    if (at === undefined) return;
    const made: PythonFunction = { name: at.text, parameters: parametersOf(words), at };
    if (scope === undefined) {
      this.functions.push(made);
      this.names.add(made.name);
    }
    // A method under an `if` in the class body is one, too; one in another method is not.
    scope?.owner?.methods.push(made);
    this.blocks.push({ indent, kind: 'function', ...(scope?.owner && { methodOf: scope.owner }) });
  }
}

function noMembers(): Pick<Draft, 'methods' | 'attributes' | 'hasHiddenAttributes'> {
  return { methods: [], attributes: [], hasHiddenAttributes: false };
}

/** Calls that make attributes whose names are not read here. */
const hidden = new Set(['setattr', 'add_module', 'register_module', 'register_buffer', 'register_parameter']);

function addAttribute(owner: Draft, words: readonly PythonToken[]): void {
  if (words.some(({ kind, text }) => kind === 'name' && hidden.has(text))) owner.hasHiddenAttributes = true;
  const [self, dot, at] = words;
  const equals = topLevel(words).find(({ text }) => text === '=');
  const end = words.at(-1);
  if (self?.text !== 'self' || dot?.text !== '.' || at === undefined || equals === undefined || end === undefined)
    return;
  const after = words[3]?.text ?? '';
  const value = words.slice(words.indexOf(equals) + 1);
  // Several targets bind more than one name; `self.a.b = …` binds none of this class.
  if (after === ',' || topLevel(value).some(({ text }) => text === '=')) owner.hasHiddenAttributes = true;
  if (after !== '=' && after !== ':') return;
  const opening = value.findIndex(({ text }) => text === '(');
  const isCall = opening > 0 && closingOf(value, opening) === value.length - 1;
  owner.attributes.push({
    name: at.text,
    ...(isCall && { callee: textOf(value.slice(0, opening)) }),
    given: isCall ? argumentsOf(value).map(textOf) : [],
    at,
    end,
  });
}

function closingOf(words: readonly PythonToken[], opening: number): number {
  let depth = 0;
  for (let index = opening; index < words.length; index += 1) {
    depth += bracket(words[index]);
    if (depth === 0) return index;
  }
  return words.length;
}

const compound = new Set(['if', 'elif', 'else', 'try', 'except', 'finally', 'for', 'while', 'with']);

function blockKind(words: readonly PythonToken[]): Block['kind'] {
  if (words[0]?.text === 'try') return 'try';
  // The import fails first, then this one is tried: it is no guard, but both may be missing on one machine.
  if (words[0]?.text === 'except') return 'try';
  const isMain = words[0]?.text === 'if' && words[1]?.text === '__name__' && words[2]?.text === '==';
  return isMain ? 'main' : 'other';
}

/** `Name = Other` and `Name = namedtuple(…)` add classes to the namespace; other assignments only names. */
function assign(words: readonly PythonToken[], classes: Map<string, PythonClass>, names: Set<string>): void {
  const [target, equals, ...value] = words;
  if (target?.kind !== 'name') return;
  if (target.text === 'del') {
    for (const gone of words.slice(1)) classes.delete(gone.text);
    return;
  }
  if (equals?.text !== '=' && equals?.text !== ':') return;
  names.add(target.text);
  if (equals.text !== '=') return;
  const original = value.length === 1 ? classes.get(value[0]?.text ?? '') : undefined;
  const opening = value.findIndex((token) => token.text === '(');
  const isFactory = opening > 0 && classFactories.test(textOf(value.slice(0, opening)));
  if (original !== undefined) classes.set(target.text, { ...original, name: target.text, at: target });
  else if (isFactory) classes.set(target.text, { name: target.text, bases: [], ...noMembers(), at: target });
  else classes.delete(target.text);
}

function importsOf(words: readonly PythonToken[], guarded: boolean): PythonImport[] {
  const [first, ...rest] = words;
  const end = words.at(-1);
  if (first === undefined || end === undefined) return [];
  if (first.text === 'import') {
    return split(rest).map((part) => {
      const as = part.findIndex((token) => token.text === 'as');
      const module = textOf(as < 0 ? part : part.slice(0, as));
      return { module, level: 0, names: [], guarded, at: part[0] ?? first, end: part.at(-1) ?? end };
    });
  }
  const keyword = rest.findIndex((token) => token.text === 'import');
  if (keyword < 0) return [];
  const from = textOf(rest.slice(0, keyword));
  const module = from.replace(/^\.+/, '');
  return [
    {
      module,
      level: from.length - module.length,
      names: importedNames(rest.slice(keyword + 1), 0),
      guarded,
      at: first,
      end,
    },
  ];
}

function boundNames(words: readonly PythonToken[]): readonly string[] {
  const keyword = words.findIndex((token) => token.text === 'import');
  const isFrom = words[0]?.text === 'from';
  const bound = importedNames(words.slice(keyword + 1), -1);
  return isFrom ? bound : bound.map((name) => name.split('.')[0] ?? name);
}

/** The names of an import list: the imported ones (`which` 0) or those that they are bound to (-1). */
function importedNames(words: readonly PythonToken[], which: 0 | -1): readonly string[] {
  return split(words.filter((token) => token.text !== '(' && token.text !== ')')).map((part) => {
    const as = part.findIndex((token) => token.text === 'as');
    if (as < 0) return textOf(part);
    return which === 0 ? textOf(part.slice(0, as)) : textOf(part.slice(as + 1));
  });
}

function parametersOf(words: readonly PythonToken[]): readonly PythonParameter[] {
  const parameters: PythonParameter[] = [];
  let keywordOnly = false;
  for (const part of argumentsOf(words)) {
    const [first] = part;
    // A parameter with stars takes what is left, and may take nothing; a bare star only divides, as a slash does.
    if (first?.text === '*') keywordOnly = true;
    if (first?.kind !== 'name') continue;
    const equals = topLevel(part).find((token) => token.text === '=');
    const usual = equals && textOf(part.slice(part.indexOf(equals) + 1));
    const required = equals === undefined;
    parameters.push({ name: first.text, required, ...(usual !== undefined && { usual }), keywordOnly, at: first });
  }
  return parameters;
}

/** The parts between the first pair of parentheses, by its commas. */
function argumentsOf(words: readonly PythonToken[]): readonly (readonly PythonToken[])[] {
  const opening = words.findIndex((token) => token.text === '(');
  if (opening < 0) return [];
  let depth = 0;
  for (let index = opening; index < words.length; index += 1) {
    depth += bracket(words[index]);
    if (depth === 0) return split(words.slice(opening + 1, index));
  }
  return split(words.slice(opening + 1));
}

function split(words: readonly PythonToken[]): readonly (readonly PythonToken[])[] {
  const parts: PythonToken[][] = [[]];
  let depth = 0;
  for (const token of words) {
    depth += bracket(token);
    if (depth === 0 && token.text === ',') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

function topLevel(words: readonly PythonToken[]): readonly PythonToken[] {
  let depth = 0;
  return words.filter((token) => {
    depth += bracket(token);
    return depth === 0;
  });
}

function bracket(token: PythonToken | undefined): number {
  if (token?.kind !== 'operator') return 0;
  return '([{'.includes(token.text) ? 1 : ')]}'.includes(token.text) ? -1 : 0;
}

function textOf(words: readonly PythonToken[]): string {
  return words.map((token) => token.text).join('');
}

import { load, type EventType, type State } from 'js-yaml';

/** Where the keys and items of a YAML text stand. */
export interface YamlLines {
  /** Zero-based line of the key (or item) at the path; of the nearest one above it when the path is missing. */
  lineOf(path: readonly (string | number)[]): number;
}

interface Node {
  readonly line: number;
  readonly children: Node[];
  kind: string | null;
  result: unknown;
}

/**
 * Parses YAML and remembers where it all stands. js-yaml gives positions for syntax errors only, but reports each node
 * that it opens and closes.
 */
export function parseYamlWithLines(
  text: string,
):
  | { readonly value: unknown; readonly lines: YamlLines }
  | { readonly problem: { readonly message: string; readonly line: number; readonly column?: number } } {
  const open: Node[] = [];
  let root: Node | undefined;
  const listener = (event: EventType, state: State): void => {
    if (event === 'open') {
      open.push({ line: state.line, children: [], kind: null, result: undefined });
      return;
    }
    const node = open.pop();
    if (node === undefined) return;
    node.kind = state.kind;
    node.result = state.result as unknown;
    const parent = open.at(-1);
    if (parent === undefined) root = node;
    else parent.children.push(node);
  };
  let value: unknown;
  try {
    value = load(text, { listener });
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
    const message = `The text is not YAML: ${reason ?? (error as Error).message}.`;
    return { problem: { message, line: mark?.line ?? 0, ...(mark && { column: mark.column }) } };
  }
  return { value, lines: { lineOf: (path) => lineOf(root, path) } };
}

function lineOf(root: Node | undefined, path: readonly (string | number)[]): number {
  let line = root?.line ?? 0;
  let node = root;
  for (const step of path) {
    const found = node === undefined ? undefined : child(node, step);
    if (found === undefined) return line;
    line = found.key.line;
    node = found.value;
  }
  return line;
}

function child(
  node: Node,
  step: string | number,
): { readonly key: Node; readonly value: Node | undefined } | undefined {
  const { children } = node;
  if (node.kind === 'sequence') {
    const item = children[Number(step)];
    return item && { key: item, value: item };
  }
  if (node.kind !== 'mapping') return undefined;
  for (let index = 0; index + 1 < children.length; index += 2) {
    const key = children[index];
    if (key !== undefined && String(key.result) === String(step)) return { key, value: children[index + 1] };
  }
  return undefined;
}

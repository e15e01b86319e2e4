import { dump } from 'js-yaml';
import { locate } from './locate.ts';
import type { DeploySpec, ModelSpec } from './modelSpec.ts';

/** YAML as model-deck.yaml has it: blocks at the top, and what is in them on one line each. */
export function yaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true, flowLevel: 2 });
}

/** The text of a spec with its top-level `deploy` replaced, or put at the end where it has none. */
export function withDeploy(text: string, deploy: DeploySpec): string {
  return withBlock(text, 'deploy', yaml({ deploy }));
}

/**
 * The text of a spec with one top-level key replaced, or put at the end where it is missing. Every other line stays as the
 * user wrote it, comments too.
 *
 * @param block YAML with the key; undefined takes it out
 */
export function withBlock(text: string, key: keyof ModelSpec, block: string | undefined): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(/\r?\n/);
  const added = block === undefined ? [] : block.trimEnd().split('\n');
  const start = lines.findIndex((line) => new RegExp(`^(["']?)${key}\\1\\s*:`).test(line));
  if (start < 0) {
    if (block === undefined) return text;
    while (lines.at(-1)?.trim() === '') lines.pop();
    return [...lines, ...added, ''].join(end);
  }
  // What belongs to it is indented, or an item of a list; comments and empty lines before the next key belong to that one.
  let after = start + 1;
  for (let line = after; line < lines.length && !/^[^\s-]/.test(lines[line] ?? ''); line += 1) {
    if (/^(\s+[^#\s]|-)/.test(lines[line] ?? '')) after = line + 1;
  }
  return [...lines.slice(0, start), ...added, ...lines.slice(after)].join(end);
}

/** The text of a spec that names other weights, line by line as it was. @param to `sha256` in place of the former one */
export function withOtherWeights(
  text: string,
  { provenance }: Pick<ModelSpec, 'provenance'>,
  to: { readonly weights: string; readonly sha256?: string },
): string {
  const { line } = locate(text, ['weights']);
  const value = dump(to.weights, { lineWidth: -1 }).trimEnd();
  const lines = text.split('\n');
  const named = (lines[line] ?? '').replace(
    /^(["']?weights["']?\s*:\s*)(?:"[^"]*"|'[^']*'|[^#\r]*?)(\s+#.*|\s*)$/,
    (_, before: string, behind: string) => `${before}${value}${behind}`,
  );
  const changed = [...lines.slice(0, line), named, ...lines.slice(line + 1)].join('\n');
  const former = provenance?.sha256;
  return former === undefined || to.sha256 === undefined ? changed : changed.replace(former, to.sha256);
}

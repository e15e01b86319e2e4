import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KubeconfigCase } from './kubeconfigCases.ts';

/** JSON as block YAML, as tools write it; enough for a kubeconfig. */
export function toBlock(json: string): string {
  const value = JSON.parse(json) as Record<string, unknown>;
  return Object.entries(value)
    .map(([key, part]) =>
      Array.isArray(part)
        ? `${key}:\n${(part as Record<string, unknown>[])
            .map(
              (item) =>
                `- ${Object.entries(item)
                  .map(([field, inner]) => `${field}: ${block(inner, '    ')}`)
                  .join('\n  ')}`,
            )
            .join('\n')}\n`
        : `${key}: ${JSON.stringify(part)}\n`,
    )
    .join('');
}

function block(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, inner]) => `\n${indent}${key}: ${String(inner)}`)
    .join('');
}

/** Writes the files of a case into a folder; those that begin as scripts do can be run. */
export async function writeCase(folder: string, { files }: KubeconfigCase): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: String(content).startsWith('#!') ? 0o700 : 0o600 });
  }
}

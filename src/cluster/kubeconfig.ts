import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { ModelDeckError } from '../foundation/error.ts';
import { fileError } from '../foundation/fileErrors.ts';

/** A context as the kubeconfig names it. Nothing of it is a secret: credentials are never read into it. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user?: string;
  readonly namespace?: string;
  /** The cluster's address, when a file defines the cluster. */
  readonly server?: string;
  readonly isCurrent: boolean;
  /** The file that defines the context. */
  readonly file: string;
}

/** The files that kubectl would read: those of `KUBECONFIG`, else `~/.kube/config`. */
export function kubeconfigPaths(environment: NodeJS.ProcessEnv, home: string = homedir()): readonly string[] {
  const listed = (environment['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  return listed.length > 0 ? listed : [path.join(home, '.kube', 'config')];
}

/**
 * Lists the contexts of several kubeconfig files as kubectl merges them: the first file that defines a name wins, a
 * missing file is skipped, the first `current-context` counts. Sorted by name. Reads files only.
 *
 * @throws ModelDeckError `invalid-input` naming the file that is not a kubeconfig
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export async function readContexts(files: readonly string[]): Promise<readonly KubeContext[]> {
  const contexts = new Map<string, Omit<KubeContext, 'isCurrent' | 'server'>>();
  const servers = new Map<string, string>();
  let current: string | undefined;
  for (const file of files) {
    const config = await readConfig(file);
    if (config === undefined) continue;
    current ??= text(config['current-context']);
    for (const { name, value } of namedEntries(config['clusters'], 'cluster')) {
      const server = text(value['server']);
      if (server !== undefined && !servers.has(name)) servers.set(name, server);
    }
    for (const { name, value } of namedEntries(config['contexts'], 'context')) {
      const user = text(value['user']);
      const namespace = text(value['namespace']);
      if (contexts.has(name)) continue;
      contexts.set(name, {
        name,
        cluster: text(value['cluster']) ?? '',
        ...(user !== undefined && { user }),
        ...(namespace !== undefined && { namespace }),
        file,
      });
    }
  }
  return [...contexts.values()]
    .map((context) => {
      const server = servers.get(context.cluster);
      return { ...context, ...(server !== undefined && { server }), isCurrent: context.name === current };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

type YamlObject = Readonly<Record<string, unknown>>;

async function readConfig(file: string): Promise<YamlObject | undefined> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(error, 'read the kubeconfig', file);
  }
  let value: unknown;
  try {
    value = load(content, { filename: file });
  } catch (error) {
    throw notAKubeconfig(file, error);
  }
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw notAKubeconfig(file);
  return value;
}

function notAKubeconfig(file: string, cause?: unknown): ModelDeckError {
  const mark = (cause as { mark?: { line: number; column: number } } | undefined)?.mark;
  const location = { path: file, ...(mark && { line: mark.line, column: mark.column }) };
  return new ModelDeckError('invalid-input', `${file} is not a kubeconfig${mark ? ` (line ${mark.line + 1})` : ''}.`, {
    remedy: 'Mend the file, or take it out of KUBECONFIG.',
    location,
    nextStep: { kind: 'open-file', location },
    cause,
  });
}

function* namedEntries(list: unknown, key: string): Generator<{ name: string; value: YamlObject }> {
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    if (!isObject(entry)) continue;
    const name = text(entry['name']);
    const value = entry[key];
    if (name !== undefined && isObject(value)) yield { name, value };
  }
}

function isObject(value: unknown): value is YamlObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

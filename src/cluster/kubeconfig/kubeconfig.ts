import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { inClusterContext } from './inCluster.ts';

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
 * Lists the contexts of several kubeconfig files as kubectl merges them, sorted by name. Reads files only. Where they name
 * none, and the environment is that of a pod with a service account, its own cluster is the only context.
 *
 * @throws ModelDeckError `invalid-input` naming the file that is not a kubeconfig
 */
export async function readContexts(
  files: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<readonly KubeContext[]> {
  const config = await readKubeconfig(files);
  if (config.contexts.size === 0) {
    const inCluster = await inClusterContext(environment);
    return inCluster === undefined ? [] : [inCluster];
  }
  return [...config.contexts.keys()]
    .flatMap((name) => contextOf(config, name) ?? [])
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** What several kubeconfig files say together. Holds secrets: it stays in this folder. */
export interface Kubeconfig {
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
}

/** A context, cluster or user, as its file has it. */
export interface KubeconfigEntry {
  readonly value: YamlObject;
  readonly file: string;
}

export type YamlObject = Readonly<Record<string, unknown>>;

/**
 * Merges kubeconfig files as kubectl does: the first file that defines a name wins whole, a missing file is skipped, the
 * first `current-context` counts.
 *
 * @throws ModelDeckError `invalid-input` naming the file that is not a kubeconfig
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export async function readKubeconfig(files: readonly string[]): Promise<Kubeconfig> {
  const contexts = new Map<string, KubeconfigEntry>();
  const clusters = new Map<string, KubeconfigEntry>();
  const users = new Map<string, KubeconfigEntry>();
  let current: string | undefined;
  for (const file of files) {
    const config = await readConfig(file);
    if (config === undefined) continue;
    current ??= text(config['current-context']);
    addEntries(contexts, config['contexts'], 'context', file);
    addEntries(clusters, config['clusters'], 'cluster', file);
    addEntries(users, config['users'], 'user', file);
  }
  return { current, contexts, clusters, users };
}

/** The context of this name, when one of the files defines it. */
export function contextOf(config: Kubeconfig, name: string): KubeContext | undefined {
  const entry = config.contexts.get(name);
  if (entry === undefined) return undefined;
  const cluster = text(entry.value['cluster']) ?? '';
  const user = text(entry.value['user']);
  const namespace = text(entry.value['namespace']);
  const server = text(config.clusters.get(cluster)?.value['server']);
  return {
    name,
    cluster,
    ...(user !== undefined && { user }),
    ...(namespace !== undefined && { namespace }),
    ...(server !== undefined && { server }),
    isCurrent: name === config.current,
    file: entry.file,
  };
}

export function isObject(value: unknown): value is YamlObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A path that an entry names, reckoned from its file. */
export function absolute({ value, file }: KubeconfigEntry, field: string): string | undefined {
  const named = text(value[field]);
  return named === undefined ? undefined : path.resolve(path.dirname(file), named);
}

/** Leaves out what is undefined. */
export function fields<K extends string>(
  values: Readonly<Record<K, string | undefined>>,
): { readonly [key in K]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [key in K]?: string;
  };
}

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

function addEntries(entries: Map<string, KubeconfigEntry>, list: unknown, key: string, file: string): void {
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    if (!isObject(entry)) continue;
    const name = text(entry['name']);
    const value = entry[key];
    if (name !== undefined && isObject(value) && !entries.has(name)) entries.set(name, { value, file });
  }
}

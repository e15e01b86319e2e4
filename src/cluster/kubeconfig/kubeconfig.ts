import { ModelDeckError } from '../../foundation/error.ts';
import { isRecord, type JsonObject } from '../../foundation/json.ts';
import { EntryFields, type KubeconfigEntry } from './entryFields.ts';
import { inClusterContext } from './inCluster.ts';
import type { KubeContext } from './kubeContext.ts';
import { fileRemedy, readKubeconfigFile } from './kubeconfigFile.ts';

/** What the kubeconfig files name, and what of them cannot be used. */
export interface ContextList {
  /** The current one first, then by name. */
  readonly contexts: readonly KubeContext[];
  /** One error for each file that cannot be read, and for each entry that has no name: only these contexts are missing. */
  readonly problems: readonly ModelDeckError[];
}

/**
 * Lists the contexts of several kubeconfig files as kubectl merges them. Reads files only. Where they name none, and the
 * environment is that of a pod with a service account, its own cluster is the only context.
 */
export async function readContexts(
  files: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ContextList> {
  const config = await readKubeconfig(files, environment);
  const { problems } = config;
  if (config.contexts.size === 0) {
    const inCluster = await inClusterContext(environment);
    return { contexts: inCluster === undefined ? [] : [inCluster], problems };
  }
  const contexts = [...config.contexts.keys()]
    .flatMap((name) => listedContext(config, name) ?? [])
    .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || a.name.localeCompare(b.name));
  return { contexts, problems };
}

/** What several kubeconfig files say together. Holds secrets: it stays in this folder. */
export interface Kubeconfig {
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
  readonly problems: readonly ModelDeckError[];
}

/**
 * Merges kubeconfig files as kubectl does: the first file that defines a name wins whole, a missing file is skipped, the
 * first `current-context` counts. kubectl gives up at the first file that it cannot read; here the others still count.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export async function readKubeconfig(
  files: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Kubeconfig> {
  const contexts = new Map<string, KubeconfigEntry>();
  const clusters = new Map<string, KubeconfigEntry>();
  const users = new Map<string, KubeconfigEntry>();
  const problems: ModelDeckError[] = [];
  let current: string | undefined;
  for (const file of files) {
    try {
      const config = await readKubeconfigFile(file, environment);
      if (config === undefined) continue;
      const whole = new EntryFields({ value: config, file, what: 'the kubeconfig' });
      const parts = [
        [contexts, 'context'],
        [clusters, 'cluster'],
        [users, 'user'],
      ] as const;
      for (const [entries, key] of parts) addEntries(entries, { config, key, file, environment }, problems);
      current ??= whole.text('current-context');
    } catch (error) {
      problems.push(ModelDeckError.from(error));
    }
  }
  return { current, contexts, clusters, users, problems };
}

/**
 * The context of this name, when one of the files defines it.
 * @throws ModelDeckError `invalid-input` for a field of the wrong type
 */
export function contextOf(config: Kubeconfig, name: string): KubeContext | undefined {
  const entry = config.contexts.get(name);
  if (entry === undefined) return undefined;
  const fields = new EntryFields(entry);
  return describe(config, name, {
    cluster: fields.text('cluster') ?? '',
    user: fields.text('user'),
    namespace: fields.text('namespace'),
    file: entry.file,
  });
}

/** For the list: a context with a field that cannot be used is listed all the same, and says why when it is opened. */
function listedContext(config: Kubeconfig, name: string): KubeContext | undefined {
  const entry = config.contexts.get(name);
  if (entry === undefined) return undefined;
  const text = (field: string): string | undefined => {
    const value = entry.value[field];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const said = { cluster: text('cluster') ?? '', user: text('user'), namespace: text('namespace'), file: entry.file };
  return describe(config, name, said);
}

interface SaidContext {
  readonly cluster: string;
  readonly user: string | undefined;
  readonly namespace: string | undefined;
  readonly file: string;
}

function describe(config: Kubeconfig, name: string, { cluster, user, namespace, file }: SaidContext): KubeContext {
  const server = config.clusters.get(cluster)?.value['server'];
  return {
    name,
    cluster,
    ...(user !== undefined && { user }),
    ...(namespace !== undefined && { namespace }),
    ...(typeof server === 'string' && server !== '' && { server }),
    isCurrent: name === config.current,
    file,
  };
}

interface EntriesOfFile {
  readonly config: JsonObject;
  readonly key: 'context' | 'cluster' | 'user';
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
}

function addEntries(
  entries: Map<string, KubeconfigEntry>,
  { config, key, file, environment }: EntriesOfFile,
  problems: ModelDeckError[],
): void {
  const list = config[`${key}s`];
  if (list === undefined || list === null) return;
  const wrong = (where: string, isWhat: string): void => {
    const location = { path: file };
    problems.push(
      new ModelDeckError('invalid-input', `${where} of ${file} ${isWhat}.`, {
        brief: `${where} cannot be used`,
        remedy: fileRemedy(file, environment),
        location,
        nextStep: { kind: 'open-file', location },
      }),
    );
  };
  if (!Array.isArray(list)) return wrong(`${key}s`, 'is not a list');
  for (const [index, entry] of (list as unknown[]).entries()) {
    const where = `${key}s[${index}]`;
    if (!isRecord(entry)) wrong(where, 'is not a mapping');
    else if (typeof entry['name'] !== 'string') wrong(`${where}.name`, 'is not a text');
    else if (!isRecord(entry[key] ?? {})) wrong(`${where}.${key}`, 'is not a mapping');
    else if (entry['name'] !== '' && !entries.has(entry['name'])) {
      const value = (entry[key] ?? {}) as JsonObject;
      entries.set(entry['name'], { value, file, what: `${key} ${entry['name']}` });
    }
  }
}

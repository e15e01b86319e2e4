import { createHash } from 'node:crypto';
import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { inClusterContext, inClusterName, serviceAccountFiles } from './inCluster.ts';
import { absolute, contextOf, fields, isObject, readKubeconfig, text } from './kubeconfig.ts';
import type { Kubeconfig, KubeconfigEntry, KubeContext } from './kubeconfig.ts';
import { oidcConfigOf, type OidcConfig } from '../signIn/oidc/oidcConfig.ts';

/** A context with its cluster and user: all that a connection needs. Holds secrets: it stays in this folder. */
export interface ContextSettings {
  readonly context: KubeContext;
  readonly cluster: ClusterSettings;
  readonly user: UserSettings;
}

/** `clusters[].cluster`. Paths are absolute; of a file and inline data, only the data is kept, as kubectl prefers it. */
export interface ClusterSettings {
  readonly name: string;
  readonly server: string;
  readonly caFile?: string;
  readonly caData?: string;
  readonly tlsServerName?: string;
  readonly skipTlsVerify: boolean;
  readonly proxyUrl?: string;
  /** What a credential plugin is given when it asks for it. */
  readonly execExtension?: unknown;
}

/** `users[].user`, likewise. */
export interface UserSettings {
  readonly name: string;
  /** The file that defines the user, for remedies. */
  readonly file: string;
  readonly certFile?: string;
  readonly certData?: string;
  readonly keyFile?: string;
  readonly keyData?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly impersonate?: Impersonation;
  readonly exec?: ExecSettings;
  readonly oidc?: OidcConfig;
}

/** `as`, `as-uid`, `as-groups` and `as-user-extra`. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** `users[].user.exec`, the program that hands out credentials. */
export interface ExecSettings {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
  readonly interactiveMode?: string;
  readonly provideClusterInfo: boolean;
  readonly installHint?: string;
}

/**
 * @throws ModelDeckError `not-found` for a context that no file defines; `invalid-input` for one that cannot be used;
 *   `unsupported` for credentials of a kind that Kubernetes has given up
 */
export async function contextSettings(
  files: readonly string[],
  contextName: string,
  environment: NodeJS.ProcessEnv,
  serviceAccountFolder?: string,
): Promise<ContextSettings> {
  const config = await readKubeconfig(files);
  const context = contextOf(config, contextName);
  if (context !== undefined) {
    return { context, cluster: clusterSettings(config, context), user: userSettings(config, context) };
  }
  const inCluster =
    contextName === inClusterName ? await inClusterContext(environment, serviceAccountFolder) : undefined;
  if (inCluster === undefined) throw unknownContext(files, contextName);
  return inClusterSettings(inCluster);
}

/**
 * Tells whether two readings of the files lead to the same cluster as the same user: a hash, since there are secrets in what
 * it is made of. Which context is the current one does not count. @returns undefined for a context that cannot be used
 */
export async function contextFingerprint(
  files: readonly string[],
  contextName: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { context, cluster, user } = await contextSettings(files, contextName, environment);
    // Tokens of OpenID Connect are renewed all the time, and read anew by those who use them.
    const oidc = user.oidc && { ...user.oidc, idToken: undefined, refreshToken: undefined };
    const settings = JSON.stringify({ cluster, user: { ...user, oidc }, context: { ...context, isCurrent: false } });
    return createHash('sha256').update(settings).digest('hex');
  } catch {
    // Why it cannot be used is told by whoever opens a connection.
    return undefined;
  }
}

/** The credential plugin of a user, when it has one. */
export function execSettingsOf(entry: KubeconfigEntry): ExecSettings | undefined {
  const exec = entry.value['exec'];
  if (!isObject(exec)) return undefined;
  const command = text(exec['command']);
  if (command === undefined) throw wrongField(entry.file, 'a user has an exec plugin without a command');
  // A bare name is looked for on the PATH, anything else belongs beside the file: the rule of client-go.
  const isPath = command.includes('/') || (path.sep === '\\' && command.includes('\\'));
  const interactiveMode = text(exec['interactiveMode']);
  const installHint = text(exec['installHint']);
  return {
    command: isPath ? path.resolve(path.dirname(entry.file), command) : command,
    args: texts(exec['args']),
    env: (Array.isArray(exec['env']) ? (exec['env'] as unknown[]) : []).filter(isObject).flatMap((variable) => {
      const name = text(variable['name']);
      return name === undefined ? [] : [{ name, value: text(variable['value']) ?? '' }];
    }),
    apiVersion: text(exec['apiVersion']) ?? 'client.authentication.k8s.io/v1',
    ...(interactiveMode !== undefined && { interactiveMode }),
    provideClusterInfo: exec['provideClusterInfo'] === true,
    ...(installHint !== undefined && { installHint }),
  };
}

function clusterSettings(config: Kubeconfig, context: KubeContext): ClusterSettings {
  const entry = config.clusters.get(context.cluster);
  if (entry === undefined) throw missingPart(context, 'cluster', context.cluster);
  const { value } = entry;
  const server = text(value['server']) ?? '';
  if (!/^https?:\/\/[^/]/.test(server) || !URL.canParse(server)) {
    throw wrongField(entry.file, `cluster ${context.cluster} has no server that begins with https:// or http://`);
  }
  const caData = text(value['certificate-authority-data']);
  const caFile = caData === undefined ? absolute(entry, 'certificate-authority') : undefined;
  const tlsServerName = text(value['tls-server-name']);
  const proxyUrl = text(value['proxy-url']);
  if (proxyUrl !== undefined && !/^(https?|socks5h?):/.test(proxyUrl)) {
    throw wrongField(entry.file, `the proxy-url of cluster ${context.cluster} is neither http, https nor socks5`);
  }
  const execExtension = execExtensionOf(value['extensions']);
  return {
    name: context.cluster,
    server: server.replace(/\/+$/, ''),
    ...(caFile !== undefined && { caFile }),
    ...(caData !== undefined && { caData }),
    ...(tlsServerName !== undefined && { tlsServerName }),
    skipTlsVerify: value['insecure-skip-tls-verify'] === true,
    ...(proxyUrl !== undefined && { proxyUrl }),
    ...(execExtension !== undefined && { execExtension }),
  };
}

function userSettings(config: Kubeconfig, context: KubeContext): UserSettings {
  if (context.user === undefined) return { name: '', file: context.file };
  const entry = config.users.get(context.user);
  if (entry === undefined) throw missingPart(context, 'user', context.user);
  const { value, file } = entry;
  const certData = text(value['client-certificate-data']);
  const keyData = text(value['client-key-data']);
  const impersonate = impersonation(value);
  const exec = execSettingsOf(entry);
  const oidc = oidcConfig(entry, context.user);
  return {
    name: context.user,
    file,
    ...fields({
      certData,
      certFile: certData === undefined ? absolute(entry, 'client-certificate') : undefined,
      keyData,
      keyFile: keyData === undefined ? absolute(entry, 'client-key') : undefined,
      token: text(value['token']),
      tokenFile: absolute(entry, 'tokenFile'),
      username: text(value['username']),
      password: text(value['password']),
    }),
    ...(impersonate !== undefined && { impersonate }),
    ...(exec !== undefined && { exec }),
    ...(oidc !== undefined && { oidc }),
  };
}

function inClusterSettings(context: KubeContext): ContextSettings {
  const { tokenFile, caFile } = serviceAccountFiles(path.dirname(context.file));
  return {
    context,
    cluster: { name: context.cluster, server: context.server ?? '', caFile, skipTlsVerify: false },
    user: { name: inClusterName, file: tokenFile, tokenFile },
  };
}

function impersonation(value: Readonly<Record<string, unknown>>): Impersonation | undefined {
  const user = text(value['as']);
  if (user === undefined) return undefined;
  const uid = text(value['as-uid']);
  const extra = isObject(value['as-user-extra']) ? value['as-user-extra'] : {};
  return {
    user,
    ...(uid !== undefined && { uid }),
    groups: texts(value['as-groups']),
    extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, texts(values)])),
  };
}

/** The other auth-providers (gcp, azure, …) run programs without being asked about, and kubectl 1.26 gave them up. */
function oidcConfig(entry: KubeconfigEntry, user: string): OidcConfig | undefined {
  const provider = entry.value['auth-provider'];
  if (!isObject(provider)) return undefined;
  const name = text(provider['name']) ?? '';
  if (name !== 'oidc') {
    throw new ModelDeckError('unsupported', `User ${user} signs in by the auth-provider "${name}" (${entry.file}).`, {
      remedy: 'Let the tool of your cloud write the kubeconfig anew: it names a credential plugin nowadays.',
      location: { path: entry.file },
      nextStep: { kind: 'open-file', location: { path: entry.file } },
    });
  }
  return oidcConfigOf(provider, entry.file);
}

function execExtensionOf(extensions: unknown): unknown {
  const list = Array.isArray(extensions) ? (extensions as unknown[]) : [];
  return list.filter(isObject).find((entry) => entry['name'] === 'client.authentication.k8s.io/exec')?.['extension'];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as unknown[]).map(String) : [];
}

function unknownContext(files: readonly string[], contextName: string): ModelDeckError {
  return new ModelDeckError('not-found', `The kubeconfig has no context ${contextName} (${files.join(', ')}).`, {
    remedy: 'Choose another context, or add the file that defines it.',
  });
}

function missingPart(context: KubeContext, part: 'cluster' | 'user', name: string): ModelDeckError {
  return wrongField(context.file, `context ${context.name} names the ${part} "${name}", which no kubeconfig defines`);
}

function wrongField(file: string, what: string): ModelDeckError {
  const location = { path: file };
  return new ModelDeckError('invalid-input', `The kubeconfig cannot be used: ${what} (${file}).`, {
    remedy: 'Mend the file, or choose another context.',
    location,
    nextStep: { kind: 'open-file', location },
  });
}

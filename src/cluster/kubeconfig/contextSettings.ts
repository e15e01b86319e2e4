import { createHash } from 'node:crypto';
import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { oidcConfigOf, type OidcConfig } from '../signIn/oidc/oidcConfig.ts';
import { isProxyAddress } from '../transport/proxy.ts';
import { EntryFields, type KubeconfigEntry } from './entryFields.ts';
import { inClusterContext, inClusterName, serviceAccountFiles } from './inCluster.ts';
import { contextOf, readKubeconfig, type Kubeconfig } from './kubeconfig.ts';
import type { KubeContext } from './kubeContext.ts';
import { fileRemedy, readKubeconfigFile } from './kubeconfigFile.ts';

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
  const config = await readKubeconfig(files, environment);
  const context = contextOf(config, contextName);
  if (context !== undefined) {
    const cluster = clusterSettings(config, context, environment);
    const isPlainHttp = /^http:/i.test(cluster.server);
    return { context, cluster, user: userSettings(config, context, { isPlainHttp, environment }) };
  }
  const inCluster =
    contextName === inClusterName ? await inClusterContext(environment, serviceAccountFolder) : undefined;
  if (inCluster !== undefined) return inClusterSettings(inCluster);
  // It may stand in the file that cannot be read.
  const [problem] = config.problems;
  throw problem ?? unknownContext(files, contextName);
}

/** Whether a context still leads to the same cluster as the same user. */
export type ContextIdentity =
  | { readonly state: 'known'; readonly fingerprint: string }
  /** No file names it any more, or what it says cannot be used. */
  | { readonly state: 'gone' }
  /** A file cannot be read, is missing or empty right now, as while a tool writes it: nothing can be said. */
  | { readonly state: 'unclear' };

/**
 * Tells by a hash where a context leads and as whom. Secrets do not count: a renewed token or certificate is the same user,
 * and work that runs goes on with it. Nor does it count which context is the current one.
 */
export async function contextIdentity(
  files: readonly string[],
  contextName: string,
  environment: NodeJS.ProcessEnv,
): Promise<ContextIdentity> {
  try {
    const { context, cluster, user } = await contextSettings(files, contextName, environment);
    const { name, file, certFile, keyFile, tokenFile, username, impersonate, exec, oidc } = user;
    const kinds = Object.keys(user).sort();
    const as = { name, file, certFile, keyFile, tokenFile, username, impersonate, exec, kinds };
    const issuer = oidc && { issuer: oidc.issuer, clientId: oidc.clientId };
    const settings = JSON.stringify({ cluster, as, issuer, context: { ...context, isCurrent: false } });
    return { state: 'known', fingerprint: createHash('sha256').update(settings).digest('hex') };
  } catch {
    // Why it cannot be used is told by whoever opens a connection.
    return { state: (await areAllReadable(files, environment)) ? 'gone' : 'unclear' };
  }
}

async function areAllReadable(files: readonly string[], environment: NodeJS.ProcessEnv): Promise<boolean> {
  const read = await Promise.all(files.map((file) => readKubeconfigFile(file, environment).catch(() => undefined)));
  return read.every((content) => content !== undefined);
}

/** What client-go takes; the newest first, which has to name the mode. */
const execVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const interactiveModes = ['Never', 'IfAvailable', 'Always'];

/**
 * The credential plugin of a user, when it has one.
 * @throws ModelDeckError `invalid-input` for a plugin without a command, and for fields of the wrong type
 */
export function execSettingsOf(entry: KubeconfigEntry): ExecSettings | undefined {
  const exec = new EntryFields(entry).inner('exec');
  if (exec === undefined) return undefined;
  const command = exec.text('command');
  if (command === undefined) throw exec.wrong('command', 'is missing', 'Name the program that hands out credentials.');
  // A bare name is looked for on the PATH, anything else belongs beside the file: the rule of client-go.
  const isPath = command.includes('/') || (path.sep === '\\' && command.includes('\\'));
  const apiVersion = exec.text('apiVersion');
  if (apiVersion === undefined || !execVersions.includes(apiVersion)) {
    const isWhat = apiVersion === undefined ? 'is missing' : `is ${apiVersion}, which is no longer supported`;
    throw exec.wrong('apiVersion', isWhat, `Write ${execVersions[0]}.`);
  }
  const interactiveMode = exec.text('interactiveMode');
  const isModeKnown = interactiveMode === undefined || interactiveModes.includes(interactiveMode);
  if (!isModeKnown || (interactiveMode === undefined && apiVersion === execVersions[0])) {
    const isWhat = isModeKnown ? 'is missing' : 'is unknown';
    throw exec.wrong('interactiveMode', isWhat, `Write one of ${interactiveModes.join(', ')}.`);
  }
  const installHint = exec.text('installHint');
  return {
    command: isPath ? path.resolve(path.dirname(entry.file), command) : command,
    args: exec.texts('args'),
    env: exec.items('env').flatMap((variable) => {
      const name = variable.text('name');
      return name === undefined ? [] : [{ name, value: variable.text('value') ?? '' }];
    }),
    apiVersion,
    ...(interactiveMode !== undefined && { interactiveMode }),
    provideClusterInfo: exec.isTrue('provideClusterInfo'),
    ...(installHint !== undefined && { installHint }),
  };
}

function clusterSettings(config: Kubeconfig, context: KubeContext, environment: NodeJS.ProcessEnv): ClusterSettings {
  const entry = config.clusters.get(context.cluster);
  if (entry === undefined) throw missingPart(context, 'cluster', context.cluster, environment);
  const fields = new EntryFields(entry);
  const caData = fields.text('certificate-authority-data');
  const proxyUrl = proxyAddress(fields);
  const caFile = caData === undefined ? fields.file('certificate-authority') : undefined;
  const skipTlsVerify = fields.isTrue('insecure-skip-tls-verify');
  if (skipTlsVerify && (caData ?? caFile) !== undefined) {
    const remedy = 'Remove it to check the certificate, or remove certificate-authority.';
    throw fields.wrong('insecure-skip-tls-verify', 'is true beside a certificate-authority', remedy);
  }
  const execExtension = execExtensionOf(fields);
  return {
    name: context.cluster,
    server: serverAddress(fields),
    ...defined({
      caData,
      caFile,
      tlsServerName: fields.text('tls-server-name'),
      proxyUrl,
    }),
    skipTlsVerify,
    ...(execExtension !== undefined && { execExtension }),
  };
}

/** Schemes are written in either case: `HTTPS://`. */
function serverAddress(fields: EntryFields): string {
  const server = fields.text('server') ?? '';
  if (/^https?:\/\/[^/]/i.test(server) && URL.canParse(server)) return server.replace(/\/+$/, '');
  throw fields.wrong(
    'server',
    server === '' ? 'is missing' : 'is no address',
    'It begins with https:// or http://, then the host, and the port where it is not 443.',
  );
}

function proxyAddress(fields: EntryFields): string | undefined {
  const proxy = fields.text('proxy-url');
  if (proxy === undefined || isProxyAddress(proxy)) return proxy;
  throw fields.wrong('proxy-url', 'is no address of a proxy', 'It begins with http://, https:// or socks5://.');
}

/**
 * What identifies a user. Over plain http kubectl sends no credentials, and asks no plugin for any; so do we.
 */
function userSettings(
  config: Kubeconfig,
  context: KubeContext,
  { isPlainHttp, environment }: { readonly isPlainHttp: boolean; readonly environment: NodeJS.ProcessEnv },
): UserSettings {
  if (context.user === undefined) return { name: '', file: context.file };
  const entry = config.users.get(context.user);
  if (entry === undefined) throw missingPart(context, 'user', context.user, environment);
  const { file } = entry;
  const fields = new EntryFields(entry);
  const certData = fields.text('client-certificate-data');
  const keyData = fields.text('client-key-data');
  const impersonate = impersonation(fields);
  const said = defined({
    certData,
    certFile: certData === undefined ? fields.file('client-certificate') : undefined,
    keyData,
    keyFile: keyData === undefined ? fields.file('client-key') : undefined,
    token: fields.text('token'),
    tokenFile: fields.file('tokenFile'),
    username: fields.text('username'),
    password: fields.text('password'),
  });
  // Read in any case, so that a wrong field is told whatever else the user has.
  const exec = execSettingsOf(entry);
  const oidc = oidcConfig(fields, context.user, file);
  if (isPlainHttp) return { name: context.user, file };
  // client-go: a plugin is not run for whoever has a token or a certificate already.
  const isStatic = said.token ?? said.tokenFile ?? said.certData ?? said.certFile;
  return {
    name: context.user,
    file,
    ...said,
    ...(impersonate !== undefined && { impersonate }),
    ...(exec !== undefined && isStatic === undefined && { exec }),
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

/** Groups and the rest without a user would be dropped by the server: client-go refuses them. */
function impersonation(fields: EntryFields): Impersonation | undefined {
  const user = fields.text('as');
  const uid = fields.text('as-uid');
  const groups = fields.texts('as-groups');
  const extra = fields.inner('as-user-extra');
  if (user === undefined) {
    const orphan = uid !== undefined ? 'as-uid' : groups.length > 0 ? 'as-groups' : extra && 'as-user-extra';
    if (orphan === undefined) return undefined;
    throw fields.wrong(orphan, 'is there without "as"', 'Name the user to act as in "as", or remove the field.');
  }
  return {
    user,
    ...(uid !== undefined && { uid }),
    groups,
    extra: Object.fromEntries((extra?.names() ?? []).map((key) => [key, extra?.texts(key) ?? []])),
  };
}

/** The other auth-providers (gcp, azure, …) run programs without being asked about, and kubectl 1.26 gave them up. */
function oidcConfig(fields: EntryFields, user: string, file: string): OidcConfig | undefined {
  const provider = fields.inner('auth-provider');
  if (provider === undefined) return undefined;
  const name = provider.text('name') ?? '';
  if (name === 'oidc') return oidcConfigOf(provider);
  throw new ModelDeckError('unsupported', `User ${user} signs in by the auth-provider "${name}" (${file}).`, {
    brief: `auth-provider ${name} is no longer supported`,
    remedy: 'Create the kubeconfig again with the tool of your cloud: it names a credential plugin nowadays.',
    location: { path: file },
    nextStep: { kind: 'open-file', location: { path: file } },
  });
}

function execExtensionOf(fields: EntryFields): unknown {
  const extension = fields.items('extensions').find((one) => one.text('name') === 'client.authentication.k8s.io/exec');
  return extension?.raw('extension');
}

function unknownContext(files: readonly string[], contextName: string): ModelDeckError {
  return new ModelDeckError('not-found', `The kubeconfig has no context ${contextName} (${files.join(', ')}).`, {
    remedy: 'Choose another context, or add the file that defines it.',
  });
}

function missingPart(
  context: KubeContext,
  part: 'cluster' | 'user',
  name: string,
  environment: NodeJS.ProcessEnv,
): ModelDeckError {
  const location = { path: context.file };
  const what = name === '' ? `names no ${part}` : `names the ${part} "${name}", which no kubeconfig defines`;
  return new ModelDeckError('invalid-input', `Context ${context.name} ${what} (${context.file}).`, {
    brief: name === '' ? `no ${part}` : `${part} is not defined`,
    remedy: fileRemedy(context.file, environment),
    location,
    nextStep: { kind: 'open-file', location },
  });
}

/** Leaves out what is undefined. */
function defined<K extends string>(values: Readonly<Record<K, string | undefined>>): { readonly [key in K]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [key in K]?: string;
  };
}

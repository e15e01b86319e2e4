import { execFile } from 'node:child_process';
import type { ExecFileException } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { isRecord, jsonIn, type JsonObject } from '../../foundation/json.ts';
import { contextOf, readKubeconfig } from '../kubeconfig/kubeconfig.ts';
import type { ContextSettings, ExecSettings } from '../kubeconfig/contextSettings.ts';
import { execSettingsOf } from '../kubeconfig/contextSettings.ts';
import { findProgram } from './findProgram.ts';
import { loginShellPath } from './loginShellPath.ts';

/** The program that a context runs for its credentials, for the question whether it may. */
export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  /** Names of the environment variables that the kubeconfig sets for it. */
  readonly variables: readonly string[];
  /** The kubeconfig that names it. */
  readonly file: string;
}

/** What a plugin hands out: `status` of an `ExecCredential`. */
export interface ExecCredential {
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** A plugin may wait for a sign-in in the browser. */
const timeoutMs = 180_000;

/** The credential plugin of a context, when it has one. Reads files only. */
export async function execPluginOf(files: readonly string[], contextName: string): Promise<ExecPlugin | undefined> {
  const config = await readKubeconfig(files);
  const user = contextOf(config, contextName)?.user;
  const entry = user === undefined ? undefined : config.users.get(user);
  const settings = entry && execSettingsOf(entry);
  return entry && settings && describePlugin(settings, entry.file);
}

export function describePlugin({ command, args, env }: ExecSettings, file: string): ExecPlugin {
  return { command, args, variables: env.map(({ name }) => name), file };
}

/**
 * Runs a credential plugin. client-node's own runner tells it nothing of `KUBERNETES_EXEC_INFO`, runs it for every
 * request when its answer names no expiry, and cannot be stopped.
 *
 * @throws ModelDeckError `missing-tool` when it is not there; `unauthorized` when it fails; `cancelled`
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function runExecPlugin(
  exec: ExecSettings,
  { cluster, user }: ContextSettings,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExecCredential> {
  if (exec.interactiveMode === 'Always') throw needsTerminal(exec, user.name);
  const { program, searchPath } = await findPlugin(exec, user.name, environment);
  const env = {
    ...environment,
    PATH: searchPath,
    ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify({
      kind: 'ExecCredential',
      apiVersion: exec.apiVersion,
      spec: { interactive: false, ...(exec.provideClusterInfo && { cluster: await clusterInfo(cluster) }) },
    }),
  };
  const output = await new Promise<string>((resolve, reject) => {
    const options = { env, timeout: timeoutMs, signal, maxBuffer: 1024 * 1024, windowsHide: true };
    const child = execFile(program, exec.args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(signal.aborted ? ModelDeckError.cancelled() : failure(exec, user.name, error, stderr));
    });
    child.stdin?.end();
  });
  return parseCredential(output, exec, user.name);
}

async function findPlugin(
  exec: ExecSettings,
  user: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly program: string; readonly searchPath: string }> {
  const extensions = process.platform === 'win32' ? environment['PATHEXT'] : undefined;
  const ownPath = environment['PATH'] ?? environment['Path'] ?? '';
  const program = await findProgram(exec.command, ownPath, extensions);
  if (program !== undefined) return { program, searchPath: ownPath };
  const shellPath = (await loginShellPath(environment)) ?? '';
  const elsewhere = await findProgram(exec.command, shellPath, extensions);
  if (elsewhere === undefined) {
    throw new ModelDeckError('missing-tool', `The credential plugin of ${user} is missing: ${exec.command}.`, {
      brief: `${path.basename(exec.command)} is missing`,
      remedy: exec.installHint?.trim() || `Install ${path.basename(exec.command)}, or put it on the PATH.`,
    });
  }
  return { program: elsewhere, searchPath: [ownPath, shellPath].filter(Boolean).join(path.delimiter) };
}

/** A plugin gets the authority itself, also where the kubeconfig names its file: as client-go does. */
async function clusterInfo(cluster: ContextSettings['cluster']): Promise<object> {
  const { caFile } = cluster;
  const caData = cluster.caData ?? (caFile === undefined ? undefined : await readAuthority(caFile));
  return {
    server: cluster.server,
    ...(cluster.tlsServerName !== undefined && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.skipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(caData !== undefined && { 'certificate-authority-data': caData }),
    ...(cluster.proxyUrl !== undefined && { 'proxy-url': cluster.proxyUrl }),
    config: cluster.execExtension ?? null,
  };
}

async function readAuthority(file: string): Promise<string> {
  try {
    return (await readFile(file)).toString('base64');
  } catch (error) {
    throw fileError(error, 'read the certificate-authority that the kubeconfig names', file);
  }
}

function parseCredential(output: string, exec: ExecSettings, user: string): ExecCredential {
  // What it wrote may be a secret: neither the text nor the parser's message, which quotes it, is passed on.
  const value = jsonIn(output);
  const version = isRecord(value) ? text(value['apiVersion']) : undefined;
  if (isRecord(value) && version !== exec.apiVersion) {
    const answered = version === undefined ? 'without a version' : `in version ${version}`;
    throw new ModelDeckError('unauthorized', `${named(exec, user)} answered ${answered}, not in ${exec.apiVersion}.`, {
      brief: 'plugin answered in another version',
      remedy: 'Name the version that the plugin speaks in exec.apiVersion of the kubeconfig, or update the plugin.',
    });
  }
  const status: JsonObject = isRecord(value) && isRecord(value['status']) ? value['status'] : {};
  const token = text(status['token']);
  const certificate = text(status['clientCertificateData']);
  const key = text(status['clientKeyData']);
  const expiresAt = Date.parse(text(status['expirationTimestamp']) ?? '');
  if (token === undefined && (certificate === undefined || key === undefined)) {
    throw new ModelDeckError('unauthorized', `${named(exec, user)} answered with no credentials.`, {
      brief: `${path.basename(exec.command)} gave no credentials`,
      remedy: `Run it in a terminal to see what it wants: ${commandLine(exec)}`,
    });
  }
  return {
    ...(token !== undefined && { token }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(!Number.isNaN(expiresAt) && { expiresAt }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function failure(exec: ExecSettings, user: string, error: ExecFileException, stderr: string): ModelDeckError {
  const words = stderr.trim().split('\n').slice(-3).join(' ').slice(-300);
  const why = error.killed
    ? `did not end within ${timeoutMs / 1000} s`
    : `failed (${error.code ?? error.signal ?? ''})`;
  return new ModelDeckError('unauthorized', `${named(exec, user)} ${why}${words === '' ? '' : `: ${words}`}`, {
    brief: `${path.basename(exec.command)} ${error.killed ? 'does not answer' : 'failed'}`,
    remedy: `Sign in with it in a terminal, then try again: ${commandLine(exec)}`,
    nextStep: { kind: 'retry' },
  });
}

function needsTerminal(exec: ExecSettings, user: string): ModelDeckError {
  return new ModelDeckError(
    'unauthorized',
    `${named(exec, user)} asks its questions in a terminal, which it has not.`,
    {
      brief: `${path.basename(exec.command)} needs a terminal`,
      remedy: 'Let the kubeconfig name a plugin, or options of it, that ask nothing (interactiveMode).',
    },
  );
}

function named(exec: ExecSettings, user: string): string {
  return `The credential plugin ${path.basename(exec.command)} of ${user}`;
}

/** Arguments may hold a secret, such as a client secret: only the command and its first words are shown. */
function commandLine({ command, args }: ExecSettings): string {
  const options = args.findIndex((arg) => arg.startsWith('-'));
  return [command, ...args.slice(0, options === -1 ? args.length : options)].join(' ');
}

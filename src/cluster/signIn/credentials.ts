import { readFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { once } from '../../foundation/once.ts';
import { requestOptions } from '../transport/clientNode.ts';
import { readSystemCertificates } from '../transport/systemCertificates.ts';
import type { ContextSettings, Impersonation, UserSettings } from '../kubeconfig/contextSettings.ts';
import { describePlugin, runExecPlugin } from './execPlugin.ts';
import type { ExecCredential, ExecPlugin } from './execPlugin.ts';
import { openOidcSession } from './oidc/oidcSession.ts';

/** What a request to the API server carries: TLS material and headers. */
export type RequestCredentials = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized' | 'auth'
> & {
  readonly headers: OutgoingHttpHeaders;
  /** Any certificate in `ca` is an anchor, as in Go: an intermediate, or the server's own. */
  readonly allowPartialTrustChain: true;
};

/** The credentials of one context, renewed when they expire. */
export interface Credentials {
  /** @throws ModelDeckError `unauthorized`, `missing-tool`; for their files `not-found`, `permission` */
  current(): Promise<RequestCredentials>;
  /** Forgets credentials that the server did not take. @returns whether others may be had now */
  renew(rejected: RequestCredentials): Promise<boolean>;
  /** Ends a plugin that runs. */
  close(): void;
}

/** A plugin that has not answered after this time is named to the user, milliseconds. */
const noticeMs = 3_000;

export type AllowExecPlugin = (plugin: ExecPlugin) => Promise<boolean>;

/** After this time files are read again, as client-go does. */
const freshMs = 60_000;

export interface CredentialOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Asked before the credential plugin runs for the first time, and after a no again. */
  readonly allowExecPlugin: AllowExecPlugin;
  /** Reads the context again: tools renew tokens and certificates in the kubeconfig while it is in use. */
  readonly reread: () => Promise<ContextSettings>;
  /** Told when a credential plugin takes long, and with undefined when it has ended. */
  readonly onWaiting?: ((plugin: ExecPlugin | undefined) => void) | undefined;
}

export function openCredentials(opened: ContextSettings, options: CredentialOptions): Credentials {
  const { environment, allowExecPlugin, onWaiting } = options;
  /** As last read; the kubeconfig may be unreadable for a moment, and then this still counts. */
  let settings = opened;
  const { user } = opened;
  const closing = new AbortController();
  const systemCertificates = once(() => readSystemCertificates(environment));
  let allowed: Promise<boolean> | undefined;
  let plugin: ExecCredential | undefined;
  const oidcToken = user.oidc && openOidcSession({ name: user.name, file: user.file, oidc: user.oidc }, environment);
  let latest: Awaited<ReturnType<typeof make>> | undefined;
  let making: Promise<RequestCredentials> | undefined;

  async function make(): Promise<{ readonly credentials: RequestCredentials; readonly until: number }> {
    settings = await options.reread().catch(() => settings);
    const credential = await pluginCredential();
    const idToken = await oidcToken?.();
    const token = credential?.token ?? idToken?.token ?? (await bearerToken(settings.user));
    const carried = await applyTo(token);
    const { cert, key, passphrase, servername, rejectUnauthorized, auth } = carried;
    const ca = carried.ca ?? (isSecure(settings) ? await systemCertificates() : undefined);
    const headers = { ...(carried.headers as OutgoingHttpHeaders), ...impersonationHeaders(user.impersonate) };
    const credentials = withoutUndefined({
      ...{ ca, passphrase, servername, rejectUnauthorized, auth, headers },
      allowPartialTrustChain: true,
      cert: credential?.certificate ?? cert,
      key: credential?.key ?? key,
    });
    const ends = Math.min(credential?.expiresAt ?? Infinity, idToken?.freshUntil ?? Infinity);
    return { credentials, until: Math.min(Date.now() + freshMs, ends) };
  }

  async function pluginCredential(): Promise<ExecCredential | undefined> {
    const { exec } = user;
    if (exec === undefined) return undefined;
    if (plugin !== undefined && (plugin.expiresAt ?? Infinity) > Date.now()) return plugin;
    allowed ??= allowExecPlugin(describePlugin(exec, user.file));
    if (!(await allowed)) {
      allowed = undefined;
      throw notAllowed(user, exec.command);
    }
    const waiting = setTimeout(() => onWaiting?.(describePlugin(exec, user.file)), noticeMs);
    try {
      plugin = await runExecPlugin(exec, settings, environment, closing.signal);
      return plugin;
    } finally {
      clearTimeout(waiting);
      onWaiting?.(undefined);
    }
  }

  async function applyTo(token: string | undefined): Promise<RequestOptions> {
    try {
      return await requestOptions(settings, token);
    } catch (error) {
      throw signInError(error, user);
    }
  }

  return {
    current() {
      if (latest !== undefined && latest.until > Date.now()) return Promise.resolve(latest.credentials);
      // All who ask while a plugin waits for the browser get the one answer.
      making ??= make()
        .then((made) => {
          latest = made;
          return made.credentials;
        })
        .finally(() => (making = undefined));
      return making;
    },
    async renew(rejected) {
      if (latest?.credentials !== rejected) return true;
      const canRenew = user.exec !== undefined || user.tokenFile !== undefined || user.oidc !== undefined;
      const before = JSON.stringify(settings.user);
      const now = await options.reread().catch(() => settings);
      if (!canRenew && JSON.stringify(now.user) === before) return false;
      plugin = undefined;
      latest = undefined;
      return true;
    },
    close: () => closing.abort(),
  };
}

/** client-go: the file counts, and the token beside it while the file cannot be read. */
async function bearerToken({ token, tokenFile }: UserSettings): Promise<string | undefined> {
  if (tokenFile === undefined) return token;
  try {
    return (await readFile(tokenFile, 'utf8')).trim();
  } catch (error) {
    if (token !== undefined) return token;
    throw fileError(error, 'read the token that the kubeconfig names', tokenFile);
  }
}

function isSecure({ cluster }: ContextSettings): boolean {
  return /^https:/i.test(cluster.server) && !cluster.skipTlsVerify;
}

/** client-node sends the user alone, and not in UTF-8: one would act with other rights than kubectl, or as nobody. */
function impersonationHeaders(impersonate: Impersonation | undefined): OutgoingHttpHeaders {
  if (impersonate === undefined) return {};
  const extra = Object.entries(impersonate.extra).map(([key, values]) => [
    `Impersonate-Extra-${encodeURIComponent(key)}`,
    values.map(utf8),
  ]);
  return {
    'Impersonate-User': utf8(impersonate.user),
    ...(impersonate.uid !== undefined && { 'Impersonate-Uid': utf8(impersonate.uid) }),
    ...(impersonate.groups.length > 0 && { 'Impersonate-Group': impersonate.groups.map(utf8) }),
    ...(Object.fromEntries(extra) as OutgoingHttpHeaders),
  };
}

/** Node writes header values byte by byte (latin1); Go's server reads UTF-8. */
function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Agents let their own options be hidden by those of a request, also by undefined ones. */
function withoutUndefined<T extends object>(value: T): RequestCredentials {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as RequestCredentials;
}

function signInError(error: unknown, user: UserSettings): unknown {
  const { path: file } = error as NodeJS.ErrnoException;
  if (file !== undefined) return fileError(error, 'read a certificate or key that the kubeconfig names', file);
  const location = { path: user.file };
  return new ModelDeckError('unauthorized', `The credentials of ${user.name} cannot be used (${user.file}).`, {
    brief: 'credentials cannot be used',
    remedy: 'Sign in again with the tool that wrote the kubeconfig.',
    location,
    nextStep: { kind: 'open-file', location },
    cause: error,
  });
}

function notAllowed(user: UserSettings, command: string): ModelDeckError {
  return new ModelDeckError(
    'unauthorized',
    `The credential plugin of ${user.name} was not allowed to run: ${command}.`,
    {
      remedy: `Look at ${user.file}, and allow it when you are asked again.`,
      location: { path: user.file },
      nextStep: { kind: 'open-file', location: { path: user.file } },
    },
  );
}

import { readFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { openKubeConfig } from '../transport/clientNode.ts';
import type { ApplyCredentials } from '../transport/clientNode.ts';
import type { ContextSettings, Impersonation, UserSettings } from '../kubeconfig/contextSettings.ts';
import { describePlugin, runExecPlugin } from './execPlugin.ts';
import type { ExecCredential, ExecPlugin } from './execPlugin.ts';
import { openOidcSession } from './oidc/oidcSession.ts';

/** What a request to the API server carries: TLS material and headers. */
export type RequestCredentials = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized' | 'auth'
> & { readonly headers: OutgoingHttpHeaders };

/** The credentials of one context, renewed when they expire. */
export interface Credentials {
  /** @throws ModelDeckError `unauthorized`, `missing-tool`; for their files `not-found`, `permission` */
  current(): Promise<RequestCredentials>;
  /** Forgets credentials that the server did not take. @returns whether others may be had now */
  renew(rejected: RequestCredentials): boolean;
  /** Ends a plugin that runs. */
  close(): void;
}

export type AllowExecPlugin = (plugin: ExecPlugin) => Promise<boolean>;

/** After this time files are read anew, as client-go does. */
const freshMs = 60_000;

/** @param allowExecPlugin asked before the credential plugin runs for the first time, and after a no again */
export function openCredentials(
  settings: ContextSettings,
  environment: NodeJS.ProcessEnv,
  allowExecPlugin: AllowExecPlugin,
): Credentials {
  const { user } = settings;
  const closing = new AbortController();
  let apply: Promise<ApplyCredentials> | undefined;
  let allowed: Promise<boolean> | undefined;
  let plugin: ExecCredential | undefined;
  const oidcToken = user.oidc && openOidcSession({ name: user.name, file: user.file, oidc: user.oidc }, environment);
  let latest: Awaited<ReturnType<typeof make>> | undefined;
  let making: Promise<RequestCredentials> | undefined;

  async function make(): Promise<{ readonly credentials: RequestCredentials; readonly until: number }> {
    const credential = await pluginCredential();
    const idToken = await oidcToken?.();
    const token = credential?.token ?? idToken?.token ?? (await bearerToken(user));
    const options = await applyTo(token);
    const { ca, cert, key, passphrase, servername, rejectUnauthorized, auth } = options;
    const headers = { ...(options.headers as OutgoingHttpHeaders), ...impersonationHeaders(user.impersonate) };
    const credentials = withoutUndefined({
      ...{ ca, passphrase, servername, rejectUnauthorized, auth, headers },
      cert: credential?.certificate ?? cert,
      key: credential?.key ?? key,
    });
    const ends = Math.min(credential?.expiresAt ?? Infinity, idToken?.freshUntil ?? Infinity);
    return { credentials, until: Math.min(Date.now() + freshMs, ends) };
  }

  async function pluginCredential(): Promise<ExecCredential | undefined> {
    if (user.exec === undefined) return undefined;
    if (plugin !== undefined && (plugin.expiresAt ?? Infinity) > Date.now()) return plugin;
    allowed ??= allowExecPlugin(describePlugin(user.exec, user.file));
    if (!(await allowed)) {
      allowed = undefined;
      throw notAllowed(user, user.exec.command);
    }
    plugin = await runExecPlugin(user.exec, settings, environment, closing.signal);
    return plugin;
  }

  async function applyTo(token: string | undefined): Promise<RequestOptions> {
    apply ??= openKubeConfig(settings);
    const applyCredentials = await apply;
    try {
      return await applyCredentials(token);
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
    renew(rejected) {
      if (latest?.credentials !== rejected) return true;
      if (user.exec === undefined && user.tokenFile === undefined && user.oidc === undefined) return false;
      plugin = undefined;
      latest = undefined;
      return true;
    },
    close: () => closing.abort(),
  };
}

async function bearerToken({ token, tokenFile }: UserSettings): Promise<string | undefined> {
  if (tokenFile === undefined) return token;
  try {
    return (await readFile(tokenFile, 'utf8')).trim();
  } catch (error) {
    throw fileError(error, 'read the token that the kubeconfig names', tokenFile);
  }
}

/** client-node sends the user alone: without the groups one would act with other rights than kubectl. */
function impersonationHeaders(impersonate: Impersonation | undefined): OutgoingHttpHeaders {
  if (impersonate === undefined) return {};
  const extra = Object.entries(impersonate.extra).map(([key, values]) => [
    `Impersonate-Extra-${encodeURIComponent(key)}`,
    [...values],
  ]);
  return {
    ...(impersonate.uid !== undefined && { 'Impersonate-Uid': impersonate.uid }),
    ...(impersonate.groups.length > 0 && { 'Impersonate-Group': [...impersonate.groups] }),
    ...(Object.fromEntries(extra) as OutgoingHttpHeaders),
  };
}

/** Agents let their own options be hidden by those of a request, also by undefined ones. */
function withoutUndefined<T extends object>(value: T): RequestCredentials {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as RequestCredentials;
}

function signInError(error: unknown, user: UserSettings): unknown {
  const { path: file } = error as NodeJS.ErrnoException;
  if (file !== undefined) return fileError(error, 'read a certificate or key that the kubeconfig names', file);
  const words = error instanceof Error ? error.message : String(error);
  return new ModelDeckError('unauthorized', `Could not sign in as ${user.name}: ${words}.`, {
    remedy: 'Sign in again with the tool that wrote the kubeconfig.',
    nextStep: { kind: 'retry' },
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

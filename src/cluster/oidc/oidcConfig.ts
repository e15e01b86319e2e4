import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { load } from 'js-yaml';
import { isObject, readKubeconfig, text } from '../kubeconfig.ts';

/** `auth-provider: {name: oidc}`: its `config`, by the field names of client-go. Paths are absolute. */
export interface OidcConfig {
  readonly issuer?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** File of the authority of the issuer's certificate. */
  readonly caFile?: string;
  /** The same in base64, which wins. */
  readonly caData?: string;
  readonly idToken?: string;
  readonly refreshToken?: string;
}

/** @param value `config` as the file has it @param file the kubeconfig, from which paths are reckoned */
export function oidcConfigOf(value: unknown, file: string): OidcConfig {
  const config = isObject(value) ? value : {};
  const caFile = text(config['idp-certificate-authority']);
  const read = {
    issuer: text(config['idp-issuer-url']),
    clientId: text(config['client-id']),
    clientSecret: text(config['client-secret']),
    caFile: caFile === undefined ? undefined : path.resolve(path.dirname(file), caFile),
    caData: text(config['idp-certificate-authority-data']),
    idToken: text(config['id-token']),
    refreshToken: text(config['refresh-token']),
  };
  return Object.fromEntries(Object.entries(read).filter(([, field]) => field !== undefined));
}

/** What the kubeconfig says now: kubectl writes renewed tokens into it. Undefined where it no longer tells. */
export async function readOidcConfig(file: string, user: string): Promise<OidcConfig | undefined> {
  const config = await readKubeconfig([file]).catch(() => undefined);
  const provider = config?.users.get(user)?.value['auth-provider'];
  return isObject(provider) ? oidcConfigOf(provider['config'], file) : undefined;
}

/**
 * Puts renewed tokens in the place of the old ones, as kubectl does: many issuers take a refresh token once only, and
 * kubectl would be signed out without the new one. Everything else in the file stays as it is, comments too; a file in
 * which the old tokens do not stand, or that may not be written, is left alone.
 */
export async function keepTokens(file: string, user: string, before: OidcConfig, after: OidcConfig): Promise<void> {
  try {
    const target = await realpath(file);
    const old = await readFile(target, 'utf8');
    const renewed = replaced(replaced(old, before.idToken, after.idToken), before.refreshToken, after.refreshToken);
    if (renewed === old || !says(renewed, user, after)) return;
    // Two windows may do so at once.
    const partial = `${target}.${process.pid}.part`;
    try {
      await writeFile(partial, renewed, { mode: (await stat(target)).mode & 0o777 });
      await rename(partial, target);
    } finally {
      await rm(partial, { force: true });
    }
  } catch {
    // The tokens are good without being kept.
  }
}

function replaced(content: string, before: string | undefined, after: string | undefined): string {
  return before === undefined || after === undefined ? content : content.replaceAll(before, () => after);
}

/** A token with characters that mean something in YAML might have spoilt it. */
function says(content: string, user: string, { idToken, refreshToken }: OidcConfig): boolean {
  const config = load(content);
  const users = isObject(config) && Array.isArray(config['users']) ? (config['users'] as unknown[]) : [];
  const entry = users.filter(isObject).find(({ name }) => name === user)?.['user'];
  const provider = isObject(entry) ? entry['auth-provider'] : undefined;
  const now = isObject(provider) ? oidcConfigOf(provider['config'], '') : {};
  return now.idToken === idToken && now.refreshToken === refreshToken;
}

import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { partialName } from '../../../foundation/writeWhole.ts';
import { EntryFields } from '../../kubeconfig/entryFields.ts';
import { readKubeconfig } from '../../kubeconfig/kubeconfig.ts';

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

/** Somebody who signs in by OpenID Connect. */
export interface OidcUser {
  readonly name: string;
  /** The kubeconfig that has the tokens. */
  readonly file: string;
  readonly oidc: OidcConfig;
}

/**
 * @param provider the fields of `auth-provider`
 * @throws ModelDeckError `invalid-input` for a field of the wrong type
 */
export function oidcConfigOf(provider: EntryFields): OidcConfig {
  const config = provider.inner('config');
  const values = {
    issuer: config?.text('idp-issuer-url'),
    clientId: config?.text('client-id'),
    clientSecret: config?.text('client-secret'),
    caFile: config?.file('idp-certificate-authority'),
    caData: config?.text('idp-certificate-authority-data'),
    idToken: config?.text('id-token'),
    refreshToken: config?.text('refresh-token'),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** What the kubeconfig says now: kubectl writes renewed tokens into it. Undefined where it no longer tells. */
export async function readOidcConfig(file: string, user: string): Promise<OidcConfig | undefined> {
  const entry = (await readKubeconfig([file])).users.get(user);
  try {
    const provider = entry && new EntryFields(entry).inner('auth-provider');
    return provider && oidcConfigOf(provider);
  } catch {
    return undefined;
  }
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
    if (renewed === old) return;
    // Two windows may do so at once.
    const partial = partialName(target);
    try {
      await writeFile(partial, renewed, { mode: (await stat(target)).mode & 0o777 });
      // A token with characters that mean something in YAML might have spoilt it.
      const written = await readOidcConfig(partial, user);
      const isKept = written?.idToken === after.idToken && written?.refreshToken === after.refreshToken;
      if (isKept) await rename(partial, target);
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

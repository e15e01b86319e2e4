import { readFile } from 'node:fs/promises';
import { validateHeaderValue } from 'node:http';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import type { CredentialStore, EndpointCredentials } from '../../panel/classify/endpointCredentials.ts';
import { endpointOf, textField } from '../core/arguments.ts';
import { prompts } from '../prompts.ts';
import type { EndpointAccounts } from './endpointAccounts.ts';

type Kind = 'bearer' | 'service-account' | 'authorization' | 'cookie' | 'ca' | 'remove';

interface KindItem extends vscode.QuickPickItem {
  readonly credential: Kind;
}

/**
 * "Set Endpoint Credentials…": what an endpoint wants to see before it answers. Kept in the editor's secret storage under the
 * endpoint's id, sent to that endpoint only.
 */
export class SetEndpointCredentials {
  constructor(
    private readonly store: CredentialStore,
    /** Asks which endpoint is meant. */
    private readonly pickEndpoint: () => Promise<string | undefined>,
    /** Whether there is one to choose. */
    private readonly hasEndpoints: () => Promise<boolean>,
    /** Asks for a ServiceAccount that may sign in to the endpoint; nothing for endpoints outside of clusters. */
    private readonly accounts: EndpointAccounts,
  ) {}

  /** @param argument a row, or `{ endpointId }` */
  async run(argument: unknown): Promise<void> {
    const endpointId = endpointOf(argument) ?? textField(argument, 'endpointId') ?? (await this.chooseEndpoint());
    if (endpointId === undefined) throw ModelDeckError.cancelled();
    const name = path.posix.basename(endpointId);
    const title = `Credentials of ${name}`;
    const before = await this.store.read(endpointId);
    const chosen = await vscode.window.showQuickPick(kinds(before, this.accounts.isIn(endpointId)), {
      title,
      placeHolder: prompts.credentialKind,
    });
    if (!chosen) throw ModelDeckError.cancelled();
    const after = await this.changed(before, chosen.credential, { title, endpointId });
    await this.store.write(endpointId, after);
    const what = chosen.credential === 'remove' ? 'removed' : 'kept in the secret storage of the editor';
    vscode.window.setStatusBarMessage(`The credentials of ${name} are ${what}.`, 5000);
  }

  private async chooseEndpoint(): Promise<string | undefined> {
    if (await this.hasEndpoints()) return this.pickEndpoint();
    throw new ModelDeckError('not-found', 'Nothing is deployed yet, so there is no endpoint with credentials.', {
      remedy: 'Deploy a model, or open a cluster in the Clusters view.',
      nextStep: { kind: 'deploy-model' },
    });
  }

  private async changed(
    before: EndpointCredentials,
    kind: Kind,
    { title, endpointId }: { readonly title: string; readonly endpointId: string },
  ): Promise<EndpointCredentials> {
    switch (kind) {
      case 'remove':
        return {};
      case 'ca':
        return { ...before, ca: await askForAuthority(title) };
      case 'service-account':
        // Its token is sent as the Authorization header: another one would be sent in its place.
        return { ...withoutAuthorization(before), serviceAccount: await this.accounts.ask(endpointId, title) };
      case 'bearer': {
        const token = await askForHeader(title, 'Token', /^Bearer\s+/i);
        return withHeader(before, 'Authorization', `Bearer ${token}`);
      }
      case 'authorization': {
        const value = await askForHeader(title, 'Value of the Authorization header', /^Authorization:\s*/i);
        return withHeader(before, 'Authorization', value);
      }
      case 'cookie':
        return withHeader(before, 'Cookie', await askForHeader(title, 'Value of the Cookie header', /^Cookie:\s*/i));
    }
  }
}

function kinds({ headers = {}, ca, serviceAccount }: EndpointCredentials, isInCluster: boolean): KindItem[] {
  const set = (isSet: boolean): Pick<KindItem, 'description'> => (isSet ? { description: 'set' } : {});
  const ofAccount: KindItem = {
    credential: 'service-account',
    label: '$(account) Token of a ServiceAccount…',
    detail:
      'Short-lived, asked of the cluster when it is needed, and sent on ways from outside only. It is never stored.',
    ...(serviceAccount !== undefined && { description: serviceAccount }),
  };
  const items: KindItem[] = [
    { credential: 'bearer', label: '$(key) Token…', detail: 'Sent as "Authorization: Bearer …".' },
    ...(isInCluster ? [ofAccount] : []),
    {
      credential: 'authorization',
      label: '$(lock) Authorization Header…',
      detail: 'Any other scheme, for example Basic.',
      ...set('Authorization' in headers),
    },
    {
      credential: 'cookie',
      label: '$(globe) Cookie…',
      detail: 'Of a login page in front of the service, for example "authservice_session=…".',
      ...set('Cookie' in headers),
    },
    {
      credential: 'ca',
      label: '$(verified) Certificate Authority…',
      detail: 'A PEM file that is trusted for this endpoint.',
      ...set(ca !== undefined),
    },
  ];
  const isEmpty = Object.keys(headers).length === 0 && ca === undefined && serviceAccount === undefined;
  return isEmpty ? items : [...items, { credential: 'remove', label: '$(trash) Remove All' }];
}

function withHeader(before: EndpointCredentials, name: string, value: string): EndpointCredentials {
  const { serviceAccount, ...others } = before;
  const kept = name === 'Authorization' || serviceAccount === undefined ? others : before;
  return { ...kept, headers: { ...before.headers, [name]: value } };
}

function withoutAuthorization({ headers = {}, ...others }: EndpointCredentials): EndpointCredentials {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Authorization'));
  return Object.keys(kept).length === 0 ? others : { ...others, headers: kept };
}

/** @param copied what comes along when it is copied from elsewhere; taken off */
async function askForHeader(title: string, prompt: string, copied: RegExp): Promise<string> {
  const clean = (text: string): string => text.trim().replace(copied, '');
  const value = await vscode.window.showInputBox({
    title,
    prompt: `${prompt}. It is kept in the secret storage of the editor.`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => headerProblem(clean(text)),
  });
  if (value === undefined) throw ModelDeckError.cancelled();
  return clean(value);
}

function headerProblem(value: string): string | undefined {
  if (value === '') return 'It is empty.';
  try {
    validateHeaderValue('Authorization', value);
    return undefined;
  } catch {
    return 'It has a character that HTTP does not allow here.';
  }
}

async function askForAuthority(title: string): Promise<string> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Trust',
      filters: { Certificates: ['pem', 'crt', 'cer'], 'All files': ['*'] },
    })) ?? [];
  if (!uri) throw ModelDeckError.cancelled();
  let content: string;
  try {
    content = await readFile(uri.fsPath, 'utf8');
  } catch (error) {
    throw fileError(error, 'read the certificate', uri.fsPath);
  }
  const certificates = content.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const ca = certificates.join('\n');
  try {
    if (ca === '') throw new Error('no certificate in it');
    createSecureContext({ ca });
  } catch (error) {
    throw new ModelDeckError('invalid-input', `${path.basename(uri.fsPath)} is not a certificate in PEM format.`, {
      remedy: 'Export the certificate of the authority as PEM ("-----BEGIN CERTIFICATE-----").',
      location: { path: uri.fsPath },
      cause: error,
    });
  }
  return ca;
}

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

type Kind = 'bearer' | 'authorization' | 'cookie' | 'ca' | 'remove';

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
  ) {}

  /** @param argument a row, or `{ endpointId }` */
  async run(argument: unknown): Promise<void> {
    const endpointId = endpointOf(argument) ?? textField(argument, 'endpointId') ?? (await this.chooseEndpoint());
    if (endpointId === undefined) throw ModelDeckError.cancelled();
    const name = path.posix.basename(endpointId);
    const title = `Credentials of ${name}`;
    const before = await this.store.read(endpointId);
    const chosen = await vscode.window.showQuickPick(kinds(before), {
      title,
      placeHolder: prompts.credentialKind,
    });
    if (!chosen) throw ModelDeckError.cancelled();
    const after = await changed(before, chosen.credential, title);
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
}

function kinds({ headers = {}, ca }: EndpointCredentials): KindItem[] {
  const set = (isSet: boolean): Pick<KindItem, 'description'> => (isSet ? { description: 'set' } : {});
  const items: KindItem[] = [
    { credential: 'bearer', label: '$(key) Token…', detail: 'Sent as "Authorization: Bearer …".' },
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
  const isEmpty = Object.keys(headers).length === 0 && ca === undefined;
  return isEmpty ? items : [...items, { credential: 'remove', label: '$(trash) Remove All' }];
}

async function changed(before: EndpointCredentials, kind: Kind, title: string): Promise<EndpointCredentials> {
  switch (kind) {
    case 'remove':
      return {};
    case 'ca':
      return { ...before, ca: await askForAuthority(title) };
    case 'bearer': {
      const token = await askForHeader(title, 'Token', /^Bearer\s+/i);
      return withHeader(before, 'Authorization', `Bearer ${token}`);
    }
    case 'authorization':
      return withHeader(
        before,
        'Authorization',
        await askForHeader(title, 'Value of the Authorization header', /^Authorization:\s*/i),
      );
    case 'cookie':
      return withHeader(before, 'Cookie', await askForHeader(title, 'Value of the Cookie header', /^Cookie:\s*/i));
  }
}

function withHeader(before: EndpointCredentials, name: string, value: string): EndpointCredentials {
  return { ...before, headers: { ...before.headers, [name]: value } };
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

import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { expect } from './expect.ts';
import { copySample, openSession, root, type Session } from './session.ts';

/** A certificate of 127.0.0.1, its own authority. */
const certificates = path.join(root, 'test', 'unit', 'cluster', 'fixtures');

const gke = 'gke_acme-vision-research_europe-west1-b_night-shift';
const gkeLabel = /^gke_.*….*night-shift$/;
const eks = 'arn:aws:eks:eu-west-1:123456789012:cluster/production';
const eksLabel = /^ar.*….*tion$/;

/** What the row of each context says when it was opened. The current one stands first, whatever its name is. */
const broken: readonly (readonly [label: string | RegExp, cause: RegExp])[] = [
  ['zoo', /current · connection refused/],
  [eksLabel, /certificate has another name/],
  [gkeLabel, /unknown host|host name lookup fails/],
  ['kiosk', /sign-in expired or refused/],
  ['kubeflow', /not an API server/],
  ['night-eks', /aws-vault-login is missing/],
];

describe('contexts that cannot be reached', () => {
  let session: Session;
  let folder: string;
  const servers: http.Server[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-broken-'));
    const kubeconfig = path.join(folder, 'config');
    const torn = path.join(folder, 'lab.yaml');
    await writeFile(torn, 'apiVersion: v1\nkind: Config\nclusters: [\n  - name: lab\ncontexts:\n');
    await writeFile(kubeconfig, JSON.stringify(await sixBroken()));
    const env = { KUBECONFIG: [kubeconfig, torn].join(path.delimiter) };
    session = await openSession('broken-contexts', copySample, {}, env);
  });
  after(async () => {
    await session?.close();
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await rm(folder, { recursive: true, force: true });
  });

  async function listen(server: http.Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  async function sixBroken(): Promise<object> {
    const read = (name: string): Promise<string> => readFile(path.join(certificates, name), 'utf8');
    const tls = { cert: await read('issuer-cert.pem'), key: await read('issuer-key.pem') };
    const refuses = await listen(
      https.createServer(tls, (_, response) => {
        const status = { kind: 'Status', apiVersion: 'v1', code: 401, reason: 'Unauthorized', message: 'Unauthorized' };
        response.writeHead(401, { 'Content-Type': 'application/json' }).end(JSON.stringify(status));
      }),
    );
    const signInPage = await listen(
      http.createServer((_, response) => {
        response.writeHead(302, { Location: 'https://dex.example.com/auth' }).end('<a href="/auth">Found</a>');
      }),
    );
    const closed = http.createServer();
    const nobody = await listen(closed);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const hangs = path.join(folder, 'sso-login');
    await writeFile(hangs, '#!/bin/sh\nexec sleep 600\n');
    await chmod(hangs, 0o755);
    const trusted = { 'certificate-authority-data': Buffer.from(tls.cert).toString('base64') };
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
    const token = { token: 'not-a-secret' };
    const contexts: Readonly<Record<string, readonly [cluster: object, user: object]>> = {
      zoo: [{ server: `https://127.0.0.1:${nobody}` }, token],
      [gke]: [{ server: 'https://kubernetes.nowhere.invalid' }, token],
      [eks]: [{ server: `https://127.0.0.1:${refuses}`, ...trusted, 'tls-server-name': 'prod.example.com' }, token],
      kiosk: [{ server: `https://127.0.0.1:${refuses}`, ...trusted }, token],
      kubeflow: [{ server: `http://127.0.0.1:${signInPage}` }, {}],
      'night-eks': [{ server: 'https://127.0.0.1:1' }, { exec: { ...exec, command: 'aws-vault-login' } }],
      sso: [{ server: `https://127.0.0.1:${refuses}`, ...trusted }, { exec: { ...exec, command: hangs } }],
    };
    const all = Object.entries(contexts);
    return {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'zoo',
      clusters: all.map(([name, [cluster]]) => ({ name, cluster })),
      users: all.map(([name, [, user]]) => ({ name, user })),
      contexts: all.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    };
  }

  const row = (label: string | RegExp) => session.workbench.deckRow(label);

  it('stand with the current one first, and long names short', async () => {
    const { workbench } = session;
    await workbench.showDeck();
    await row('kiosk').waitFor();
    const labels = workbench.page
      .locator('.pane', { hasText: 'This computer' })
      .locator('.monaco-list-row .label-name');
    await expect(labels).toHaveText([
      'This computer',
      ...broken.slice(0, 4).map(([label]) => label),
      'kubeflow',
      'night-eks',
      'sso',
      'lab.yaml: not a kubeconfig (line 4)',
    ]);
  });

  it('say the cause each in its row, in a dark and in a light theme', async () => {
    const { workbench } = session;
    for (const [label, cause] of broken) {
      await workbench.expand(row(label));
      await expect(row(label)).toContainText(cause);
      await workbench.collapse(row(label));
    }
    await workbench.page.mouse.move(900, 500);
    for (const [theme, mark] of [
      ['Dark Modern', 'vs-dark'],
      ['Light Modern', 'vs'],
    ] as const) {
      await workbench.chooseTheme(theme);
      await workbench.page.locator(`.monaco-workbench.${mark}`).waitFor();
      await workbench.screenshot(`six-${mark}`);
    }
  });

  it('name the program that a sign-in waits for', async () => {
    const { workbench } = session;
    await workbench.expand(row('sso'));
    await expect(row('sso')).toContainText('waiting for sso-login');
    await row('Waiting for sso-login…').waitFor();
    await workbench.screenshot('waiting');
    await workbench.collapse(row('sso'));
  });

  it('have what a user does about it in their menu', async () => {
    const { workbench } = session;
    const menu = await workbench.menuOf(row('kiosk'));
    for (const item of ['Try Again', 'Copy Error', 'Open Kubeconfig']) assert.ok(menu.includes(item), menu.join(', '));
    assert.ok(!(await workbench.menuOf(row('sso'))).includes('Try Again'), 'nothing has failed there');
    await workbench.chooseFromMenu(row('kiosk'), 'Try Again');
    await expect(row('kiosk')).toContainText('sign-in expired or refused');
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.chooseFromMenu(row('kiosk'), 'Copy Error');
    const clipboard = (): Promise<string> => workbench.page.evaluate('navigator.clipboard.readText()');
    await expect.poll(clipboard).toMatch(/^Could not list .* on kiosk: .*\n.*Sign in again/);
    await workbench.chooseFromMenu(row('kiosk'), 'Open Kubeconfig');
    await workbench.page.locator('.tab', { hasText: 'config' }).first().waitFor();
    // The tooltip of the last row that was hovered lies over this one.
    await workbench.page.mouse.move(900, 500);
    await workbench.chooseFromMenu(row('lab.yaml: not a kubeconfig (line 4)'), 'Open Kubeconfig');
    await workbench.page.locator('.tab', { hasText: 'lab.yaml' }).waitFor();
  });
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { execPluginOf } from '../../../src/cluster/signIn/execPlugin.ts';
import { openConnection } from '../../../src/cluster/openConnection.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import type { ErrorCategory } from '../../../src/foundation/error.ts';
import { waitUntil } from '../../waitUntil.ts';
import {
  fakeAuthority,
  openDesk,
  sendJson,
  sendStatus,
  startSecureApiServer,
  widget,
  widgets,
} from './fakeApiServer.ts';
import type { ConnectOptions, Desk, FakeApiServer } from './fakeApiServer.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
const shellPath = { PATH: '/usr/local/bin:/usr/bin:/bin' };

describe('credentials', { timeout: 120_000 }, () => {
  let desk: Desk;
  let server: FakeApiServer;
  /** Answers 401 to any other authorization. */
  let good: string | undefined;

  beforeEach(async () => {
    desk = await openDesk();
    good = undefined;
    server = await startSecureApiServer(({ headers }, response) => {
      if (good !== undefined && headers.authorization !== good) sendStatus(response, 401, 'Unauthorized');
      else sendJson(response, widget('a'));
    });
  });
  afterEach(async () => {
    await desk.close();
    await server.close();
  });

  const last = () => server.asked[server.asked.length - 1]?.headers ?? {};
  async function ask(options: ConnectOptions = {}): Promise<void> {
    const connection = await desk.connect(server.url, options);
    await connection.get(widgets, { name: 'a' });
  }
  async function fails(category: ErrorCategory, options: ConnectOptions): Promise<ModelDeckError> {
    const error = await ask(options).then(
      () => assert.fail('it was expected to fail'),
      (reason: unknown) => reason,
    );
    assert.ok(ModelDeckError.is(error), String(error));
    assert.equal(error.category, category, error.message);
    return error;
  }
  /** A plugin that counts its runs and answers with what the shell prints. */
  async function plugin(
    script: string,
    name = 'plugin',
  ): Promise<{ command: string; apiVersion: string; interactiveMode: string }> {
    const command = await desk.write(name, `#!/bin/sh\necho run >> '${desk.folder}/runs'\n${script}\n`);
    return { command, apiVersion, interactiveMode: 'Never' };
  }
  const runs = async () => (await readFile(path.join(desk.folder, 'runs'), 'utf8')).trim().split('\n').length;
  const credential = (status: object) => `echo '${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}'`;

  it('sends a token, a password, or nothing', async () => {
    await ask({ user: { token: 'abc' } });
    assert.equal(last().authorization, 'Bearer abc');
    await ask({ user: { username: 'ada', password: 'pw' } });
    assert.equal(last().authorization, `Basic ${Buffer.from('ada:pw').toString('base64')}`);
    await ask();
    assert.equal(last().authorization, undefined);
  });

  it('reads a token file beside the kubeconfig, and again when the server does not take it', async () => {
    await desk.write('token', 'first\n');
    const connection = await desk.connect(server.url, { user: { tokenFile: 'token', token: 'inline' } });
    await connection.get(widgets, { name: 'a' });
    assert.equal(last().authorization, 'Bearer first');
    await desk.write('token', 'second\n');
    await connection.get(widgets, { name: 'a' });
    assert.equal(last().authorization, 'Bearer first', 'it is not read for each request');
    good = 'Bearer second';
    await connection.get(widgets, { name: 'a' });
    assert.equal(last().authorization, 'Bearer second');
    good = 'Bearer third';
    await assert.rejects(
      connection.get(widgets, { name: 'a' }),
      (error) => ModelDeckError.is(error) && error.category === 'unauthorized',
    );
    const error = await fails('not-found', { user: { tokenFile: 'absent' } });
    assert.ok(error.message.includes(path.join(desk.folder, 'absent')));
  });

  it('impersonates with groups, uid and extra', async () => {
    const impersonated = { as: 'eve', 'as-uid': '7', 'as-groups': ['a', 'b'], 'as-user-extra': { 'acme.io/x': ['1'] } };
    await ask({ user: { token: 'abc', ...impersonated } });
    assert.equal(last()['impersonate-user'], 'eve');
    assert.equal(last()['impersonate-uid'], '7');
    assert.equal(last()['impersonate-group'], 'a, b');
    assert.equal(last()['impersonate-extra-acme.io%2fx'], '1');
  });

  it('runs a plugin once, with what it needs to know', async () => {
    const exec = {
      ...(await plugin(`printf '%s' "$KUBERNETES_EXEC_INFO" > '${desk.folder}/info'; ${credential({ token: 'xyz' })}`)),
      args: ['get-token'],
      env: [{ name: 'REGION', value: 'north' }],
      provideClusterInfo: true,
    };
    const connection = await desk.connect(server.url, { user: { exec }, environment: shellPath });
    await Promise.all(['a', 'b', 'c'].map((name) => connection.get(widgets, { name })));
    await connection.get(widgets, { name: 'd' });
    assert.equal(last().authorization, 'Bearer xyz');
    assert.equal(await runs(), 1);
    assert.deepEqual(JSON.parse(await readFile(path.join(desk.folder, 'info'), 'utf8')), {
      kind: 'ExecCredential',
      apiVersion,
      spec: {
        interactive: false,
        cluster: {
          server: server.url,
          'certificate-authority-data': (await readFile(fakeAuthority)).toString('base64'),
          config: null,
        },
      },
    });
  });

  it('gives a plugin its arguments and variables', async () => {
    const exec = {
      ...(await plugin(
        `echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"status\\":{\\"token\\":\\"$1-$REGION\\"}}"`,
      )),
      args: ['get'],
      env: [{ name: 'REGION', value: 'north' }],
    };
    await ask({ user: { exec }, environment: shellPath });
    assert.equal(last().authorization, 'Bearer get-north');
  });

  it('runs a plugin again when its credential has expired, or the server does not take it', async () => {
    const counting = `n=$(wc -l < '${desk.folder}/runs' | tr -d ' ')`;
    const expired = `${counting}; echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"status\\":{\\"token\\":\\"t$n\\",\\"expirationTimestamp\\":\\"2020-01-01T00:00:00Z\\"}}"`;
    const first = await desk.connect(server.url, {
      user: { exec: await plugin(expired) },
      environment: shellPath,
    });
    await first.get(widgets, { name: 'a' });
    await first.get(widgets, { name: 'a' });
    assert.equal(last().authorization, 'Bearer t2');
    const lasting = `${counting}; echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"status\\":{\\"token\\":\\"t$n\\"}}"`;
    const second = await desk.connect(server.url, {
      user: { exec: await plugin(lasting, 'lasting') },
      environment: shellPath,
    });
    await second.get(widgets, { name: 'a' });
    good = 'Bearer t4';
    await second.get(widgets, { name: 'a' });
    assert.equal(await runs(), 4);
    good = 'Bearer never';
    await assert.rejects(second.get(widgets, { name: 'a' }), /Unauthorized/);
    assert.equal(await runs(), 5, 'it is not run for ever');
  });

  it('names a plugin that is missing, with the hint of the kubeconfig', async () => {
    const exec = {
      command: 'no-such-plugin',
      apiVersion,
      interactiveMode: 'Never',
      installHint: 'Install it from the shelf.',
    };
    const error = await fails('missing-tool', { user: { exec } });
    assert.equal(error.message, 'The credential plugin of ada is missing: no-such-plugin.');
    assert.equal(error.remedy, 'Install it from the shelf.');
  });

  it('finds a plugin on the PATH of the login shell', async () => {
    await plugin(credential({ token: 'from-shell' }), 'shell-only-plugin');
    const shell = await desk.write('fake-shell', `#!/bin/sh\nPATH='${desk.folder}':$PATH\nexport PATH\neval "$2"\n`);
    const exec = { command: 'shell-only-plugin', apiVersion, interactiveMode: 'Never' };
    await ask({ user: { exec }, environment: { ...shellPath, SHELL: shell } });
    assert.equal(last().authorization, 'Bearer from-shell');
  });

  it('tells what a plugin says when it fails, and never what it answers', async () => {
    const failing = await fails('unauthorized', {
      user: {
        exec: { ...(await plugin('echo secret-out; echo session expired >&2; exit 7')), args: ['login', '--key', 'k'] },
      },
      environment: shellPath,
    });
    assert.match(failing.message, /^The credential plugin plugin of ada failed \(7\): session expired$/);
    assert.ok(failing.remedy?.endsWith(`${desk.folder}/plugin login`), failing.remedy);
    const talking = await fails('unauthorized', {
      user: { exec: await plugin('echo secret-out', 'talking') },
      environment: shellPath,
    });
    for (const error of [failing, talking]) {
      assert.ok(!JSON.stringify([error, error.message, error.stack, String(error.cause)]).includes('secret-out'));
    }
    await fails('unauthorized', { user: { exec: { ...(await plugin('')), interactiveMode: 'Always' } } });
  });

  it('runs no plugin that is not allowed, and asks again at the next request', async () => {
    const exec = { ...(await plugin(credential({ token: 'x' }))), args: ['a'], env: [{ name: 'V', value: 'secret' }] };
    const asked: unknown[] = [];
    const connection = await desk.connect(server.url, {
      user: { exec },
      allowExecPlugin: (asking) => {
        asked.push(asking);
        return Promise.resolve(false);
      },
    });
    for (let round = 0; round < 2; round += 1) {
      await assert.rejects(connection.get(widgets, { name: 'a' }), /was not allowed to run/);
    }
    const { file } = connection.context;
    const question = { command: exec.command, args: ['a'], variables: ['V'], file };
    assert.deepEqual(asked, [question, question]);
    assert.deepEqual(await execPluginOf([file], 'desk'), asked[0]);
    assert.equal(await execPluginOf([file], 'absent'), undefined);
    await assert.rejects(runs(), /ENOENT/);
  });

  it('ends a plugin that runs when the connection is closed', async () => {
    const exec = await plugin('exec sleep 600');
    const connection = await desk.connect(server.url, { user: { exec }, environment: shellPath });
    const asking = connection.get(widgets, { name: 'a' });
    await waitUntil('the plugin runs', async () => (await runs()) > 0);
    connection.close();
    await assert.rejects(asking, (error) => ModelDeckError.is(error) && error.category === 'cancelled');
  });

  it('refuses the sign-ins that Kubernetes has given up', async () => {
    const gcp = { name: 'gcp', config: { 'cmd-path': '/bin/touch', 'cmd-args': path.join(desk.folder, 'touched') } };
    await fails('unsupported', { user: { 'auth-provider': gcp } });
    await assert.rejects(readFile(path.join(desk.folder, 'touched')));
  });
});

describe('contextSettings', { timeout: 120_000 }, () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.close());

  async function open(config: object, contextName = 'c'): Promise<ModelDeckError> {
    const file = await desk.write('config', JSON.stringify(config));
    const error = await openConnection({ files: [file], contextName, environment: {} }).then(
      () => assert.fail('it was expected to fail'),
      (reason: unknown) => reason,
    );
    assert.ok(ModelDeckError.is(error), String(error));
    return error;
  }
  const contexts = [{ name: 'c', context: { cluster: 'k', user: 'u' } }];
  const clusters = [{ name: 'k', cluster: { server: 'https://127.0.0.1:1' } }];
  const users = [{ name: 'u', user: {} }];

  it('names what the kubeconfig lacks', async () => {
    assert.equal((await open({ contexts, clusters, users }, 'other')).category, 'not-found');
    for (const [config, message] of [
      [{ contexts, users }, /names the cluster "k", which no kubeconfig defines/],
      [{ contexts, clusters }, /names the user "u", which no kubeconfig defines/],
      [
        { contexts, users, clusters: [{ name: 'k', cluster: { server: 'example.com' } }] },
        /^server of cluster k is no address/,
      ],
      [
        { contexts, users, clusters: [{ name: 'k', cluster: { server: 'https://a', 'proxy-url': 'ftp://b' } }] },
        /proxy-url/,
      ],
    ] as const) {
      const error = await open(config);
      assert.equal(error.category, 'invalid-input');
      assert.match(error.message, message);
      assert.equal(error.nextStep?.kind, 'open-file');
    }
  });

  it('puts a context together from several files, paths relative to the file that has them', async () => {
    const first = await desk.write('first', JSON.stringify({ contexts }));
    const second = await desk.write(
      'second',
      JSON.stringify({ clusters, users: [{ name: 'u', user: { tokenFile: 't' } }] }),
    );
    const connection = await openConnection({ files: [first, second], contextName: 'c', environment: {} });
    assert.equal(connection.context.file, first);
    assert.equal(connection.namespace, 'default');
    await assert.rejects(connection.get(widgets, { name: 'a' }), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.equal(error.location?.path, path.join(desk.folder, 't'));
      return true;
    });
    connection.close();
  });
});

import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { openConnection } from '../../../src/cluster/openConnection.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { sendJson, fakeAuthority, startSecureApiServer } from './fakeApiServer.ts';

it('asks again after a no, and never after a yes', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-allow-'));
  const server = await startSecureApiServer((_asked, response) => sendJson(response, {}));
  const plugin = path.join(folder, 'login');
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 't' } };
  await writeFile(plugin, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`);
  await chmod(plugin, 0o755);
  const exec = { apiVersion: credential.apiVersion, command: plugin, interactiveMode: 'Never' };
  const file = path.join(folder, 'config');
  await writeFile(
    file,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority': fakeAuthority } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: { exec } }],
    }),
  );
  const answers = [false, true];
  const connection = await openConnection({
    files: [file],
    contextName: 'x',
    environment: process.env,
    allowExecPlugin: () => Promise.resolve(answers.shift() ?? assert.fail('asked again after a yes')),
  });
  try {
    const ask = () => connection.request({ method: 'GET', path: '/version' });
    await assert.rejects(ask, (error) => ModelDeckError.is(error) && error.category === 'unauthorized');
    await ask();
    await ask();
    assert.deepEqual(answers, []);
    assert.equal(server.asked.at(-1)?.headers.authorization, 'Bearer t');
  } finally {
    connection.close();
    await server.close();
    await rm(folder, { recursive: true });
  }
});

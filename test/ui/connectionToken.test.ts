import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCodeServer, type RunningCodeServer } from '../../scripts/vscode/codeServer.ts';
import { installCodeServer } from '../../scripts/vscode/codeServerInstall.ts';
import { chosenVersion } from '../../scripts/vscode/versions.ts';

describe('the VS Code that our scripts serve', () => {
  let folder: string;
  let server: RunningCodeServer;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-deck-token-'));
    const userData = path.join(folder, 'user');
    server = await startCodeServer(await installCodeServer(chosenVersion(), console.log), { userData });
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  const status = async (address: string | URL): Promise<number> =>
    (await fetch(address, { redirect: 'manual' })).status;

  it('answers nobody who does not have the token of the printed address', async () => {
    for (const place of ['/', '/?ew=true', '/?tkn=guess', '/vscode-remote-resource?path=/etc/hostname']) {
      assert.equal(await status(new URL(place, server.url)), 403, place);
    }
  });

  it('answers who has it', async () => assert.equal(await status(server.url), 302));
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ExecPlugin } from '../../../src/cluster/signIn/execPlugin.ts';
import { execPluginQuestion } from '../../../src/commands/clusters/execPluginQuestion.ts';
import type { Memory } from '../../../src/commands/clusters/rememberedNamespaces.ts';

describe('execPluginQuestion', () => {
  let folder: string;
  let workspace: string;
  let isTrusted: boolean;
  let answer: boolean;
  let asked: string[];
  let memory: Memory;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'model-deck-exec-')));
    workspace = path.join(folder, 'workspace');
    await mkdir(workspace);
    await writeFile(path.join(workspace, 'config'), 'users: []');
    isTrusted = true;
    answer = true;
    asked = [];
    const kept = new Map<string, unknown>();
    memory = {
      get: <T>(key: string) => kept.get(key) as T | undefined,
      update: (key, value) => {
        kept.set(key, JSON.parse(JSON.stringify(value)));
        return Promise.resolve();
      },
    };
  });
  afterEach(() => rm(folder, { recursive: true }));

  const plugin = (more: Partial<ExecPlugin> = {}): ExecPlugin => ({
    command: './login',
    args: ['--cluster', 'ml'],
    variables: ['LD_PRELOAD'],
    file: path.join(workspace, 'config'),
    ...more,
  });
  /** As in a window that is opened again: only the memory is kept. */
  const allow = (what: ExecPlugin): Promise<boolean> =>
    execPluginQuestion(memory, {
      workspaceFolders: () => [workspace],
      isTrusted: () => isTrusted,
      ask: (_question, detail) => {
        asked.push(detail);
        return Promise.resolve(answer);
      },
    })(what);

  it("does not ask about the user's own kubeconfig", async () => {
    assert.equal(await allow(plugin({ file: path.join(folder, 'config') })), true);
    assert.equal(await allow(plugin({ file: `${workspace}-other/config` })), true);
    assert.deepEqual(asked, []);
  });

  it('names file, command and variables of one that lies in the workspace, once', async () => {
    assert.equal(await allow(plugin()), true);
    assert.equal(await allow(plugin()), true);
    assert.equal(asked.length, 1);
    for (const word of [path.join(workspace, 'config'), './login --cluster ml', 'LD_PRELOAD']) {
      assert.ok(asked[0]?.includes(word), asked[0]);
    }
  });

  it('asks again after a no, for another command, and when the file has changed', async () => {
    answer = false;
    assert.equal(await allow(plugin()), false);
    answer = true;
    await allow(plugin());
    await allow(plugin({ args: ['--cluster', 'other'] }));
    await writeFile(path.join(workspace, 'config'), 'users: [{}]');
    await allow(plugin());
    assert.equal(asked.length, 4);
  });

  it('is not led astray by links', async () => {
    const outside = path.join(folder, 'looks-like-mine');
    await symlink(path.join(workspace, 'config'), outside);
    await allow(plugin({ file: outside }));
    assert.equal(asked.length, 1);
  });

  it('runs nothing of a workspace that is not trusted', async () => {
    isTrusted = false;
    assert.equal(await allow(plugin()), false);
    assert.deepEqual(asked, []);
  });

  it('reads over a memory that is not its own', async () => {
    await memory.update('modelDeck.allowedExecPlugins', { not: 'a list' });
    assert.equal(await allow(plugin()), true);
    assert.equal(asked.length, 1);
  });
});

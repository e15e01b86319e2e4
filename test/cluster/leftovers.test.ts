import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { waitUntil } from '../waitUntil.ts';

const root = path.join(import.meta.dirname, '..', '..');
const keeper = path.join(import.meta.dirname, 'harness', 'processKeeper.ts');
/** Starts a process with a child of its own, and waits to be killed. */
const script = `
  const { keepProcesses } = require(${JSON.stringify(keeper)});
  void keepProcesses().then(({ folder, start }) => {
    const { child } = start('sleeper', 'sh', ['-c', 'sleep 600 & sleep 600']);
    console.log(JSON.stringify({ folder, pid: child.pid }));
    setInterval(() => undefined, 1000);
  });
`;

describe('a test process that is killed', () => {
  it('leaves no process and no folder behind', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
    const { folder, pid } = JSON.parse(line) as { readonly folder: string; readonly pid: number };
    assert.ok(existsSync(folder) && isAlive(pid));
    child.kill('SIGKILL');
    await waitUntil('all is gone', () => Promise.resolve(existsSync(folder) || isAlive(pid) ? undefined : true));
  });
});

function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

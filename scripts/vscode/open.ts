/** Opens a folder in VS Code with this extension, in the best way that this machine has. Argument: the folder. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { desktopVscode, hasDisplay } from './desktop.ts';
import { startCodeServer } from './codeServer.ts';
import { installCodeServer } from './codeServerInstall.ts';
import { chosenVersion } from './versions.ts';

const root = path.join(import.meta.dirname, '..', '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(workspace: string): Promise<void> {
  const desktop = hasDisplay() ? await desktopVscode(print) : undefined;
  if (desktop) return openDesktop(desktop, workspace);
  await serveInBrowser(workspace);
}

async function openDesktop(program: string, workspace: string): Promise<void> {
  print(`Opening ${workspace} in ${program}; this ends when its window is closed.`);
  const args = ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, workspace];
  const child = spawn(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const code = await new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
  if (code !== 0) throw new Error(`${program} ended with code ${code}.`);
}

async function serveInBrowser(workspace: string): Promise<void> {
  const userData = await mkdtemp(path.join(tmpdir(), 'model-deck-start-'));
  try {
    const server = await installCodeServer(chosenVersion(), print);
    // Somebody works in it: as in every VS Code, a folder is trusted only when the user says so.
    const settings = { 'security.workspace.trust.enabled': true };
    const running = await startCodeServer(server, { workspace, userData, extension: root, settings });
    const { port } = new URL(running.url);
    print(`\nVS Code ${server.version.vscode} with Model Deck, until Ctrl-C:\n\n  ${running.url}\n`);
    print('Open this address in a browser on this machine. Its token is a password: keep it to yourself.');
    print('From another machine, forward the port first:');
    print(`  ssh -L ${port}:127.0.0.1:${port} <this machine>`);
    await new Promise((resolve) => {
      // Not once: a terminal and npm both send it, and the second must not cut the tidying short.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
    });
    await running.stop();
  } finally {
    await rm(userData, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

main(process.argv[2] ?? root).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

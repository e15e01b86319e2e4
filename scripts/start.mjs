// `npm start`: installs, builds, and opens VS Code with the extension on a copy of the sample.
//   -- --headless   does the main job in a real VS Code without a display, and ends
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './install.mjs';

const root = path.join(import.meta.dirname, '..');

function run(script, ...args) {
  const { status, signal } = spawnSync(process.execPath, [...script, ...args], { cwd: root, stdio: 'inherit' });
  if (signal === null && status !== 0) process.exit(status ?? 1);
}

// What runs below ends itself at Ctrl-C; this waits for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);

try {
  ensureInstalled();
  run(['scripts/build.mjs']);
  if (process.argv.includes('--headless')) {
    run(['--import', 'tsx', 'scripts/vscode/headless.ts']);
  } else {
    const workspace = path.join(root, 'artifacts', 'sample-workspace');
    if (!existsSync(workspace)) {
      mkdirSync(workspace, { recursive: true });
      cpSync(path.join(root, 'media', 'samples'), workspace, { recursive: true });
    }
    run(['--import', 'tsx', 'scripts/vscode/open.ts'], workspace);
  }
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

// `npm test` from a bare clone: installs what is missing, then lint, types and units.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(path.join(root, 'node_modules', '.package-lock.json'))) run(npm, 'ci', '--ignore-scripts');
run(npm, 'run', 'lint');
run(npm, 'run', 'types');
run(npm, 'run', 'test:unit');

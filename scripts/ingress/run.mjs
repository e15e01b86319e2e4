// `npm run test:ingress`: installs, builds what stands in front of model servers, and runs test/ingress in a real cluster.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled } from '../install.mjs';

const root = path.join(import.meta.dirname, '..', '..');

// What runs below ends itself at Ctrl-C; this waits for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);

try {
  ensureInstalled();
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/ingress/suites.ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

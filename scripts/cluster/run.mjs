// `npm run test:cluster`: installs, builds, starts one real Kubernetes with KServe, runs every test/cluster/*.test.ts in it,
// and stops it. Arguments narrow it to files whose names contain them. MODEL_DECK_TEST_KUBECONFIG names another cluster.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled } from '../install.mjs';

const root = path.join(import.meta.dirname, '..', '..');

function run(...args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

// What runs below ends itself at Ctrl-C; this waits for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);

try {
  ensureInstalled();
  const built = await run('scripts/build.mjs');
  process.exitCode = built || (await run('--import', 'tsx', 'scripts/cluster/suites.ts', ...process.argv.slice(2)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

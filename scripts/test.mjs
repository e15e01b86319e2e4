// `npm test`: from a bare clone to the whole suite. Says what it runs and how long each part took.
//   --newest   the in-host and UI suites once more, in the newest VS Code that is supported
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './install.mjs';

const root = path.join(import.meta.dirname, '..');
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const vsix = path.join(root, `${name}-${version}.vsix`);
const times = [];

function run(what, args, env = {}) {
  console.log(`\n── ${what}`);
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  times.push(`${what} ${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (status !== 0) {
    console.error(`\nFailed: ${what}`);
    process.exit(status ?? 1);
  }
}

const tool = (file) => path.join('node_modules', file);
const host = ['--import', 'tsx', 'scripts/vscode/hostTests.ts'];
try {
  ensureInstalled();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (process.argv.includes('--newest')) {
  const env = { MODEL_DECK_VSCODE_VERSION: 'newest' };
  run('vsix and budgets', ['scripts/package.mjs']);
  run('in-host suites', host, env);
  run('UI tests with the vsix', ['scripts/uiTests.mjs'], { ...env, MODEL_DECK_VSIX: vsix });
} else {
  run('lint', [tool('eslint/bin/eslint.js'), '.', '--max-warnings', '0']);
  run('types', [tool('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']);
  run('types of the pages', [tool('typescript/bin/tsc'), '--noEmit', '-p', 'webview/tsconfig.json']);
  run('circles, unused exports, names, words', ['scripts/checks/main.mjs']);
  run('unit tests', ['scripts/unit.mjs']);
  run('vsix and budgets', ['scripts/package.mjs']);
  run('in-host suites', host);
  run('UI tests', ['scripts/uiTests.mjs']);
  run('the main job with the vsix', ['scripts/uiTests.mjs', 'mainJob'], { MODEL_DECK_VSIX: vsix });
}
console.log(`\nAll passed: ${times.join(', ')}`);

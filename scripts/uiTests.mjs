// Runs the UI tests, each file in a real VS Code of its own: every test/ui/*.test.ts. Arguments narrow it to files whose
// names contain them. MODEL_DECK_VSCODE_VERSION=newest takes the newest VS Code, MODEL_DECK_VSIX=<file> a packed extension.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { nodeTest } from './nodeTest.mjs';

const root = path.join(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const files = readdirSync(path.join(root, 'test', 'ui'))
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => path.join('test', 'ui', file))
  .sort();
const options = [...nodeTest('ui'), '--test-concurrency=1'];
const { status } = spawnSync(process.execPath, [...options, ...files], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

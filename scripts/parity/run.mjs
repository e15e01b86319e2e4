// Compares our archives and predictions with those of torch-model-archiver and onnxruntime in Python. Needs Python 3 with
// venv; the packages come into the cache folder. Arguments narrow it to test files that contain them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { nodeTest } from '../nodeTest.mjs';

const root = path.join(import.meta.dirname, '..', '..');
const wanted = process.argv.slice(2);
const files = readdirSync(path.join(root, 'test', 'parity'))
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => path.join('test', 'parity', file))
  .sort();
const options = nodeTest('parity');
const { status } = spawnSync(process.execPath, [...options, ...files], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

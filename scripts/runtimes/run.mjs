// `npm run test:runtimes`: our packages in real model servers: Triton 2.51, MLServer 1.7.1, TorchServe 0.12 with and without
// onnxruntime. Installs them into the cache; needs Java, torch and Python 3.11. Arguments narrow it to test files that contain them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from '../install.mjs';
import { nodeTest } from '../nodeTest.mjs';

const root = path.join(import.meta.dirname, '..', '..');
ensureInstalled();
const wanted = process.argv.slice(2);
const files = readdirSync(path.join(root, 'test', 'runtimes'))
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => path.join('test', 'runtimes', file))
  .sort();
const args = [...nodeTest('runtimes'), '--test-concurrency=1', ...files];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

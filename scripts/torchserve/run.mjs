// `npm run test:torchserve`: our archives in a real TorchServe 0.12. Installs it into the cache; needs Java and torch.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled } from '../install.mjs';
import { nodeTest } from '../nodeTest.mjs';

const root = path.join(import.meta.dirname, '..', '..');
ensureInstalled();
const files = ['torchServe', 'networks', 'matrix'].map((name) => `test/torchserve/${name}.test.ts`);
const args = [...nodeTest('torchserve'), '--test-concurrency=1', ...files];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

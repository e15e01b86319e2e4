// `npm run package`: builds the vsix and holds it against its budgets. Fails when one is missed.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { activationCost } from './activationCost.mjs';

const root = path.join(import.meta.dirname, '..');
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const vsix = path.join(root, `${name}-${version}.vsix`);

const budgets = {
  /** MB; the sample's weights, sharp and ONNX Runtime are most of it. */
  vsix: 15,
  /** KB, minified: what is read when the extension is activated. */
  extension: 250,
  /** Milliseconds of `activate()`. */
  activation: 20,
};

const built = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
// Dependencies are bundled, or vendored into dist/.
await createVSIX({
  cwd: root,
  packagePath: vsix,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});

const cost = await activationCost(path.join(root, 'dist', 'extension.js'));
const checks = [
  ['vsix', statSync(vsix).size / 1e6, budgets.vsix, 'MB'],
  ['extension.js', statSync(path.join(root, 'dist', 'extension.js')).size / 1e3, budgets.extension, 'KB'],
  ['activate()', cost.milliseconds, budgets.activation, 'ms'],
];
let missed = cost.foreign.length;
for (const [what, value, budget, unit] of checks) {
  const fits = value <= budget;
  if (!fits) missed += 1;
  console.log(`${fits ? 'fits' : 'TOO MUCH'}  ${what}: ${value.toFixed(1)} of ${budget} ${unit}`);
}
if (cost.foreign.length > 0) console.log(`activate() loads what it must not: ${cost.foreign.join(', ')}`);
console.log(vsix);
process.exit(missed > 0 ? 1 : 0);

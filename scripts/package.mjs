// `npm run package`: builds the vsix and holds it against its budgets. Fails when one is missed.
//   --target linux-x64   also the one for that platform, with ONNX Runtime's native build; may be given several times, or `all`
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { activationCost } from './activationCost.mjs';
import { nativeTargets, ownTarget } from './vendor-onnxruntime.mjs';

const root = path.join(import.meta.dirname, '..');
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const { values } = parseArgs({ options: { target: { type: 'string', multiple: true, default: [] } } });
const platforms = values.target.includes('all') ? Object.keys(nativeTargets) : values.target;

const budgets = {
  /** MB; the sample's weights, sharp and ONNX Runtime are most of it. */
  vsix: 15,
  /** MB of one for a platform, with a native library. */
  platform: 30,
  /** KB, minified: what is read when the extension is activated. */
  extension: 250,
  /** Milliseconds of `activate()`. */
  activation: 20,
};

function build(...options) {
  const built = spawnSync(process.execPath, ['scripts/build.mjs', ...options], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) process.exit(built.status ?? 1);
}

/** @param target undefined for the one that runs everywhere */
async function packed(target) {
  const vsix = path.join(root, [name, ...(target ? [target] : []), `${version}.vsix`].join('-'));
  build('--package', '--target', target ?? 'universal');
  // Dependencies are bundled, or vendored into dist/.
  await createVSIX({
    cwd: root,
    packagePath: vsix,
    ...(target && { target }),
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return vsix;
}

const universal = await packed();
const cost = await activationCost(path.join(root, 'dist', 'extension.js'));
const size = (file) => statSync(file).size;
const checks = [
  ['vsix', size(universal) / 1e6, budgets.vsix, 'MB'],
  ['extension.js', size(path.join(root, 'dist', 'extension.js')) / 1e3, budgets.extension, 'KB'],
  ['activate()', cost.milliseconds, budgets.activation, 'ms'],
];
for (const target of platforms)
  checks.push([`vsix ${target}`, size(await packed(target)) / 1e6, budgets.platform, 'MB']);
// What is built last is what developers run.
if (platforms.length > 0) build('--target', ownTarget());

let missed = cost.foreign.length;
for (const [what, value, budget, unit] of checks) {
  const fits = value <= budget;
  if (!fits) missed += 1;
  console.log(`${fits ? 'fits' : 'TOO MUCH'}  ${what}: ${value.toFixed(1)} of ${budget} ${unit}`);
}
if (cost.foreign.length > 0) console.log(`activate() loads what it must not: ${cost.foreign.join(', ')}`);
console.log(universal);
process.exit(missed > 0 ? 1 : 0);

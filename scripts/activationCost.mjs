import { spawnSync } from 'node:child_process';

/** How often it is measured; each time in a process of its own, as VS Code loads it once. */
const runs = 9;

/**
 * Loads the extension with a `vscode` that accepts every call, and measures `activate()`. What VS Code itself does with the
 * calls is not in it.
 *
 * @param {string} entry absolute path of extension.js
 * @returns {Promise<{milliseconds: number, foreign: string[]}>} the median, and loaded files other than the entry
 */
export async function activationCost(entry) {
  const results = Array.from({ length: runs }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', probe, entry], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The extension could not be activated: ${stderr}`);
    return JSON.parse(stdout);
  });
  const times = results.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return { milliseconds: times[runs >> 1], foreign: results[0].foreign };
}

const probe = `
const Module = require('node:module');
const anything = () => new Proxy(function () {}, {
  get: (target, key) => (key === Symbol.toPrimitive ? () => '' : key === 'prototype' ? target.prototype : key === 'then' ? undefined : anything()),
  apply: () => anything(),
  construct: () => anything(),
});
const source = require('node:fs').readFileSync(process.argv[1], 'utf8');
// Bundled code copies a module's own properties, so each name that it may ask for must be one.
const api = Object.fromEntries([...source.matchAll(/[.]([A-Za-z]+)/g)].map(([, name]) => [name, anything()]));
const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? api : load(request, ...rest));
const extension = require(process.argv[1]);
const context = { subscriptions: [], extensionPath: '/x', extensionUri: {}, globalStorageUri: { fsPath: '/x' } };
const started = performance.now();
extension.activate(context);
const milliseconds = performance.now() - started;
const foreign = Object.keys(require.cache).filter((file) => file !== process.argv[1]);
console.log(JSON.stringify({ milliseconds, foreign }));
process.exit(0);
`;

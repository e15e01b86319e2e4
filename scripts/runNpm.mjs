import { spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * Runs npm, of this Node where it can be told, and throws one line when it fails.
 *
 * @param {string[]} args
 * @param {{cwd?: string, env?: Record<string, string>, capture?: boolean, node?: string}} [options] `capture`: return
 *   the standard output instead of showing it; `node`: the program that runs npm and the scripts of packages
 * @returns {string} standard output, when captured
 */
export function runNpm(args, { cwd, env = {}, capture = false, node = process.execPath } = {}) {
  const script = process.env.npm_execpath;
  const own = script !== undefined && /npm-cli\.[cm]?js$/.test(script);
  const [command, first] = own ? [node, [script]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  const { status, error, stdout, stderr } = spawnSync(command, [...first, ...args], {
    cwd,
    env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`, ...env },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: !own && process.platform === 'win32',
  });
  if (error) throw new Error(`npm could not be started: ${error.message}`);
  if (status === 0) {
    if (!capture && stdout) process.stdout.write(stdout);
    return stdout;
  }
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => /\S/.test(line));
  const reason = lines.filter((line) => /npm (err!|error)|\berror:/i.test(line)).slice(0, 6);
  throw new Error(`npm ${args.join(' ')} failed:\n${(reason.length > 0 ? reason : lines.slice(-6)).join('\n')}`);
}

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../cacheFolder.mjs';
import { runNpm } from '../runNpm.mjs';
import { requireTools } from './systemTools.ts';
import type { SystemTool } from './systemTools.ts';
import type { VscodeVersion } from './versions.ts';

/** A VS Code on disk that is served to a browser. */
export interface CodeServer {
  readonly version: VscodeVersion;
  /** Folder with `out/server-main.js`. */
  readonly folder: string;
  /** The Node that runs it. */
  readonly node: string;
}

const compiler = 'to compile the native parts of code-server';
const buildTools: readonly SystemTool[] = [
  { programs: ['g++', 'clang++'], debianPackage: 'g++', purpose: compiler },
  { programs: ['make'], debianPackage: 'make', purpose: compiler },
  { programs: ['python3', 'python'], debianPackage: 'python3', purpose: compiler },
];
const ripgrep: SystemTool = { programs: ['rg'], debianPackage: 'ripgrep', purpose: 'search in code-server' };

/**
 * Finds the version in the cache, or installs it there: about two minutes and 400 MB, once for all clones. The folder
 * appears under its name only when it is whole.
 *
 * @throws Error one line that says what is missing
 */
export async function installCodeServer(version: VscodeVersion, log: (line: string) => void): Promise<CodeServer> {
  if (process.platform === 'win32') {
    throw new Error('code-server does not run on Windows: put VS Code on the PATH, or its path in MODEL_DECK_VSCODE.');
  }
  const home = cacheFolder('vscode', version.codeServer);
  const folder = path.join(home, 'node_modules', 'code-server', 'lib', 'vscode');
  const node = await nodeOfMajor(version.node, log);
  if (existsSync(path.join(home, 'complete'))) return { version, folder, node };

  requireTools(buildTools, log);
  log(
    `Installing code-server ${version.codeServer} (VS Code ${version.vscode}) into ${home}: takes some minutes, once`,
  );
  await mkdir(path.dirname(home), { recursive: true });
  const temporary = await mkdtemp(`${home}.`);
  try {
    await fill(temporary, version, node, log);
    await rm(home, { recursive: true, force: true });
    await rename(temporary, home);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return { version, folder, node };
}

async function fill(home: string, version: VscodeVersion, node: string, log: (line: string) => void): Promise<void> {
  await writeFile(path.join(home, 'package.json'), '{"private": true}\n');
  const env = {
    // node-pty asks npx for node-gyp, and npx would ask us.
    npm_config_yes: 'true',
    npm_config_loglevel: 'error',
    ...nodeHeaders(node),
  };
  const server = path.join(home, 'node_modules', 'code-server');
  const vscode = path.join(server, 'lib', 'vscode');
  runNpm(['install', '--ignore-scripts', `code-server@${version.codeServer}`], { cwd: home, env, node, capture: true });
  log('  installing the packages of its VS Code');
  runNpm(['install', '--omit=dev', '--ignore-scripts'], { cwd: vscode, env, node, capture: true });
  log('  compiling its native parts');
  const native = ['node-pty', '@vscode/spdlog', 'native-watchdog', '@vscode/native-watchdog'];
  const present = native.filter((name) => existsSync(path.join(vscode, 'node_modules', name)));
  runNpm(['rebuild', ...present], { cwd: vscode, env, node, capture: true });

  // The same packages are looked for in the archive that the desktop's build would have made.
  await symlink('node_modules', path.join(vscode, 'node_modules.asar'));
  const rg = path.join(vscode, 'node_modules', '@vscode', 'ripgrep');
  if (existsSync(rg) && !existsSync(path.join(rg, 'bin', 'rg'))) {
    const [program = ''] = requireTools([ripgrep], log);
    await mkdir(path.join(rg, 'bin'), { recursive: true });
    await symlink(program, path.join(rg, 'bin', 'rg'));
  }
  await writeFile(path.join(home, 'complete'), '');
}

/** This Node, one on the PATH, or npm's package of it. */
async function nodeOfMajor(major: number, log: (line: string) => void): Promise<string> {
  if (Number.parseInt(process.versions.node, 10) === major) return process.execPath;
  const home = cacheFolder('node', String(major));
  const packageName = `node-${process.platform}-${process.arch}`;
  const node = path.join(home, 'node_modules', packageName, 'bin', 'node');
  if (existsSync(node)) return node;
  log(`Installing Node ${major}, which this VS Code wants, into ${home}`);
  await mkdir(path.dirname(home), { recursive: true });
  const temporary = await mkdtemp(`${home}.`);
  try {
    await writeFile(path.join(temporary, 'package.json'), '{"private": true}\n');
    runNpm(['install', `${packageName}@${major}`], { cwd: temporary, capture: true });
    if ((await readdir(temporary)).length === 0) throw new Error(`npm installed no ${packageName}.`);
    await rm(home, { recursive: true, force: true });
    await rename(temporary, home);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return node;
}

/** Headers that came with Node spare node-gyp a download; without them it fetches its own. */
function nodeHeaders(node: string): Readonly<Record<string, string>> {
  const prefix = path.dirname(path.dirname(node));
  return existsSync(path.join(prefix, 'include', 'node', 'node.h')) ? { npm_config_nodedir: prefix } : {};
}

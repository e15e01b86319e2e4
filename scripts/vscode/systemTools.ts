import { spawnSync } from 'node:child_process';
import type { SpawnSyncOptions } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** A program that npm does not bring, and the Debian package that does. */
export interface SystemTool {
  /** Names it goes by; the first that is found is taken. */
  readonly programs: readonly string[];
  readonly debianPackage: string;
  /** What it is for, as the end of a sentence. */
  readonly purpose: string;
}

/** Absolute path of the first of these programs on the `PATH`. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const name of names) {
    for (const folder of folders) {
      const file = endings.map((ending) => path.join(folder, name + ending)).find(isExecutable);
      if (file !== undefined) return file;
    }
  }
  return undefined;
}

/**
 * Paths of the tools, in their order. What is missing is installed by apt-get where that is allowed (as root, on
 * Debian and its kin).
 *
 * @throws Error one line that names every missing tool, what it is for, and the command that brings it
 */
export function requireTools(tools: readonly SystemTool[], log: (line: string) => void): readonly string[] {
  const missing = tools.filter(({ programs }) => findProgram(...programs) === undefined);
  if (missing.length > 0) install(missing, log);
  return tools.map((tool) => findProgram(...tool.programs) ?? fail([tool]));
}

function install(missing: readonly SystemTool[], log: (line: string) => void): void {
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  const aptGet = findProgram('apt-get');
  if (aptGet === undefined || process.getuid?.() !== 0) fail(missing);
  log(`Installing ${packages.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options: SpawnSyncOptions = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  // The lists of a fresh image are empty, those of an old one name files that are gone.
  spawnSync(aptGet, ['update', '-qq'], options);
  const { status } = spawnSync(aptGet, ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  if (status !== 0) fail(missing);
}

function fail(missing: readonly SystemTool[]): never {
  const list = missing.map(({ programs, purpose }) => `${programs[0]} (${purpose})`).join(', ');
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))].join(' ');
  throw new Error(`Missing: ${list}. On Debian or Ubuntu: sudo apt-get install ${packages}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

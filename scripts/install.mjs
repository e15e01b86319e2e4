import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { runNpm } from './runNpm.mjs';

const root = path.join(import.meta.dirname, '..');

/**
 * Installs the packages of the lock file when they are missing or older than it. Without install scripts: none is needed,
 * and nothing but npm's packages is fetched.
 */
export function ensureInstalled() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing npm packages');
  runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root, capture: true });
}

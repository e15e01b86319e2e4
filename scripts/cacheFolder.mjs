import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Folder for what is fetched once and used by every clone. `MODEL_DECK_CACHE` moves it.
 *
 * @param {...string} parts path below it
 * @returns {string} absolute path; the folder may not exist yet
 */
export function cacheFolder(...parts) {
  const { MODEL_DECK_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const home = path.join(homedir(), '.cache');
  const base = process.platform === 'win32' ? (LOCALAPPDATA ?? home) : (XDG_CACHE_HOME ?? home);
  return path.join(MODEL_DECK_CACHE ?? path.join(base, 'model-deck'), ...parts);
}

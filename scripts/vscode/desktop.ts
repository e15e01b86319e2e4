import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { cacheFolder } from '../cacheFolder.mjs';
import { findProgram } from './systemTools.ts';
import { chosenVersion } from './versions.ts';

/** Whether a window can be shown. */
export function hasDisplay(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

/** A VS Code with windows: `MODEL_DECK_VSCODE`, `code` on the PATH, or a download; undefined where none can be had. */
export async function desktopVscode(log: (line: string) => void): Promise<string | undefined> {
  const found = process.env['MODEL_DECK_VSCODE'] ?? findProgram('code', 'codium');
  return found ?? downloadVscode(log);
}

/** Undefined when the download does not work, which is the rule on closed networks. */
export async function downloadVscode(log: (line: string) => void): Promise<string | undefined> {
  const { vscode: version } = chosenVersion();
  try {
    return await downloadAndUnzipVSCode({ version, cachePath: cacheFolder('vscode', 'desktop'), timeout: 20_000 });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    log(`VS Code ${version} cannot be downloaded here (${reason}).`);
    return undefined;
  }
}

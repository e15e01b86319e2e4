import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Looks for a program on a PATH, as the shell would; a command with a folder in it is taken as it is.
 * @param searchPath value of `PATH`
 * @param extensions value of Windows' `PATHEXT`; empty elsewhere
 */
export async function findProgram(command: string, searchPath: string, extensions = ''): Promise<string | undefined> {
  const names = ['', ...extensions.split(';').filter((extension) => extension !== '')].map((end) => command + end);
  const folders = path.basename(command) === command ? searchPath.split(path.delimiter).filter(Boolean) : [''];
  for (const folder of folders) {
    for (const name of names) {
      const file = path.join(folder, name);
      if (await isProgram(file)) return file;
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

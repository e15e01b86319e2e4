import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Contents by path in a folder, with `/`. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** Writes files of a test with the folders that they lie in. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

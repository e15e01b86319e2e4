import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../../foundation/fileErrors.ts';
import type { PackageFile } from '../../modelPackage.ts';
import type { ArchiveFormat } from '../../spec/modelSpec.ts';

const configPath = 'config/config.properties';

export interface ArchiveOnDisk {
  /** Absolute. */
  readonly path: string;
  readonly format: ArchiveFormat;
  readonly size: number;
  readonly sha256: string;
  /** Of a folder (`no-archive`), its files by their names in it. */
  readonly entries: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
}

/** Path of the archive in the package. */
export function archivePathIn({ path: file }: Pick<ArchiveOnDisk, 'path'>): string {
  return `model-store/${path.basename(file)}`;
}

/**
 * The files of a package: its configuration, and the archive or the files of its folder.
 * @param folder absolute path of the package
 * @param configProperties absolute path of the configuration
 */
export async function packageFiles(
  folder: string,
  archive: ArchiveOnDisk,
  configProperties: string,
): Promise<readonly PackageFile[]> {
  const inFolder = (file: Omit<PackageFile, 'source'>, source: string): PackageFile =>
    path.join(folder, ...file.path.split('/')) === source ? file : { ...file, source };
  const config = await readFile(configProperties).catch((error: unknown) => {
    throw fileError(error, 'read the configuration', configProperties);
  });
  const sha256 = createHash('sha256').update(config).digest('hex');
  const { size } = archive;
  const main = archivePathIn(archive);
  const parts =
    archive.format === 'no-archive'
      ? archive.entries.map((entry) =>
          inFolder(
            { path: `${main}/${entry.name}`, size: entry.size, sha256: entry.sha256 },
            path.join(archive.path, ...entry.name.split('/')),
          ),
        )
      : [inFolder({ path: main, size, sha256: archive.sha256 }, archive.path)];
  return [inFolder({ path: configPath, size: config.length, sha256 }, configProperties), ...parts];
}

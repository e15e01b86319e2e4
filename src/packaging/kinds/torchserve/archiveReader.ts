import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { openPromise, type Entry } from 'yauzl';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import type { ArchiveEntry } from './modelArchive.ts';
import type { ArchiveFormat } from '../../spec/modelSpec.ts';

/** Given each file of an archive in turn. `open` may be called once, before the promise resolves; or not at all. */
export type EntryVisitor = (entry: ArchiveEntry, open: () => Promise<Readable>) => Promise<void>;

/** What the container is, by its first bytes. @throws ModelDeckError when it is none that TorchServe reads */
export async function archiveFormat(file: string): Promise<ArchiveFormat> {
  let stats: Stats;
  try {
    stats = await stat(file);
  } catch (error) {
    throw fileError(error, 'open the archive', file);
  }
  if (stats.isDirectory()) return 'no-archive';
  if (stats.size === 0) throw broken(file, 'it is empty');
  const head = await firstBytes(file);
  if (head.subarray(0, 2).toString('latin1') === 'PK') return 'default';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'tgz';
  throw broken(file, 'it is neither a ZIP nor a tar.gz');
}

/**
 * Walks an archive of any of the four formats without unpacking it to disk. Names are checked: one that would leave the
 * folder it is unpacked to is refused.
 *
 * @throws ModelDeckError `hostile` for a name that escapes, `invalid-input` for a container that cannot be read
 */
export async function visitEntries(file: string, visit: EntryVisitor, task: Task = {}): Promise<void> {
  const format = await archiveFormat(file);
  try {
    if (format === 'no-archive') await visitFolder(file, visit, task);
    else if (format === 'tgz') await visitTar(file, visit, task);
    else await visitZip(file, visit, task);
  } catch (error) {
    throwIfCancelled(task);
    const known = fileError(error, 'read the archive', file);
    throw ModelDeckError.is(known) && known.category !== 'internal'
      ? known
      : broken(file, error instanceof Error ? error.message : String(error), error);
  }
}

async function visitZip(file: string, visit: EntryVisitor, task: Task): Promise<void> {
  const zip = await openPromise(file, { lazyEntries: true, strictFileNames: false });
  try {
    for await (const entry of zip.eachEntry()) {
      throwIfCancelled(task);
      if (entry.fileName.endsWith('/')) continue;
      checkName(file, entry.fileName);
      if (entry.isEncrypted()) throw broken(file, `its entry ${entry.fileName} is encrypted`);
      await visit(zipEntry(entry), () => zip.openReadStreamPromise(entry));
    }
  } finally {
    zip.close();
  }
}

function zipEntry(entry: Entry): ArchiveEntry {
  return { name: entry.fileName, size: entry.uncompressedSize, compressedSize: entry.compressedSize };
}

async function visitTar(file: string, visit: EntryVisitor, task: Task): Promise<void> {
  const tar = extract();
  const options = task.signal ? { signal: task.signal } : {};
  const fed = pipeline(createReadStream(file), createGunzip(), tar, options);
  // The loop below sees the same failure; unhandled here it would end the process.
  fed.catch(() => undefined);
  for await (const entry of tar) {
    const { name, size = 0, type } = entry.header;
    // TorchServe strips the first segment, the archive's top folder.
    const inner = name.split('/').slice(1).join('/');
    if (type === 'file' && inner !== '') {
      checkName(file, inner);
      await visit({ name: inner, size, compressedSize: size }, () => Promise.resolve(Readable.from(entry)));
    }
    entry.resume();
  }
  await fed;
}

async function visitFolder(folder: string, visit: EntryVisitor, task: Task): Promise<void> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((item) => item.isFile()).map((item) => path.join(item.parentPath, item.name));
  for (const file of files.sort()) {
    throwIfCancelled(task);
    const { size } = await stat(file);
    const name = path.relative(folder, file).split(path.sep).join('/');
    await visit({ name, size, compressedSize: size }, () => Promise.resolve(createReadStream(file)));
  }
}

function checkName(file: string, name: string): void {
  const segments = name.split(/[/\\]/);
  if (segments.includes('..') || name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.includes('\0')) {
    throw new ModelDeckError(
      'hostile',
      `${path.basename(file)} has an entry that would be written outside its folder: ${name}`,
      {
        remedy: 'Do not use this archive. TorchServe refuses it too ("Detected Zip Slip vulnerability").',
        location: { path: file },
      },
    );
  }
}

async function firstBytes(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { end: 3 })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function broken(file: string, why: string, cause?: unknown): ModelDeckError {
  return new ModelDeckError(
    'invalid-input',
    `${path.basename(file)} is not an archive that can be read: ${why.replace(/[.\s]+$/, '')}.`,
    {
      remedy: 'It may be cut off: copy it again, or package the model again.',
      location: { path: file },
      cause,
    },
  );
}

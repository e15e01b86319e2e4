import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { isThere } from '../../foundation/isThere.ts';
import { makeFolder } from '../../foundation/makeFolder.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import { sourceOf, type ModelPackage } from '../../packaging/modelPackage.ts';
import { foreignModel } from '../foreignModel.ts';
import type { ByteRange, StoredModel, UploadedModel, UploadStep, WritableStore } from '../modelStore.ts';
import { readRecord, recordOf, storedModel, writeRecord, type StoreRecord } from '../storeRecord.ts';
import { formatFolderRef, parseFolderRef, formatFolderUri } from './folderRef.ts';
import {
  byNameAndVersion,
  checkFolderNames,
  checkInnerPath,
  checkPackageFiles,
  versionTakenRemedy,
} from '../versionFolder.ts';

/** Bytes read at once; large, because weights are. */
const chunkSize = 1 << 20;

/** A store in a folder: of this computer, or of a share that the cluster mounts too. */
export class FolderStore implements WritableStore {
  readonly id: string;
  readonly label = 'Local folder';

  /** @param folder absolute; made when the first model comes */
  constructor(readonly folder: string) {
    this.id = formatFolderRef({ folder });
  }

  locate(name: string, version: string): string {
    return formatFolderUri(this.versionFolder({ name, version }));
  }

  async list(task: Task = {}): Promise<readonly StoredModel[]> {
    const models: StoredModel[] = [];
    for (const name of await folders(this.folder)) {
      for (const version of await folders(path.join(this.folder, name))) {
        throwIfCancelled(task);
        const folder = path.join(this.folder, name, version);
        const record = await readRecord(folder).catch((error: unknown) => {
          throw fileError(error, 'read the store', folder);
        });
        // A folder that was renamed by hand would be served under another name than it says.
        if (record?.name === name && record.version === version) models.push(this.stored(record));
      }
    }
    return byNameAndVersion(models);
  }

  async put(made: ModelPackage, task: Task<UploadStep> = {}): Promise<UploadedModel> {
    const folder = this.versionFolder(made);
    checkPackageFiles(made.files);
    const known = await this.sameModel(made, folder);
    if (known) return known;
    const partial = path.join(path.dirname(folder), `.${made.version}.${randomBytes(4).toString('hex')}.part`);
    try {
      await copyFiles(made, partial, task);
      const record = recordOf(made);
      await writeRecord(partial, record);
      throwIfCancelled(task);
      await rename(partial, folder);
      return { ...this.stored(record), isNew: true };
    } catch (error) {
      await rm(partial, { recursive: true, force: true }).catch(() => undefined);
      await rmdir(path.dirname(folder)).catch(() => undefined);
      throwIfCancelled(task);
      if (isTaken(error)) {
        // Another window was quicker.
        const other = await this.sameModel(made, folder);
        if (other) return other;
      }
      throw fileError(error, 'copy the package to the store', folder);
    }
  }

  async read(model: StoredModel, file: string, { start, length }: ByteRange, task: Task = {}): Promise<Uint8Array> {
    throwIfCancelled(task);
    checkInnerPath(file);
    const where = path.join(this.ownFolder(model), ...file.split('/'));
    let handle: FileHandle | undefined;
    try {
      handle = await open(where, 'r');
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position: start });
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      throw fileError(error, `read ${file} of ${model.name} ${model.version}`, where);
    } finally {
      await handle?.close();
    }
  }

  async remove(model: StoredModel, task: Task = {}): Promise<void> {
    const folder = this.ownFolder(model);
    throwIfCancelled(task);
    const doomed = path.join(path.dirname(folder), `.${model.version}.${randomBytes(4).toString('hex')}.removed`);
    try {
      // Renamed first, so that a removal that is cut off leaves nothing that looks like a model.
      await rename(folder, doomed);
      await rm(doomed, { recursive: true, force: true });
      await rmdir(path.dirname(folder)).catch(() => undefined);
    } catch (error) {
      throw fileError(error, `remove ${model.name} ${model.version} from the store`, folder);
    }
  }

  /** The model that is there already. @throws ModelDeckError `conflict` when it has other bytes */
  private async sameModel(made: ModelPackage, folder: string): Promise<StoredModel | undefined> {
    if (!(await isThere(folder))) return undefined;
    const record = await readRecord(folder);
    if (record?.sha256 === made.sha256 && (await isWhole(record, folder))) return this.stored(record);
    throw new ModelDeckError(
      'conflict',
      `The store has ${made.name} ${made.version} already, with other content (${folder}).`,
      { remedy: versionTakenRemedy, location: { path: folder } },
    );
  }

  private ownFolder(model: StoredModel): string {
    if (parseFolderRef(model.storeId)?.folder !== this.folder) throw foreignModel(model, this);
    return this.versionFolder(model);
  }

  private versionFolder(model: { readonly name: string; readonly version: string }): string {
    checkFolderNames(model);
    return path.join(this.folder, model.name, model.version);
  }

  private stored(record: StoreRecord): StoredModel {
    const { name, version } = record;
    const folder = path.join(this.folder, name, version);
    return storedModel(record, { storeId: this.id, storageUri: this.locate(name, version), folder });
  }
}

/** Whether every file that the record names is there. */
async function isWhole({ files }: StoreRecord, folder: string): Promise<boolean> {
  const found = await Promise.all(files.map((file) => isThere(path.join(folder, ...file.path.split('/')))));
  return found.every(Boolean);
}

async function folders(parent: string): Promise<readonly string[]> {
  let found: Dirent[];
  try {
    found = await readdir(parent, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileError(error, 'read the store', parent);
  }
  // What begins with a dot is half-written, or half-removed.
  return found.filter((item) => item.isDirectory() && !item.name.startsWith('.')).map((item) => item.name);
}

/** Copies every file of a package. @throws ModelDeckError `conflict` for one whose bytes are not those it was made with */
async function copyFiles(made: ModelPackage, destination: string, task: Task<UploadStep>): Promise<void> {
  const total = made.files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  await makeFolder(destination);
  for (const file of made.files) {
    throwIfCancelled(task);
    const from = sourceOf(made, file);
    const to = path.join(destination, ...file.path.split('/'));
    await mkdir(path.dirname(to), { recursive: true });
    const sha256 = await copyFile(from, to, task, (bytes) => {
      done += bytes;
      task.onProgress?.({ step: 'upload', done: Math.min(done, total), total });
    });
    if (sha256 === file.sha256) continue;
    throw new ModelDeckError('conflict', `${from} changed while it was copied to the store.`, {
      remedy: 'Deploy again when nothing writes to it any more.',
      location: { path: from },
      nextStep: { kind: 'retry' },
    });
  }
}

/** @returns the sha256 of what was written */
async function copyFile(
  from: string,
  to: string,
  task: Task<UploadStep>,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      onBytes(chunk.length);
      callback(null, chunk);
    },
  });
  await pipeline(
    createReadStream(from, { highWaterMark: chunkSize }),
    meter,
    createWriteStream(to, { flags: 'wx' }),
    task.signal ? { signal: task.signal } : {},
  );
  return hash.digest('hex');
}

function isTaken(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM';
}

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Dirent } from 'node:fs';
import { copyFile, cp, mkdir, open, readdir, rename, rm, rmdir, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { makeFolder } from '../../foundation/makeFolder.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import { readArchive } from '../../packaging/index.ts';
import type { ModelArchive } from '../../packaging/kinds/torchserve/modelArchive.ts';
import { foreignModel } from '../foreignModel.ts';
import type { ByteRange, StoredModel, UploadedModel, UploadStep, WritableStore } from '../modelStore.ts';
import { readRecord, writeRecord, type StoreRecord } from '../storeRecord.ts';
import { formatFolderRef, parseFolderRef } from './folderRef.ts';
import { byNameAndVersion, checkFolderNames, innerPath, versionTakenRemedy } from '../versionFolder.ts';

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
    return pathToFileURL(this.versionFolder({ name, version })).href;
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

  async put(archive: ModelArchive, task: Task<UploadStep> = {}): Promise<UploadedModel> {
    const folder = this.versionFolder(archive);
    const known = await this.sameModel(archive, folder);
    if (known) return known;
    const partial = path.join(path.dirname(folder), `.${archive.version}.${randomBytes(4).toString('hex')}.part`);
    const inner = `model-store/${path.basename(archive.path)}`;
    try {
      await makeFolder(path.join(partial, 'model-store'));
      await mkdir(path.join(partial, 'config'));
      await copyFile(archive.configProperties, path.join(partial, 'config', 'config.properties'));
      const sha256 = await copyArchive(archive, path.join(partial, inner), task);
      if (sha256 !== archive.sha256) {
        throw new ModelDeckError('conflict', `${archive.path} changed while it was copied to the store.`, {
          remedy: 'Deploy again when nothing writes to it any more.',
          location: { path: archive.path },
          nextStep: { kind: 'retry' },
        });
      }
      const { name, version, size } = archive;
      const record: StoreRecord = { name, version, size, sha256, archive: inner };
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
        const other = await this.sameModel(archive, folder);
        if (other) return other;
      }
      throw fileError(error, 'copy the archive to the store', folder);
    }
  }

  async read(model: StoredModel, file: string, { start, length }: ByteRange, task: Task = {}): Promise<Uint8Array> {
    throwIfCancelled(task);
    const where = path.join(this.ownFolder(model), ...innerPath(file));
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
  private async sameModel(archive: ModelArchive, folder: string): Promise<StoredModel | undefined> {
    const exists = await stat(folder).then(
      () => true,
      () => false,
    );
    if (!exists) return undefined;
    const record = await readRecord(folder);
    if (record?.sha256 === archive.sha256) {
      const model = this.stored(record);
      if (await stat(model.archivePath ?? '').catch(() => undefined)) return model;
    }
    throw new ModelDeckError(
      'conflict',
      `The store has ${archive.name} ${archive.version} already, with other content (${folder}).`,
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

  private stored({ name, version, size, sha256, archive }: StoreRecord): StoredModel {
    const folder = path.join(this.folder, name, version);
    return {
      storeId: this.id,
      name,
      version,
      storageUri: pathToFileURL(folder).href,
      path: folder,
      archivePath: path.join(folder, ...archive.split('/')),
      size,
      sha256,
    };
  }
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

/** Copies and returns the sha256 of what was written, as `ModelArchive.sha256` counts it. */
async function copyArchive(archive: ModelArchive, destination: string, task: Task<UploadStep>): Promise<string> {
  if (archive.format === 'no-archive') {
    task.onProgress?.({ step: 'upload' });
    await cp(archive.path, destination, {
      recursive: true,
      filter: () => {
        throwIfCancelled(task);
        return true;
      },
    });
    task.onProgress?.({ step: 'verify' });
    return (await readArchive(destination, { signal: task.signal })).sha256 ?? '';
  }
  const hash = createHash('sha256');
  let done = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      done += chunk.length;
      task.onProgress?.({ step: 'upload', done, total: archive.size });
      callback(null, chunk);
    },
  });
  await pipeline(
    createReadStream(archive.path, { highWaterMark: chunkSize }),
    meter,
    createWriteStream(destination, { flags: 'wx' }),
    task.signal ? { signal: task.signal } : {},
  );
  return hash.digest('hex');
}

function isTaken(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM';
}

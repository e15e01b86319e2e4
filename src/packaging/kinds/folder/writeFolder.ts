import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { isThere } from '../../../foundation/isThere.ts';
import { makeFolder } from '../../../foundation/makeFolder.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { replaceFolder } from '../../../foundation/writeWhole.ts';
import { folderRecordFile, sha256OfFiles, type ModelPackage, type PackageFile } from '../../modelPackage.ts';
import type { ModelSpec } from '../../spec/modelSpec.ts';
import type { PackageRequest, PackageStep } from '../packageKind.ts';
import { requireSameWeights } from '../specWeights.ts';
import type { CopiedEntry, FolderEntry } from './folderEntry.ts';
import { formatFolderRecord, type FolderRecord } from './folderRecord.ts';

/** Bytes read at once; large, because weights are. */
const chunkSize = 1 << 20;

/** What a kind makes of a spec. */
export interface FolderPlan extends Pick<FolderRecord, 'kind' | 'serves' | 'contract'> {
  readonly entries: readonly FolderEntry[];
}

/**
 * Writes a package that is a folder: `<outputFolder>/<kind>/<name>`. Everything is written beside its place and moved there
 * when it is whole, so an older package stays until then, and a failure or cancel leaves nothing.
 *
 * @throws ModelDeckError `not-found`, `conflict` for a package that is there without `force` or for weights other than the
 *   spec's sha256, `permission`, `no-space`, `cancelled`
 */
export async function writeFolder(
  { spec, outputFolder, force }: Omit<PackageRequest, 'folder'>,
  plan: FolderPlan,
  task: Task<PackageStep> = {},
): Promise<ModelPackage> {
  const folder = path.join(outputFolder, plan.kind, spec.name);
  throwIfCancelled(task);
  if (force !== true && (await isThere(folder))) {
    throw new ModelDeckError('conflict', `${folder} is there already.`, {
      remedy: 'Package with "force" to replace it, or choose another name.',
      location: { path: folder },
    });
  }
  try {
    return await replaceFolder(folder, async (partial) => ({ ...(await fill(partial, spec, plan, task)), folder }));
  } catch (error) {
    if (task.signal?.aborted) throw ModelDeckError.cancelled();
    throw fileError(error, `write the package of ${spec.name}`, folder);
  }
}

async function fill(
  folder: string,
  spec: ModelSpec,
  { kind, serves, contract, entries }: FolderPlan,
  task: Task<PackageStep>,
): Promise<Omit<ModelPackage, 'folder'>> {
  const { name, version } = spec;
  const written = await writeEntries(folder, entries, task);
  requireSameWeights(spec, written.weightsSha256);
  task.onProgress?.({ step: 'write-config' });
  const about = {
    kind,
    name,
    version,
    serves,
    ...(written.weightsSha256 !== undefined && { weightsSha256: written.weightsSha256 }),
    ...(contract && { contract }),
  };
  const record = await writeText(folder, { path: folderRecordFile, content: formatFolderRecord(about) });
  throwIfCancelled(task);
  const files = [...written.files, record].sort(byPath);
  return { ...about, files, size: sizeOf(files), sha256: sha256OfFiles(files) };
}

/** Files in the order in which a package lists them. */
export function byPath(a: Pick<PackageFile, 'path'>, b: Pick<PackageFile, 'path'>): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

export function sizeOf(files: readonly PackageFile[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

interface Written {
  readonly files: readonly PackageFile[];
  readonly weightsSha256?: string;
}

async function writeEntries(
  folder: string,
  entries: readonly FolderEntry[],
  task: Task<PackageStep>,
): Promise<Written> {
  const total = await sizeOfSources(entries);
  const files: PackageFile[] = [];
  let weightsSha256: string | undefined;
  let done = 0;
  const onBytes = (count: number): void => {
    done += count;
    task.onProgress?.({ step: 'write-archive', done, total });
  };
  for (const entry of entries) {
    throwIfCancelled(task);
    if ('content' in entry) {
      files.push(await writeText(folder, entry));
      continue;
    }
    const { file, sourceSha256 } = await copy(folder, entry, onBytes, task.signal);
    files.push(file);
    if (entry.isWeights) weightsSha256 = sourceSha256;
  }
  return { files, ...(weightsSha256 !== undefined && { weightsSha256 }) };
}

async function sizeOfSources(entries: readonly FolderEntry[]): Promise<number> {
  let total = 0;
  for (const entry of entries) {
    if ('content' in entry) continue;
    const stats = await stat(entry.file).catch((error: unknown) => {
      throw fileError(error, 'read the files of the model', entry.file);
    });
    total += stats.size;
  }
  return total;
}

async function writeText(
  folder: string,
  { path: where, content }: Extract<FolderEntry, { readonly content: string }>,
): Promise<PackageFile> {
  const bytes = Buffer.from(content);
  const destination = path.join(folder, ...where.split('/'));
  await makeFolder(path.dirname(destination));
  await writeFile(destination, bytes);
  return { path: where, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function copy(
  folder: string,
  { path: where, file, patches = [] }: CopiedEntry,
  onBytes: (count: number) => void,
  signal: AbortSignal | undefined,
): Promise<{ readonly file: PackageFile; readonly sourceSha256: string }> {
  const destination = path.join(folder, ...where.split('/'));
  await makeFolder(path.dirname(destination));
  const source = createHash('sha256');
  const result = patches.length === 0 ? source : createHash('sha256');
  let size = 0;
  const tap = new Transform({
    highWaterMark: chunkSize,
    transform(chunk: Buffer, _encoding, callback) {
      source.update(chunk);
      const changed = patched(chunk, size, patches);
      if (result !== source) result.update(changed);
      size += chunk.length;
      onBytes(chunk.length);
      callback(null, changed);
    },
  });
  const reader = createReadStream(file, { highWaterMark: chunkSize });
  await pipeline(reader, tap, createWriteStream(destination), signal ? { signal } : {});
  const sourceSha256 = source.digest('hex');
  const sha256 = result === source ? sourceSha256 : result.digest('hex');
  return { file: { path: where, size, sha256 }, sourceSha256 };
}

/** The bytes of a chunk with those that change. @param start offset of the chunk in its file */
function patched(chunk: Buffer, start: number, patches: NonNullable<CopiedEntry['patches']>): Buffer {
  const inside = patches.filter(({ offset }) => offset >= start && offset < start + chunk.length);
  if (inside.length === 0) return chunk;
  const changed = Buffer.from(chunk);
  for (const { offset, byte } of inside) changed[offset - start] = byte;
  return changed;
}

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { cp, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { TarArchive, type Archiver } from 'archiver';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { isThere } from '../../../foundation/isThere.ts';
import { makeFolder } from '../../../foundation/makeFolder.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import type { PackageRequest, PackageStep } from '../packageKind.ts';
import { requireSameWeights } from '../specWeights.ts';
import type { ModelArchive } from './modelArchive.ts';
import { packageContract } from './packageContract.ts';
import { archivePathIn, packageFiles, type ArchiveOnDisk } from './packageFiles.ts';
import { servesOfArchive, torchServeKind } from './served.ts';
import { lacksOnnxRuntime, needsOnnxRuntime, vendoredOnnxRuntime } from './vendored/vendoredOnnxRuntime.ts';
import { sha256OfFiles } from '../../modelPackage.ts';
import type { ModelSpec } from '../../spec/modelSpec.ts';
import { archiveLayout } from './archiveLayout.ts';
import type { LayoutEntry } from './layoutEntry.ts';
import { configProperties } from './writeConfigProperties.ts';
import { formatManifest, manifestOf } from './marManifest.ts';
import { deflatedWithoutCompression, storedWithSizes, type StoredFacts } from './storedZip.ts';
import { sha256OfChunks, type ChunkHash } from './weightsHash.ts';

/** Bytes read at once; large, because weights are. */
const chunkSize = 1 << 20;

const manifestName = 'MAR-INF/MANIFEST.json';

/**
 * Packages a folder: `<outputFolder>/model-store/<name>.mar` and `<outputFolder>/config/config.properties`, together a
 * store that KServe can mount. The same input gives the same bytes. Everything is written beside its place and renamed
 * when it is whole, so an older archive stays until then, and a failure or cancel leaves nothing.
 *
 * @throws ModelDeckError `not-found` for a missing file, `conflict` for an archive that is there without `force` or for
 *   weights other than the spec's sha256, `permission`, `no-space`, `cancelled`
 */
export async function packageModel(request: PackageRequest, task: Task<PackageStep> = {}): Promise<ModelArchive> {
  const { folder, spec, outputFolder } = request;
  const format = spec.archiveFormat ?? 'default';
  const storeFolder = path.join(outputFolder, 'model-store');
  const archivePath = path.join(storeFolder, `${spec.name}${extensions[format]}`);
  const partial = `${archivePath}.part`;
  const vendoring = needsOnnxRuntime(spec) ? request.vendoring : undefined;
  const vendored = vendoring ? await vendoredOnnxRuntime(vendoring, { signal: task.signal }) : [];
  const isInImage = vendoring !== undefined && 'isInImage' in vendoring.source;
  const layout = [...(await archiveLayout(folder, spec)), ...vendored];
  throwIfCancelled(task);
  try {
    if (request.force !== true && (await isThere(archivePath))) {
      throw new ModelDeckError('conflict', `${archivePath} is there already.`, {
        remedy: 'Package with "force" to replace it, or choose another name.',
        location: { path: archivePath },
      });
    }
    await makeFolder(storeFolder);
    const created = newestInput(layout);
    const manifest = manifestOf(spec, created, layout.find(isWeights)?.name);
    const entries = [...layout, { name: manifestName, content: formatManifest(manifest) }];
    const written = await write({ entries, spec, partial, created }, task);
    requireSameWeights(spec, written.weightsSha256);
    task.onProgress?.({ step: 'write-config' });
    const config = path.join(outputFolder, 'config', 'config.properties');
    await makeFolder(path.dirname(config));
    const snapshotName = format === 'no-archive' ? spec.name : path.basename(archivePath);
    await writeFile(`${config}.part`, configProperties(spec, snapshotName, isInImage));
    throwIfCancelled(task);
    if (format === 'no-archive') await rm(archivePath, { recursive: true, force: true });
    await rename(partial, archivePath);
    await rename(`${config}.part`, config);
    const onDisk = { path: archivePath, format, ...written };
    const contract = await packageContract(folder, spec);
    return {
      kind: torchServeKind,
      folder: outputFolder,
      files: await packageFiles(outputFolder, onDisk, config),
      archive: archivePathIn(onDisk),
      serves: servesOfArchive(lacksOnnxRuntime(request)),
      ...(contract && { contract }),
      path: archivePath,
      configProperties: config,
      format,
      name: spec.name,
      version: spec.version,
      size: written.size,
      sha256: written.sha256,
      ...(written.weightsSha256 !== undefined && { weightsSha256: written.weightsSha256 }),
      manifest,
    };
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    await rm(path.join(outputFolder, 'config', 'config.properties.part'), { force: true }).catch(() => undefined);
    if (task.signal?.aborted) throw ModelDeckError.cancelled();
    throw fileError(error, `write the archive of ${spec.name}`, archivePath);
  }
}

const extensions = { default: '.mar', 'zip-store': '.mar', tgz: '.tar.gz', 'no-archive': '' } as const;

interface Job {
  readonly entries: readonly LayoutEntry[];
  readonly spec: ModelSpec;
  readonly partial: string;
  readonly created: Date;
}

interface Written extends Pick<ArchiveOnDisk, 'size' | 'sha256' | 'entries'> {
  readonly weightsSha256?: string;
}

async function write(job: Job, task: Task<PackageStep>): Promise<Written> {
  switch (job.spec.archiveFormat ?? 'default') {
    case 'default':
      return writeArchive(job, deflatedWithoutCompression(), '', task);
    case 'zip-store':
      return writeArchive(job, await storedArchive(job.entries, task), '', task);
    case 'tgz':
      // Level 0: weights do not shrink, and compressed bytes would differ between versions of zlib.
      return writeArchive(job, new TarArchive({ gzip: true, gzipOptions: { level: 0 } }), `${job.spec.name}/`, task);
    case 'no-archive':
      return writeFolder(job, task);
  }
}

/** A STORED entry's header holds the CRC of what follows, so the files are read once before they are copied. */
async function storedArchive(entries: readonly LayoutEntry[], task: Task<PackageStep>): Promise<Archiver> {
  const total = totalSize(entries);
  const facts = new Map<string, StoredFacts>();
  let done = 0;
  for (const entry of entries) {
    if ('content' in entry) continue;
    let crc = 0;
    let size = 0;
    for await (const chunk of createReadStream(entry.file, { highWaterMark: chunkSize })) {
      throwIfCancelled(task);
      crc = crc32(chunk as Buffer, crc);
      size += (chunk as Buffer).length;
      done += (chunk as Buffer).length;
      task.onProgress?.({ step: 'hash-weights', done, total });
    }
    facts.set(entry.name, { crc, size });
  }
  return storedWithSizes((name) => {
    const known = facts.get(name);
    if (known === undefined)
      throw new ModelDeckError('internal', `The archive has an entry ${name} that was not read.`);
    return known;
  });
}

async function writeArchive(job: Job, archive: Archiver, prefix: string, task: Task<PackageStep>): Promise<Written> {
  const { entries, created } = job;
  const total = totalSize(entries);
  const archiveHash = createHash('sha256');
  let size = 0;
  const tap = new Transform({
    highWaterMark: chunkSize,
    transform(chunk: Buffer, _encoding, callback) {
      archiveHash.update(chunk);
      size += chunk.length;
      task.onProgress?.({ step: 'write-archive', done: Math.min(size, total), total });
      callback(null, chunk);
    },
  });
  const options = task.signal ? { signal: task.signal } : {};
  const done = pipeline(archive, tap, createWriteStream(job.partial, { highWaterMark: chunkSize }), options);
  const weightsEntry = entries.find(isWeights);
  const weights = sha256OfChunks(weightsEntry && 'file' in weightsEntry ? weightsEntry.size : 0);
  const closed = new Promise<'closed'>((resolve) => archive.once('close', () => resolve('closed')));
  const append = async (): Promise<void> => {
    for (const entry of entries) {
      const about = { name: `${prefix}${entry.name}`, date: created, mode: 0o644 };
      const hash = entry === weightsEntry ? weights : undefined;
      if ((await appendEntry({ archive, closed }, entry, about, hash)) === 'closed') return;
    }
    // An archive that is closed never finishes; why it was closed comes from the writing.
    await Promise.race([archive.finalize(), closed]);
  };
  const appended = append().catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  try {
    const [first, second] = await Promise.allSettled([appended, done]);
    // The first to fail is the cause; the other one only follows.
    if (first.status === 'rejected') throw first.reason;
    if (second.status === 'rejected') throw second.reason;
    const written = { size, sha256: archiveHash.digest('hex'), entries: [] };
    return weightsEntry ? { ...written, weightsSha256: await weights.digest() } : written;
  } finally {
    await weights.close();
  }
}

/** An archive, and the moment from which on it takes nothing: a failure or cancel can come between two entries, too. */
interface OpenArchive {
  readonly archive: Archiver;
  readonly closed: Promise<'closed'>;
}

/** Appends one entry; resolves when archiver has taken it whole, or is closed. */
async function appendEntry(
  open: OpenArchive,
  entry: LayoutEntry,
  about: { readonly name: string; readonly date: Date; readonly mode: number },
  hash: ChunkHash | undefined,
): Promise<'taken' | 'closed'> {
  const { archive } = open;
  if (archive.destroyed) return 'closed';
  if ('content' in entry) {
    const taken = nextEntry(open);
    archive.append(Buffer.from(entry.content), about);
    return taken;
  }
  const stats = await stat(entry.file);
  let read = 0;
  // Not a listener for "data": that would let the file flow before archiver, which starts later, takes it.
  const meter = new Transform({
    highWaterMark: chunkSize,
    transform(chunk: Buffer, _encoding, callback) {
      read += chunk.length;
      if (hash) hash.update(chunk, (error) => (error ? callback(error) : callback(null, chunk)));
      else callback(null, chunk);
    },
  });
  const feeding = new AbortController();
  const source = createReadStream(entry.file, { highWaterMark: chunkSize });
  const fed = pipeline(source, meter, { signal: feeding.signal }).catch((error: unknown) => {
    throw fileError(error, 'read', entry.file) as Error;
  });
  const taken = nextEntry(open);
  archive.append(meter, { ...about, stats });
  if ((await Promise.race([taken, fed.then(() => taken)])) === 'closed') {
    // The writing failed or was cancelled, and nobody empties this any more; the reason comes from there.
    feeding.abort();
    await fed.catch(() => undefined);
    return 'closed';
  }
  await fed;
  if (read !== entry.size) {
    throw new ModelDeckError('conflict', `${entry.file} changed while it was packaged.`, {
      remedy: 'Package again when nothing writes to it any more.',
      location: { path: entry.file },
      nextStep: { kind: 'retry' },
    });
  }
  return 'taken';
}

/** Waits until archiver has finished its next entry, or is closed; its listeners are gone afterwards. */
function nextEntry({ archive, closed }: OpenArchive): Promise<'taken' | 'closed'> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      archive.off('entry', onEntry);
      archive.off('error', onError);
    };
    const onEntry = (): void => (end(), resolve('taken'));
    const onError = (error: Error): void => (end(), reject(error));
    archive.on('entry', onEntry);
    archive.on('error', onError);
    void closed.then((how) => (end(), resolve(how)));
  });
}

async function writeFolder(job: Job, task: Task<PackageStep>): Promise<Written> {
  const { entries, partial } = job;
  const total = totalSize(entries);
  const written: { name: string; size: number; sha256: string }[] = [];
  let done = 0;
  let weightsSha256: string | undefined;
  await rm(partial, { recursive: true, force: true });
  for (const entry of entries) {
    throwIfCancelled(task);
    const destination = path.join(partial, ...entry.name.split('/'));
    await makeFolder(path.dirname(destination));
    const hash = createHash('sha256');
    if ('content' in entry) {
      await writeFile(destination, entry.content);
      hash.update(entry.content);
    } else {
      for await (const chunk of createReadStream(entry.file, { highWaterMark: chunkSize }))
        hash.update(chunk as Buffer);
      await cp(entry.file, destination);
      done += entry.size;
    }
    const digest = hash.digest('hex');
    if (isWeights(entry)) weightsSha256 = digest;
    const size = 'content' in entry ? Buffer.byteLength(entry.content) : entry.size;
    written.push({ name: entry.name, size, sha256: digest });
    task.onProgress?.({ step: 'write-archive', done, total });
  }
  return {
    size: total,
    sha256: sha256OfFiles(written.map(({ name, sha256 }) => ({ path: name, sha256 }))),
    entries: written,
    ...(weightsSha256 !== undefined && { weightsSha256 }),
  };
}

function isWeights(entry: LayoutEntry): boolean {
  return 'isWeights' in entry && entry.isWeights;
}

function totalSize(entries: readonly LayoutEntry[]): number {
  return entries.reduce((sum, entry) => sum + ('content' in entry ? Buffer.byteLength(entry.content) : entry.size), 0);
}

/**
 * The archive's own time: SOURCE_DATE_EPOCH (seconds, reproducible-builds.org) or the newest input's. In whole seconds,
 * and not before 1980, where the time of a ZIP entry begins.
 */
function newestInput(layout: readonly LayoutEntry[]): Date {
  const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? Number.NaN);
  const newest = Math.max(0, ...layout.map((entry) => ('content' in entry ? 0 : entry.mtimeMs)));
  const seconds = Number.isFinite(epoch) ? epoch : Math.floor(newest / 1000);
  return new Date(Math.max(seconds * 1000, Date.UTC(1980, 0, 1)));
}

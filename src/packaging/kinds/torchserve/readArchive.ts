import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { contractFileName, parseContract } from '../../../contract/contractJson.ts';
import { fromPreprocessing, parsePreprocessing } from '../../../contract/fromPreprocessing.ts';
import type { ModelContract } from '../../../contract/modelContract.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { makeFolder } from '../../../foundation/makeFolder.ts';
import { sha256OfFile } from '../../../foundation/sha256OfFile.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { preprocessingFile } from './handlers/generatedHandlers.ts';
import type { ArchiveContents, ArchiveEntry, Manifest } from './modelArchive.ts';
import { sha256OfFiles } from '../../modelPackage.ts';
import type { ArchiveFormat, Preprocessing } from '../../spec/modelSpec.ts';
import { archiveFormat, visitEntries } from './archiveReader.ts';
import { labelList } from './archiveLabels.ts';

export const manifestName = 'MAR-INF/MANIFEST.json';
const labelsName = 'index_to_name.json';
const keptJson = new Set([manifestName, labelsName, preprocessingFile, contractFileName]);

/** The JSON files of an archive are read into memory; none of them is this large, in bytes. */
const largestJson = 16 << 20;

/**
 * Reads what an archive holds: manifest, entries with their sha256, preprocessing, labels. Nothing is unpacked to disk
 * or executed. What is merely odd becomes a warning.
 *
 * @throws ModelDeckError `not-found`, `invalid-input` or `hostile` for a container that cannot or must not be read
 */
export async function readArchive(file: string, task: Task = {}): Promise<ArchiveContents> {
  const entries: ArchiveEntry[] = [];
  const json = new Map<string, unknown>();
  const warnings: string[] = [];
  await visitEntries(
    file,
    async (entry, open) => {
      const keep = keptJson.has(entry.name) && entry.size <= largestJson;
      const { sha256, text } = await digest(await open(), entry, keep);
      entries.push({ ...entry, sha256 });
      if (!keep) return;
      try {
        json.set(entry.name, JSON.parse(text));
      } catch (error) {
        warnings.push(`${entry.name} is not JSON: ${(error as Error).message}.`);
      }
    },
    task,
  );
  const format = await archiveFormat(file);
  const manifest = readManifest(json.get(manifestName), entries, warnings);
  const labels = readLabels(json.get(labelsName), warnings);
  const preprocessing = readPreprocessing(json.get(preprocessingFile), warnings);
  const contract = readContract(json.get(contractFileName), preprocessing, warnings);
  return {
    path: file,
    format,
    size: format === 'no-archive' ? entries.reduce((sum, entry) => sum + entry.size, 0) : (await stat(file)).size,
    sha256: await archiveSha256(file, format, entries, task),
    ...(manifest && { manifest }),
    entries,
    ...(preprocessing && { preprocessing }),
    ...(contract && { contract: withLabels(contract, labels) }),
    ...(labels && { labels }),
    warnings,
  };
}

/**
 * Unpacks an archive into a folder that does not exist yet; the folder appears when everything is in it.
 * @throws ModelDeckError as {@link readArchive}, and what the file system says
 */
export async function extractArchive(file: string, destination: string, task: Task = {}): Promise<void> {
  const partial = `${destination}.part`;
  try {
    await rm(partial, { recursive: true, force: true });
    await makeFolder(partial);
    await visitEntries(
      file,
      async (entry, open) => {
        const where = path.join(partial, ...entry.name.split('/'));
        await makeFolder(path.dirname(where));
        await pipeline(await open(), createWriteStream(where), task.signal ? { signal: task.signal } : {});
      },
      task,
    );
    await rename(partial, destination);
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw fileError(error, 'unpack the archive', destination);
  }
}

async function digest(
  source: Readable,
  entry: ArchiveEntry,
  keep: boolean,
): Promise<{ readonly sha256: string; readonly text: string }> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
    // The size in the directory is a claim; a bomb shows here, before it fills anything.
    if (size > entry.size) throw new Error(`entry ${entry.name} is longer than it says`);
    if (keep) kept.push(chunk as Buffer);
  }
  if (size < entry.size) throw new Error(`entry ${entry.name} is shorter than it says`);
  return { sha256: hash.digest('hex'), text: Buffer.concat(kept).toString('utf8') };
}

async function archiveSha256(
  file: string,
  format: ArchiveFormat,
  entries: readonly ArchiveEntry[],
  task: Task,
): Promise<string> {
  if (format === 'no-archive') return sha256OfFiles(entries.map(({ name, sha256 = '' }) => ({ path: name, sha256 })));
  return sha256OfFile(file, task);
}

function readManifest(value: unknown, entries: readonly ArchiveEntry[], warnings: string[]): Manifest | undefined {
  if (value === undefined) {
    warnings.push(`There is no ${manifestName}: TorchServe would take a default handler and version 1.0.`);
    return undefined;
  }
  const manifest = value as Manifest;
  const model = (manifest as { model?: Partial<Manifest['model']> }).model;
  for (const field of ['modelName', 'modelVersion', 'handler'] as const) {
    if (typeof model?.[field] !== 'string') {
      warnings.push(`The manifest has no model.${field}: TorchServe refuses the archive.`);
      return undefined;
    }
  }
  const names = new Set(entries.map((entry) => entry.name));
  for (const field of ['serializedFile', 'modelFile', 'requirementsFile', 'configFile'] as const) {
    const named = model?.[field];
    if (named !== undefined && !names.has(named))
      warnings.push(`The manifest names ${named} (${field}), which is not in the archive.`);
  }
  return manifest;
}

function readLabels(value: unknown, warnings: string[]): readonly string[] | undefined {
  if (value === undefined) return undefined;
  try {
    return labelList(value);
  } catch (error) {
    warnings.push(`${labelsName} cannot be used: ${(error as Error).message}.`);
    return undefined;
  }
}

function readPreprocessing(value: unknown, warnings: string[]): Preprocessing | undefined {
  // A contract that the old form cannot say leaves it empty.
  if (value === undefined || Object.keys(value as object).length === 0) return undefined;
  try {
    return parsePreprocessing(value);
  } catch (error) {
    warnings.push(`${preprocessingFile} cannot be used: ${(error as Error).message}.`);
    return undefined;
  }
}

/** The contract that the archive carries, or that its `preprocessing.json` says, as Model Deck 1.0 wrote it. */
function readContract(
  value: unknown,
  preprocessing: Preprocessing | undefined,
  warnings: string[],
): ModelContract | undefined {
  if (value === undefined) return preprocessing && fromPreprocessing(preprocessing);
  try {
    return parseContract(value);
  } catch (error) {
    warnings.push((error as Error).message);
    return undefined;
  }
}

/** Labels travel in one file of the archive; the contract has them too, so that whoever reads it reads one thing. */
function withLabels(contract: ModelContract, labels: readonly string[] | undefined): ModelContract {
  if (labels === undefined || contract.output.labels !== undefined) return contract;
  return { ...contract, output: { ...contract.output, labels } };
}

/**
 * One file of an archive, whole.
 * @param largest bytes that are read at most
 * @throws ModelDeckError `not-found` when there is none of that name, `unsupported` when it is larger
 */
export async function readEntry(file: string, name: string, largest: number, task: Task = {}): Promise<Uint8Array> {
  let content: Buffer | undefined;
  await visitEntries(
    file,
    async (entry, open) => {
      if (entry.name !== name) return;
      if (entry.size > largest) {
        throw new ModelDeckError('unsupported', `${name} has ${entry.size} bytes; at most ${largest} can be loaded.`, {
          location: { path: file },
        });
      }
      // Allocated once: gathering the parts of large weights would need twice their size.
      const bytes = Buffer.allocUnsafe(entry.size);
      let done = 0;
      for await (const chunk of await open()) {
        throwIfCancelled(task);
        if (done + (chunk as Buffer).length > bytes.length) throw new Error(`entry ${name} is longer than it says`);
        done += (chunk as Buffer).copy(bytes, done);
      }
      if (done < bytes.length) throw new Error(`entry ${name} is shorter than it says`);
      content = bytes;
    },
    task,
  );
  if (content) return content;
  throw new ModelDeckError('not-found', `${path.basename(file)} has no entry ${name}.`, { location: { path: file } });
}

/** The manifest of an archive that is to be served. @throws ModelDeckError when it has none */
export function requireManifest(contents: ArchiveContents): Manifest {
  if (contents.manifest) return contents.manifest;
  throw new ModelDeckError(
    'invalid-input',
    `${path.basename(contents.path)} has no manifest that TorchServe would take.`,
    {
      remedy: contents.warnings.join(' '),
      location: { path: contents.path },
    },
  );
}

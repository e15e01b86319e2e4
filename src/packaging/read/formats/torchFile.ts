import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { ByteStream, CutOff } from './byteStream.ts';
import { openZip } from './openZip.ts';
import { walkPickle, type PickleGlobal, type PickleStorage, type PickleValue, type PickleWalk } from './pickle.ts';
import { judgePickle, type PickleVerdict } from './pickleVerdict.ts';

/** What a ZIP holds, by the names in its directory and the pickles in it. */
export type ZipVerdict =
  | {
      readonly kind: 'torch';
      readonly isTorchScript: boolean;
      readonly pickle: PickleVerdict;
      readonly problem?: string;
    }
  | { readonly kind: 'mar' }
  | { readonly kind: 'keras' }
  | { readonly kind: 'exported-program' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'unknown' };

/** A directory longer than this is made to exhaust memory. */
const mostEntries = 1_000_000;

/** Judges a ZIP file. Nothing is unpacked but its pickles, and those as a stream. @throws what the file system says */
export async function inspectZip(file: string, task: Task = {}): Promise<ZipVerdict> {
  let zip: ZipFile;
  try {
    zip = await openZip(file);
  } catch (error) {
    if (isFileSystemError(error)) throw error;
    return { kind: 'unreadable', reason: 'its directory, at the end, is missing' };
  }
  try {
    const names = new Set<string>();
    const pickles: Entry[] = [];
    for await (const entry of zip.eachEntry()) {
      throwIfCancelled(task);
      if (names.size > mostEntries) return { kind: 'unreadable', reason: `it has more than ${mostEntries} entries` };
      names.add(entry.fileName);
      if (/(^|[/\\])[^/\\]*\.pkl$/.test(entry.fileName)) pickles.push(entry);
    }
    if (pickles.some((entry) => entry.isEncrypted())) return { kind: 'unreadable', reason: 'it is encrypted' };
    return await judgeEntries(zip, names, pickles, task);
  } catch (error) {
    throwIfCancelled(task);
    if (isFileSystemError(error)) throw error;
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    zip.close();
  }
}

async function judgeEntries(
  zip: ZipFile,
  names: ReadonlySet<string>,
  pickles: readonly Entry[],
  task: Task,
): Promise<ZipVerdict> {
  const has = (pattern: RegExp): boolean => [...names].some((name) => pattern.test(name));
  if (names.has('MAR-INF/MANIFEST.json')) return { kind: 'mar' };
  if (names.has('config.json') && has(/^model\.weights\.h5$|^metadata\.json$/)) return { kind: 'keras' };
  // Files of torch.export have a model.json, or serialized_*.json, instead of a pickled module.
  if (has(/(^|\/)(archive_format|serialized_exported_program\.json)$/)) return { kind: 'exported-program' };
  if (!has(/(^|\/)data\.pkl$/)) return { kind: 'unknown' };
  const isTorchScript = has(/(^|\/)constants\.pkl$/) && has(/(^|\/)code\//);
  const globals: PickleGlobal[] = [];
  let root: PickleValue | undefined;
  let problem: string | undefined;
  // All of them, and each of two with one name: which one a loader takes is its own affair.
  for (const entry of pickles) {
    const walk = await walkEntry(zip, entry, task);
    globals.push(...walk.globals);
    problem ??= walk.problem;
    if (/(^|\/)data\.pkl$/.test(entry.fileName)) root = walk.root;
  }
  const pickle = judgePickle(isTorchScript ? globals.filter((global) => !isTorchScriptOwn(global)) : globals, root);
  return { kind: 'torch', isTorchScript, pickle, ...(problem !== undefined && { problem }) };
}

/** Names that the TorchScript reader, which is not Python, resolves to code inside the file. */
function isTorchScriptOwn({ module }: PickleGlobal): boolean {
  return /^(__torch__|torch\.jit\._pickle)(\.|$)/.test(module);
}

async function walkEntry(zip: ZipFile, entry: Entry, task: Task): Promise<PickleWalk> {
  const source: Readable = await zip.openReadStreamPromise(entry);
  return walkAndClose(source, (stream) => walkPickle(stream, task));
}

async function walkAndClose<T>(source: Readable, walk: (stream: ByteStream) => Promise<T>): Promise<T> {
  const stream = new ByteStream(source as AsyncIterable<Buffer>);
  try {
    return await walk(stream);
  } finally {
    await stream.close();
    source.destroy();
  }
}

/** The number by which `torch.save` began its files before they were ZIPs: PROTO 2, LONG1 of ten bytes, STOP. */
const legacyMagic = Buffer.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]);

/** In such a file: magic number, protocol version, system, the object, the keys of the storages that follow. */
const legacyPickles = 5;
const legacyRoot = 3;

/** Bytes of an element, by the class of its storage. */
const elementSizes: Readonly<Record<string, number>> = {
  ByteStorage: 1,
  CharStorage: 1,
  BoolStorage: 1,
  QInt8Storage: 1,
  QUInt8Storage: 1,
  HalfStorage: 2,
  BFloat16Storage: 2,
  ShortStorage: 2,
  IntStorage: 4,
  FloatStorage: 4,
  QInt32Storage: 4,
  LongStorage: 8,
  DoubleStorage: 8,
  ComplexFloatStorage: 8,
  ComplexDoubleStorage: 16,
};

/** Judges a pickle that is not in a ZIP: an old `torch.save` file, or any other. @param size bytes of the file */
export async function inspectPickle(
  file: string,
  { head, size }: { readonly head: Buffer; readonly size: number },
  task: Task = {},
): Promise<{ readonly pickle: PickleVerdict; readonly isTorch: boolean; readonly problem?: string }> {
  const isTorch = head.subarray(0, legacyMagic.length).equals(legacyMagic);
  const globals: PickleGlobal[] = [];
  let root: PickleValue | undefined;
  let problem: string | undefined;
  await walkAndClose(createReadStream(file, { highWaterMark: 1 << 18 }), async (stream) => {
    let following = 0;
    for (let index = 0; index < (isTorch ? legacyPickles : 1) && problem === undefined; index += 1) {
      const walk = await walkPickle(stream, task);
      globals.push(...walk.globals);
      problem = walk.problem;
      if (index !== (isTorch ? legacyRoot : 0)) continue;
      root = walk.root;
      following = bytesOf(walk.storages);
    }
    if (isTorch && problem === undefined && stream.position + following > size) problem = new CutOff().message;
  });
  return { pickle: judgePickle(globals, root), isTorch, ...(problem !== undefined && { problem }) };
}

/** Each storage follows as the number of its elements, in eight bytes, and the elements. */
function bytesOf(storages: ReadonlyMap<string, PickleStorage>): number {
  return [...storages.values()].reduce((sum, { type, count }) => sum + 8 + count * (elementSizes[type] ?? 0), 0);
}

function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

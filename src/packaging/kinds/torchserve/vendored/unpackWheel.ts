import { createWriteStream } from 'node:fs';
import { readdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ModelDeckError } from '../../../../foundation/error.ts';
import { fileError } from '../../../../foundation/fileErrors.ts';
import { isThere } from '../../../../foundation/isThere.ts';
import { makeFolder } from '../../../../foundation/makeFolder.ts';
import { sha256OfFile } from '../../../../foundation/sha256OfFile.ts';
import type { Task } from '../../../../foundation/task.ts';
import { replaceFolder } from '../../../../foundation/writeWhole.ts';
import { openZip } from '../../../read/formats/openZip.ts';
import type { LayoutEntry } from '../layoutEntry.ts';
import { onnxRuntimePackage } from '../../vendoring.ts';

/** What a session needs, and the licences. Tools for converting and quantising stay out. */
const wanted =
  /^onnxruntime\/(__init__\.py|capi\/.+|LICENSE|ThirdPartyNotices\.txt|Privacy\.md)$|^onnxruntime-[^/]+\.dist-info\/METADATA$/;

/** The time of all unpacked files, so that an archive's does not depend on when they were unpacked. */
const fixedTime = new Date(Date.UTC(1980, 0, 1));

/** A wheel unpacks to less. */
const largest = 512 * 1024 * 1024;

/**
 * The files of a wheel for the root of an archive: TorchServe puts that on Python's path. They are unpacked into the cache, once
 * for each wheel.
 *
 * @param wheel absolute path
 * @throws ModelDeckError `not-found`, `invalid-input` for a wheel that cannot be read or has no onnxruntime in it
 */
export async function unpackWheel(
  wheel: string,
  cacheFolder: string,
  task: Task = {},
): Promise<readonly LayoutEntry[]> {
  const folder = path.join(
    cacheFolder,
    `${path.basename(wheel, '.whl')}-${(await sha256Of(wheel, task)).slice(0, 12)}`,
  );
  if (!(await isThere(folder))) {
    try {
      await replaceFolder(folder, (partial) => unpack(wheel, partial, task));
    } catch (error) {
      throw fileError(ModelDeckError.is(error) ? error : unreadable(wheel, error), 'unpack the wheel', folder);
    }
  }
  return entriesOf(folder, '');
}

async function unpack(wheel: string, folder: string, task: Task): Promise<void> {
  const zip = await openZip(wheel);
  let size = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName, uncompressedSize } = entry;
      if (!wanted.test(fileName) || fileName.split('/').includes('..')) continue;
      size += uncompressedSize;
      if (size > largest) throw new Error('it unpacks to more than a wheel has');
      const destination = path.join(folder, ...fileName.split('/'));
      await makeFolder(path.dirname(destination));
      const source = await zip.openReadStreamPromise(entry);
      await pipeline(source, createWriteStream(destination), task.signal ? { signal: task.signal } : {});
      await utimes(destination, fixedTime, fixedTime);
    }
  } finally {
    zip.close();
  }
  if (!(await isThere(path.join(folder, onnxRuntimePackage, '__init__.py'))))
    throw new Error('there is no onnxruntime in it');
}

async function entriesOf(folder: string, prefix: string): Promise<readonly LayoutEntry[]> {
  const entries: LayoutEntry[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const file = path.join(folder, name);
    const stats = await stat(file);
    if (stats.isDirectory()) entries.push(...(await entriesOf(file, `${prefix}${name}/`)));
    else entries.push({ name: `${prefix}${name}`, file, size: stats.size, mtimeMs: stats.mtimeMs });
  }
  return entries;
}

async function sha256Of(file: string, task: Task): Promise<string> {
  try {
    return await sha256OfFile(file, task);
  } catch (error) {
    throw fileError(error, 'read the wheel of onnxruntime', file);
  }
}

function unreadable(wheel: string, cause: unknown): unknown {
  // What the file system says has a category of its own.
  if ((cause as NodeJS.ErrnoException).code !== undefined) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ModelDeckError(
    'invalid-input',
    `${path.basename(wheel)} cannot be used as a wheel of onnxruntime: ${why}.`,
    {
      remedy: 'Get the file again, or choose another one.',
      location: { path: wheel },
    },
  );
}

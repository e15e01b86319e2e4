import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ModelDeckError } from '../../../../foundation/error.ts';
import { isRecord } from '../../../../foundation/json.ts';
import { sha256OfFile } from '../../../../foundation/sha256OfFile.ts';
import type { Task } from '../../../../foundation/task.ts';
import { replaceWhole } from '../../../../foundation/writeWhole.ts';
import { onnxRuntimePackage, type Vendoring } from '../../vendoring.ts';
import { compareVersions, fits, parseWheelName } from './wheelName.ts';

/** Where the user says which wheel or package index it is. */
export const setting = 'modelDeck.torchServe.onnxRuntime';

/** A file of a package index. */
interface IndexFile {
  readonly name: string;
  readonly url: URL;
  readonly sha256?: string;
}

/**
 * The newest wheel of onnxruntime in a package index that fits, in the cache. An index is asked as pip asks it (PEP 503 and 691),
 * with the user and password of its address.
 *
 * @returns absolute path of the wheel
 * @throws ModelDeckError `unreachable`, `server`, `not-found` when none fits, `conflict` when it has another sha256 than the
 *   index says
 */
export async function fetchWheel(registry: string, vendoring: Vendoring, task: Task = {}): Promise<string> {
  const { cacheFolder, python, machine } = vendoring;
  const address = addressOf(registry);
  const files = await filesOf(address, task);
  const fitting = files
    .flatMap((file) => {
      const wheel = parseWheelName(file.name);
      return wheel !== undefined && wheel.name === onnxRuntimePackage && fits(wheel, vendoring)
        ? [{ file, wheel }]
        : [];
    })
    .sort((a, b) => compareVersions(b.wheel.version, a.wheel.version));
  const [newest] = fitting;
  if (newest === undefined) {
    throw new ModelDeckError(
      'not-found',
      `${shown(address)} has no wheel of ${onnxRuntimePackage} for Python ${python} on Linux, ${machine}.`,
      {
        remedy: `It has ${files.length} files of ${onnxRuntimePackage}. Name another index, or a wheel that you have, in "${setting}".`,
        nextStep: { kind: 'open-setting', setting },
      },
    );
  }
  const destination = path.join(cacheFolder, newest.file.name);
  const { sha256 } = newest.file;
  if (sha256 !== undefined && (await sha256OfFile(destination).catch(() => undefined)) === sha256) return destination;
  await download(newest.file, destination, task);
  return destination;
}

/** The page of the package in an index, `https://…/simple/onnxruntime/`. */
function addressOf(registry: string): URL {
  try {
    return new URL(`${onnxRuntimePackage}/`, registry.endsWith('/') ? registry : `${registry}/`);
  } catch {
    throw new ModelDeckError('invalid-input', `"${registry}" is no address of a package index.`, {
      remedy: `Correct "${setting}": it is the address that pip would get as --index-url.`,
      nextStep: { kind: 'open-setting', setting },
    });
  }
}

async function filesOf(address: URL, task: Task): Promise<readonly IndexFile[]> {
  const response = await ask(address, 'application/vnd.pypi.simple.v1+json, text/html;q=0.5', task);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return isJson ? ofJson(text, address) : ofPage(text, address);
}

function ofJson(text: string, address: URL): readonly IndexFile[] {
  const value = JSON.parse(text) as unknown;
  const files = isRecord(value) && Array.isArray(value['files']) ? (value['files'] as readonly unknown[]) : [];
  return files.flatMap((file): IndexFile[] => {
    if (!isRecord(file) || typeof file['filename'] !== 'string' || typeof file['url'] !== 'string') return [];
    if (file['yanked'] !== undefined && file['yanked'] !== false) return [];
    const hashes = file['hashes'];
    const sha256 = isRecord(hashes) && typeof hashes['sha256'] === 'string' ? hashes['sha256'] : undefined;
    return [{ name: file['filename'], url: new URL(file['url'], address), ...(sha256 !== undefined && { sha256 }) }];
  });
}

function ofPage(text: string, address: URL): readonly IndexFile[] {
  return [...text.matchAll(/<a\b([^>]*)>/gi)].flatMap(([, attributes = '']): IndexFile[] => {
    const href = /\bhref\s*=\s*["']([^"']*)["']/i.exec(attributes)?.[1]?.replaceAll('&amp;', '&');
    if (href === undefined || /\bdata-yanked\b/i.test(attributes)) return [];
    const url = new URL(href, address);
    const sha256 = /sha256=([0-9a-f]{64})/.exec(url.hash)?.[1];
    const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    return [{ name, url, ...(sha256 !== undefined && { sha256 }) }];
  });
}

async function download({ name, url, sha256 }: IndexFile, destination: string, task: Task): Promise<void> {
  const response = await ask(url, '*/*', task);
  const { body } = response;
  if (body === null) throw new ModelDeckError('server', `${shown(url)} answered nothing.`);
  const hash = createHash('sha256');
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      callback(null, chunk);
    },
  });
  await replaceWhole(destination, async (partial) => {
    const source = Readable.fromWeb(body);
    await pipeline(source, tap, createWriteStream(partial), task.signal ? { signal: task.signal } : {});
    const actual = hash.digest('hex');
    if (sha256 === undefined || sha256 === actual) return;
    throw new ModelDeckError('conflict', `${name} has the sha256 ${actual}, and the package index says ${sha256}.`, {
      remedy: 'Ask who runs the index.',
    });
  });
}

async function ask(address: URL, accept: string, task: Task): Promise<Response> {
  const { username, password } = address;
  const bare = new URL(address);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  const secret = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const headers = { accept, ...(username !== '' && { authorization: `Basic ${secret}` }) };
  const response = await fetch(bare, { headers, ...(task.signal && { signal: task.signal }) }).catch(
    (error: unknown) => {
      if (task.signal?.aborted) throw ModelDeckError.cancelled();
      throw new ModelDeckError('unreachable', `The package index ${shown(address)} cannot be reached.`, {
        remedy: `Check "${setting}" and the network.`,
        nextStep: { kind: 'open-setting', setting },
        cause: error,
      });
    },
  );
  if (response.ok) return response;
  const category = response.status === 401 ? 'unauthorized' : response.status === 404 ? 'not-found' : 'server';
  throw new ModelDeckError(category, `The package index ${shown(address)} answered ${response.status}.`, {
    remedy: `Check "${setting}".`,
    nextStep: { kind: 'open-setting', setting },
  });
}

/** An address without its user and password. */
function shown(address: URL): string {
  return `${address.origin}${address.pathname}`;
}

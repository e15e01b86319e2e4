import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { ModelDeckError } from '../../foundation/error.ts';
import { jsonOfBinaryAnswer } from '../../kserve/index.ts';
import { connectionError } from './connectionErrors.ts';
import type { Asked } from './connectionErrors.ts';

/** Largest answer that is read, in bytes after decompression: far beyond the 6.5 MB that TorchServe allows. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** Header of an answer with tensors as bytes after its JSON: the length of the JSON. */
const jsonLengthHeader = 'inference-header-content-length';

/**
 * The whole body as text; tensors that are bytes after the JSON are numbers in it. Compression is not asked for, but gateways compress unasked.
 * @throws ModelDeckError `server` (too large, or no such compression), `unreachable` (cut)
 */
export async function readBody(response: IncomingMessage, asked: Asked): Promise<string> {
  const { url } = asked;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decompressed(response, url)) {
      size += (chunk as Buffer).length;
      if (size > maxAnswerBytes) throw endlessAnswerError(url);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (ModelDeckError.is(error)) throw error;
    throw isCompressionError(error) ? unreadableError(url, error) : connectionError(asked, error as Error);
  }
  const body = Buffer.concat(chunks);
  const jsonLength = response.headers[jsonLengthHeader];
  return jsonLength === undefined ? body.toString('utf8') : jsonOf(body, Number(jsonLength), url);
}

function jsonOf(body: Buffer, jsonLength: number, url: string): string {
  try {
    return jsonOfBinaryAnswer(body, jsonLength);
  } catch (cause) {
    throw new ModelDeckError(
      'server',
      `The answer of ${new URL(url).origin} is not what its header says: JSON and then tensors.`,
      {
        remedy: 'Check that the address is that of a model server.',
        cause,
      },
    );
  }
}

function decompressed(response: IncomingMessage, url: string): Readable {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return response;
  const decoder = decoders[encoding]?.();
  if (!decoder) throw unreadableError(url, new Error(`content-encoding ${encoding}`));
  // Its error reaches the reader through the decoder, which it destroys.
  return pipeline(response, decoder, () => undefined);
}

const decoders: Readonly<Record<string, () => zlib.Gunzip | zlib.BrotliDecompress>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};

function isCompressionError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return /^(Z_|ERR_BROTLI|ERR__ERROR)/.test(code);
}

function unreadableError(url: string, cause: unknown): ModelDeckError {
  return new ModelDeckError('server', `The answer of ${new URL(url).origin} cannot be decompressed.`, {
    remedy: 'Check that the address is that of a model server.',
    cause,
  });
}

function endlessAnswerError(url: string): ModelDeckError {
  return new ModelDeckError(
    'server',
    `${new URL(url).origin} answered with more than ${maxAnswerBytes / 1024 / 1024} MB.`,
    {
      remedy: 'Check that the address is that of a model server.',
    },
  );
}

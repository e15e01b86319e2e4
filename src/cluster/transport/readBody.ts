import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Largest answer that is read whole, in bytes: a page of 500 objects has a few megabytes. */
const maxBytes = 256 * 1024 * 1024;

const unzip = promisify(gunzip);

/** Reads an answer whole; long ones come as gzip. */
export async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is longer than ${maxBytes / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const whole =
    response.headers['content-encoding'] === 'gzip' ? await unzip(body, { maxOutputLength: maxBytes }) : body;
  return whole.toString('utf8');
}

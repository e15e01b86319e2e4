import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import zlib from 'node:zlib';
import { EndpointClient, predict } from '../../../src/inference/index.ts';
import { v1Answer } from '../../../src/kserve/index.ts';
import { readFixture } from './fixtures.ts';
import { endpointAt, startServer, type Handler, type TestServer } from './server.ts';

const image = readFixture('rgb-420.jpg');
const question = { image, k: 1 };
const good = v1Answer([{ tabby: 0.6, lynx: 0.4 }]);
let server: TestServer | undefined;
let client: EndpointClient | undefined;

afterEach(async () => {
  client?.close();
  await server?.close();
  client = server = undefined;
});

async function open(handler: Handler): Promise<{ readonly server: TestServer; readonly client: EndpointClient }> {
  server = await startServer(handler);
  client = new EndpointClient(server.endpoint);
  return { server, client };
}

describe('connections', () => {
  it('are kept for the next request', async () => {
    const { server, client } = await open((_, __, response) => response.end(good));
    for (let count = 0; count < 3; count++) await client.predict(question);
    assert.equal(server.asked.length, 3);
    assert.equal(server.sockets.length, 1);
  });

  it('are opened again when a kept one is dead', async () => {
    let requests = 0;
    const { server, client } = await open((_, request, response) => {
      requests += 1;
      // The server that had the connection is gone when the second request comes.
      if (requests === 2) request.socket.destroy();
      else response.end(good);
    });
    await client.predict(question);
    assert.equal((await client.predict(question)).predictions[0]?.label, 'tabby');
    assert.deepEqual([server.asked.length, server.sockets.length], [3, 2]);
  });

  it('lead to the next pod when the first one dies before it answers', async () => {
    let requests = 0;
    const { server, client } = await open((_, request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else response.end(good);
    });
    assert.equal((await client.predict(question)).predictions[0]?.label, 'tabby');
    assert.equal(server.sockets.length, 2);
  });

  it('are not opened a third time', async () => {
    const { server, client } = await open((_, request) => request.socket.destroy());
    await assert.rejects(client.predict(question), { category: 'unreachable', message: /was cut/ });
    assert.equal(server.asked.length, 2);
  });

  it('are not opened again once something was answered', async () => {
    const { server, client } = await open((_, request, response) => {
      response.writeHead(200, { 'content-length': good.length });
      response.write(good.slice(0, 10), () => request.socket.destroy());
    });
    await assert.rejects(client.predict(question), { category: 'unreachable' });
    assert.equal(server.asked.length, 1);
  });

  it('of two requests at the same time do not end with each other', async () => {
    let release: (() => void) | undefined;
    let requests = 0;
    const { client } = await open((_, request, response) => {
      requests += 1;
      if (requests === 1) release = () => response.end(good);
      else if (requests === 2) request.socket.destroy();
      else {
        response.end(good);
        release?.();
      }
    });
    const answers = await Promise.all([client.predict(question), client.predict(question)]);
    assert.deepEqual(
      answers.map(({ predictions }) => predictions[0]?.label),
      ['tabby', 'tabby'],
    );
  });

  it('end with the client', async () => {
    const { server, client } = await open((_, __, response) => response.end(good));
    await client.predict(question);
    const [socket] = server.sockets;
    assert.ok(socket);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    client.close();
    await ended;
  });
});

describe('answers', () => {
  const encodings: [string, (text: string) => Buffer][] = [
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['br', zlib.brotliCompressSync],
  ];
  for (const [encoding, compress] of encodings) {
    it(`are read in ${encoding}`, async () => {
      const { client } = await open((_, __, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(compress(good)),
      );
      assert.equal((await client.predict(question)).predictions[0]?.label, 'tabby');
    });
  }

  it('are read in chunks, a letter at a time', async () => {
    const { client } = await open((_, __, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      for (const letter of v1Answer([{ 'Übergröße 🐈': 1 }])) response.write(Buffer.from(letter));
      response.end();
    });
    assert.equal((await client.predict(question)).predictions[0]?.label, 'Übergröße 🐈');
  });

  it('that unpack to more than 64 MB are left', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(80 << 20, ' '));
    const { client } = await open((_, __, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    await assert.rejects(client.predict(question), { category: 'server', message: /more than 64 MB/ });
  });

  const broken: [string, Record<string, string>, string][] = [
    ['in an unknown compression', { 'content-encoding': 'zstd-of-mine' }, good],
    ['that are no gzip', { 'content-encoding': 'gzip' }, good],
    ['that are no brotli', { 'content-encoding': 'br' }, good],
  ];
  for (const [name, headers, body] of broken) {
    it(`${name} have their error`, async () => {
      const { client } = await open((_, __, response) => response.writeHead(200, headers).end(body));
      await assert.rejects(client.predict(question), { category: 'server', message: /cannot be decompressed/ });
    });
  }

  it('of something that is no HTTP server have their error', async () => {
    const { server, client } = await open(() => undefined);
    const socket = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (server.asked.length === 0) return;
        clearInterval(look);
        server.sockets[0]?.write('SSH-2.0-OpenSSH_9.6\r\n');
        resolve();
      }, 2);
    });
    await assert.rejects(client.predict(question), { category: 'unreachable', message: /No answer from http/ });
    await socket;
  });
});

describe('a certificate', () => {
  const files = makeCertificates();
  let secure: https.Server | undefined;
  afterEach(() => {
    secure?.closeAllConnections();
    secure?.close();
    if (files) rmSync(files.folder, { recursive: true, force: true });
  });

  it('is trusted by its own authority only', async (context) => {
    if (!files) return context.skip('openssl is not installed');
    secure = https.createServer({ key: files.key, cert: files.cert }, (request, response) => {
      request.resume().on('end', () => response.end(good));
    });
    const started = secure;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    const endpoint = endpointAt(`https://127.0.0.1:${(started.address() as AddressInfo).port}`);
    const result = await predict({ endpoint: { ...endpoint, ca: files.ca }, ...question });
    assert.equal(result.predictions[0]?.label, 'tabby');
    await assert.rejects(predict({ endpoint, ...question }), {
      category: 'unreachable',
      message: /certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted: its certificate authority is unknown/,
      nextStep: { kind: 'set-credentials', endpointId: endpoint.id },
    });
    await assert.rejects(predict({ endpoint: { ...endpoint, ca: 'no PEM' }, ...question }), {
      category: 'unreachable',
    });
  });
});

/** A certificate authority and a certificate for 127.0.0.1 of it; nothing where there is no openssl. */
function makeCertificates(): { folder: string; ca: string; key: string; cert: string } | undefined {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'model-deck-tls-'));
  const run = (...options: string[]): unknown => execFileSync('openssl', options, { cwd: folder, stdio: 'ignore' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  try {
    run('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca');
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1'];
    run('req', '-x509', ...curve, ...signed, '-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=server');
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  return { folder, ca: read('ca.pem'), key: read('key.pem'), cert: read('cert.pem') };
}

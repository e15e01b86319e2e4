import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { connectionReason } from '../../../src/cluster/transport/connectionReasons.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import type { ErrorCategory } from '../../../src/foundation/error.ts';
import { openDesk, sendJson, sendStatus, startFakeApiServer, until, widget, widgets } from './fakeApiServer.ts';
import type { Answer, Desk, FakeApiServer } from './fakeApiServer.ts';

const category = (wanted: ErrorCategory) => (error: unknown) => {
  assert.ok(ModelDeckError.is(error), String(error));
  assert.equal(error.category, wanted, error.message);
  return true;
};

describe('requests of a connection', { timeout: 120_000 }, () => {
  let desk: Desk;
  let server: FakeApiServer;
  let answer: Answer;

  beforeEach(async () => {
    desk = await openDesk();
    answer = (_, response) => sendJson(response, widget('a'));
    server = await startFakeApiServer((asked, response) => answer(asked, response));
  });
  afterEach(async () => {
    await desk.close();
    await server.close();
  });
  const name = { name: 'a' };
  const where = { namespace: 'ml', pod: 'p', container: 'c' };

  it('keeps connections open, and opens another where one has died meanwhile', async () => {
    const connection = await desk.connect(server.url);
    let opened = 0;
    server.server.on('connection', () => (opened += 1));
    await connection.get(widgets, name);
    await connection.get(widgets, name);
    assert.equal(opened, 1);
    // The server ends the idle connection just when the next request comes: it is reset with the request in it.
    server.server.once('request', (request) => request.socket.resetAndDestroy());
    await connection.get(widgets, name);
    assert.equal(opened, 2);
  });

  it('does not send again what may have been done', async () => {
    const connection = await desk.connect(server.url);
    await connection.get(widgets, name);
    server.server.once('request', (request) => request.socket.resetAndDestroy());
    await assert.rejects(connection.create(widgets, widget('a')), category('unreachable'));
    assert.equal(server.asked.filter(({ method }) => method === 'POST').length, 1);
  });

  it('unpacks gzip, which it asks for', async () => {
    answer = ({ headers }, response) => {
      assert.equal(headers['accept-encoding'], 'gzip');
      response.setHeader('Content-Encoding', 'gzip').end(gzipSync(JSON.stringify(widget('packed'))));
    };
    const connection = await desk.connect(server.url);
    assert.equal((await connection.get(widgets, name)).metadata.name, 'packed');
  });

  it('gives up at the deadline: no answer, half an answer, a watch that does not open', async () => {
    answer = () => undefined;
    const connection = await desk.connect(server.url, { deadlineMs: 100 });
    await assert.rejects(connection.get(widgets, name), (error) => {
      category('timeout')(error);
      assert.match(String(error), /Could not read Widget ml\/a on desk: http:.* did not answer within 0\.1 s\./);
      return true;
    });
    const watching = connection.watch(widgets, { resourceVersion: '1', onEvent: () => undefined });
    await assert.rejects(watching, category('timeout'));
    answer = (_, response) => response.writeHead(200, { 'Content-Length': 1000 }).write('{');
    await assert.rejects(connection.get(widgets, name), category('timeout'));
  });

  it('lets a log that is followed be silent, and ends it without an error', async () => {
    answer = () => undefined;
    const connection = await desk.connect(server.url, { deadlineMs: 100 });
    const controller = new AbortController();
    const following = connection.logs({ ...where, follow: true }, () => undefined, { signal: controller.signal });
    const other = connection.logs(where, () => undefined);
    await assert.rejects(other, category('timeout'), 'the deadline passes meanwhile');
    controller.abort();
    await following;
    assert.ok(server.asked.some(({ url }) => url.search === '?container=c&follow=true'));
  });

  it('cuts long lines of a log, and hands on the last one without its end', async () => {
    const long = 'é'.repeat(50_000);
    answer = (_, response) => {
      response.write('one\n\n');
      response.write(long.slice(0, 30_000));
      response.end(`${long.slice(30_000)}\nlast`);
    };
    const connection = await desk.connect(server.url);
    const lines: string[] = [];
    await connection.logs(where, (line) => lines.push(line));
    assert.deepEqual(lines, ['one', '', 'é'.repeat(32 * 1024), 'last']);
  });

  it('is cancelled before, during and after a request', async () => {
    const connection = await desk.connect(server.url);
    await assert.rejects(connection.get(widgets, name, { signal: AbortSignal.abort() }), category('cancelled'));
    assert.equal(server.asked.length, 0);
    answer = () => undefined;
    const controller = new AbortController();
    const asking = connection.get(widgets, name, { signal: controller.signal });
    await until(() => server.asked.length === 1);
    controller.abort();
    await assert.rejects(asking, category('cancelled'));
  });

  it('ends everything that is open when it is closed', async () => {
    answer = () => undefined;
    const connection = await desk.connect(server.url);
    const asking = connection.get(widgets, name);
    answer = (_, response) => response.flushHeaders();
    const watching = connection.watch(widgets, { resourceVersion: '1', onEvent: () => undefined });
    await until(() => server.asked.length === 2);
    const ended = [asking, watching].map((open) => assert.rejects(open, category('cancelled')));
    connection.close();
    await Promise.all(ended);
    await assert.rejects(connection.get(widgets, name), category('cancelled'));
  });

  it('waits where the server asks to, and not for ever', async () => {
    let refused = 0;
    answer = (_, response) => {
      refused += 1;
      if (refused > 2) sendJson(response, widget('a'));
      else sendStatus(response, refused === 1 ? 429 : 503, 'later', {}, { 'Retry-After': '0' });
    };
    const connection = await desk.connect(server.url);
    await connection.get(widgets, name);
    assert.equal(refused, 3);
    answer = (_, response) => sendStatus(response, 429, 'too many requests', {}, { 'Retry-After': '0' });
    await assert.rejects(connection.get(widgets, name), category('server'));
    answer = (_, response) => sendStatus(response, 429, 'too many requests', {}, { 'Retry-After': '3600' });
    await assert.rejects(connection.get(widgets, name), category('server'));
  });

  it('names a server whose certificate has expired', async () => {
    const [cert, key] = await Promise.all(
      ['cert', 'key'].map((part) => readFile(path.join(import.meta.dirname, 'fixtures', `expired-${part}.pem`))),
    );
    const secure = await startFakeApiServer((_, response) => sendJson(response, {}), { tls: { cert, key } });
    try {
      const authority = { 'certificate-authority-data': cert?.toString('base64') };
      const connection = await desk.connect(secure.url, { cluster: authority });
      await assert.rejects(connection.get(widgets, name), (error) => {
        category('unreachable')(error);
        assert.match(String(error), /: the certificate of 127\.0\.0\.1:\d+ has expired\./);
        return true;
      });
      const careless = await desk.connect(secure.url, { cluster: { 'insecure-skip-tls-verify': true } });
      await careless.get(widgets, name);
    } finally {
      await secure.close();
    }
  });

  it('names certificates that cannot be read, and files that are not there', async () => {
    const broken = await desk.connect('https://127.0.0.1:1', {
      cluster: { 'certificate-authority-data': 'bm90IGEgY2VydA==' },
    });
    await assert.rejects(broken.get(widgets, name), category('unreachable'));
    const absent = await desk.connect('https://127.0.0.1:1', { cluster: { 'certificate-authority': 'absent.crt' } });
    await assert.rejects(absent.get(widgets, name), (error) => {
      category('not-found')(error);
      assert.ok(String(error).includes(path.join(desk.folder, 'absent.crt')));
      return true;
    });
  });

  it('names a server that speaks no TLS, and one that speaks no HTTP', async () => {
    const tls = await desk.connect(server.url.replace('http:', 'https:'));
    await assert.rejects(tls.get(widgets, name), /does not speak TLS/);
    const talker = net.createServer((socket) => socket.resume().end('SSH-2.0-talker\r\n'));
    await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
    const plain = await desk.connect(`http://127.0.0.1:${(talker.address() as AddressInfo).port}`);
    await assert.rejects(plain.get(widgets, name), /does not speak HTTP/);
    await new Promise((resolve) => talker.close(resolve));
  });

  it('takes an event that is no JSON for a broken watch', async () => {
    answer = (_, response) => response.end('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n{"type":"ADD');
    const connection = await desk.connect(server.url);
    const events: string[] = [];
    const watching = connection.watch(widgets, { resourceVersion: '1', onEvent: ({ type }) => events.push(type) });
    await assert.rejects(watching, category('unreachable'));
    assert.deepEqual(events, ['added']);
  });
});

describe('connectionReason', () => {
  for (const [code, words, inKubeconfig] of [
    ['ECONNREFUSED', 'nothing listens at a.example.com:6443', false],
    ['ENOTFOUND', 'the name of a.example.com:6443 is unknown', true],
    ['CERT_HAS_EXPIRED', 'the certificate of a.example.com:6443 has expired', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'comes from an authority that the kubeconfig does not trust', true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is made out to another name (Host: b)', true],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'does not accept the client certificate', true],
  ] as const) {
    it(`says what ${code} is and what to do`, () => {
      const found = connectionReason(
        Object.assign(new Error('raw'), { code, reason: 'Host: b.' }),
        'https://a.example.com:6443/path',
      );
      assert.ok(found.reason.includes(words), found.reason);
      assert.equal(found.inKubeconfig, inKubeconfig);
      assert.ok(found.remedy.endsWith('.'));
    });
  }

  it('falls back on the words of the error', () => {
    assert.equal(connectionReason(new Error('odd'), 'https://a').reason, 'a: odd');
  });
});

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { predict } from '../../../src/inference/index.ts';
import { withoutSecrets } from '../../../src/inference/client/secrets.ts';
import { v1Answer } from '../../../src/kserve/index.ts';
import { readFixture } from './fixtures.ts';
import { startServer, type TestServer } from './server.ts';

const image = readFixture('rgb-420.jpg');
const headers = {
  Host: 'cat.example.com',
  Authorization: 'Bearer eyJhbGciOiJ.payload.signature',
  Cookie: 'authservice_session=MTcwMDAwMDAwMHx; theme=dark',
};
let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('secrets', () => {
  it('are sent, and shown as hidden', async () => {
    let seen: unknown;
    server = await startServer(
      (_, request, response) => {
        seen = [request.headers.authorization, request.headers.cookie];
        response.end(v1Answer([{ tabby: 1 }]));
      },
      { headers },
    );
    const { request } = await predict({ endpoint: server.endpoint, image, k: 1 });
    assert.deepEqual(seen, [headers.Authorization, headers.Cookie]);
    assert.deepEqual(request.headers, [
      { name: 'Host', value: 'cat.example.com' },
      { name: 'Authorization', value: '(hidden)' },
      { name: 'Cookie', value: '(hidden)' },
    ]);
  });

  it('that a server repeats do not come back, neither in an answer nor in an error', async () => {
    let status = 200;
    server = await startServer(
      (_, request, response) => {
        const { authorization = '', cookie = '' } = request.headers;
        const token = authorization.split(' ')[1] ?? '';
        const session = cookie.split(/[=;]/)[1] ?? '';
        const body = status === 200 ? v1Answer([{ [token]: 1 }]) : JSON.stringify({ error: `no user for ${session}` });
        response.writeHead(status).end(body);
      },
      { headers },
    );
    const request = { endpoint: server.endpoint, image, k: 1 };
    const result = JSON.stringify(await predict(request));
    assert.ok(!/payload|MTcw/.test(result), result);
    status = 401;
    await assert.rejects(predict(request), { message: /"no user for \(hidden\)"/ });
  });

  it('leave common words alone', () => {
    assert.equal(withoutSecrets('{"theme":"dark","Bearer":1}', { headers }), '{"theme":"dark","Bearer":1}');
    assert.equal(withoutSecrets('cat.example.com', { headers }), 'cat.example.com');
  });
});

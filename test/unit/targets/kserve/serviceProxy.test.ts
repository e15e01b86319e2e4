import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { RawRequest } from '../../../../src/cluster/index.ts';
import { ModelDeckError } from '../../../../src/foundation/error.ts';
import { openServiceProxy, type ServiceProxy } from '../../../../src/targets/kserve/routes/serviceProxy.ts';
import { FakeCluster } from './fakeCluster.ts';

describe('the way through the API server', () => {
  const requests: RawRequest[] = [];
  let proxy: ServiceProxy;
  before(async () => {
    const { connection } = new FakeCluster();
    const request = (asked: RawRequest) => {
      requests.push(asked);
      if (asked.path.endsWith('/down')) return Promise.reject(new ModelDeckError('unreachable', 'It is away.'));
      return Promise.resolve({ status: 200, body: '{"models":["cats"]}' });
    };
    proxy = await openServiceProxy(
      { ...connection, request },
      { kind: 'services', namespace: 'ml', name: 'cats-predictor', port: 80 },
    );
  });
  after(() => proxy.close());

  /** Node's fetch sets Host and Origin by itself. */
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(proxy.url);
      const request = http.request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      request.on('error', reject);
      request.end(body);
    });

  it('leads to one Service, with body and type', async () => {
    assert.equal(await (await fetch(`${proxy.url}/v1/models`)).text(), '{"models":["cats"]}');
    await ask('/v1/models/cats:predict', { 'Content-Type': 'application/json' }, 'POST', '{"instances":[]}');
    assert.deepEqual(requests.slice(-2), [
      { method: 'GET', path: '/api/v1/namespaces/ml/services/cats-predictor:80/proxy/v1/models', patient: true },
      {
        method: 'POST',
        path: '/api/v1/namespaces/ml/services/cats-predictor:80/proxy/v1/models/cats:predict',
        patient: true,
        body: '{"instances":[]}',
        contentType: 'application/json',
      },
    ]);
    await ask('/v1/models', { Cookie: 'session=1' });
    assert.equal(requests.at(-1)?.cookie, 'session=1');
  });

  it('hands on nothing else, and nothing of a web page', async () => {
    const before = requests.length;
    const refused: readonly (readonly [number, string, Record<string, string>?, string?])[] = [
      [404, '/metrics'],
      [404, '/v1/../../../../secrets'],
      [404, '/v1/%2e%2e/%2e%2e/secrets'],
      [404, '/v1/..%2fsecrets'],
      [404, '/v10/models'],
      [405, '/v1/models', {}, 'DELETE'],
      [403, '/v1/models', { Origin: 'http://evil.example' }],
      [400, '/v1/models', { Authorization: 'Bearer token' }],
      [403, '/v1/models', { Host: 'evil.example' }],
      [403, '/v1/models', { Host: '127.0.0.1.evil.example' }],
    ];
    for (const [status, path, headers, method] of refused) assert.equal(await ask(path, headers, method), status, path);
    assert.equal(requests.length, before);
  });

  it('says that the API server is away, and takes no endless body', async () => {
    assert.equal(await ask('/v1/down'), 502);
    const large = 'x'.repeat(17 << 20);
    assert.equal(await ask('/v1/models/cats:predict', {}, 'POST', large).catch(() => 413), 413);
  });
});

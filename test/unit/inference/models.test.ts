import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { discoverModels, EndpointClient } from '../../../src/inference/index.ts';
import type { Endpoint } from '../../../src/inference/index.ts';
import { errorBody, modelMissingMessage, parseModelNames, v1Answer } from '../../../src/kserve/index.ts';
import { readFixture } from './fixtures.ts';
import { startServer, type TestServer } from './server.ts';

const image = readFixture('rgb-420.jpg');
const question = { image, k: 1 };
const scores = { tabby: 0.6, lynx: 0.4 };
let server: TestServer | undefined;
let client: EndpointClient | undefined;

afterEach(async () => {
  client?.close();
  await server?.close();
  client = server = undefined;
});

type Answers = Readonly<Record<string, string | readonly [number, string]>>;

/** A server that has an answer for these paths and 404 for others. */
async function serve(answers: Answers, change: Partial<Endpoint> = {}): Promise<TestServer> {
  server = await startServer((_, request, response) => {
    const answer = answers[`${request.method} ${request.url}`] ?? [404, '{"detail":"Not Found"}'];
    const [status, body] = typeof answer === 'string' ? [200, answer] : answer;
    response.writeHead(status, status === 302 ? { location: 'https://login.example.com/?token=x' } : {}).end(body);
  }, change);
  return server;
}

describe('the models of a server', () => {
  const cases: [string, 'v1' | 'v2', Answers, readonly string[]][] = [
    ["KServe's list of V1", 'v1', { 'GET /v1/models': '{"models":["resnet18"]}' }, ['resnet18']],
    ["KServe's list of V2", 'v2', { 'GET /v2/models': '{"models":["a","b","a"]}' }, ['a', 'b']],
    [
      "Triton's index, of which the loaded ones count",
      'v2',
      {
        'POST /v2/repository/index':
          '[{"name":"old","version":"1","state":"UNAVAILABLE"},{"name":"new","version":"1","state":"READY"}]',
      },
      ['new'],
    ],
    ["MLServer's index without states", 'v2', { 'POST /v2/repository/index': '[{"name":"mlp"}]' }, ['mlp']],
    ['the list of the other protocol', 'v2', { 'GET /v1/models': '{"models":["m"]}' }, ['m']],
    ['no list, but the name of the service', 'v1', { 'GET /v1/models/cat': '{"name":"cat","ready":true}' }, ['cat']],
    ['no list, but metadata', 'v2', { 'GET /v2/models/cat': '{"name":"cat","inputs":[],"outputs":[]}' }, ['cat']],
  ];
  for (const [name, protocol, answers, expected] of cases) {
    it(`are told by ${name}`, async () => {
      const { endpoint } = await serve(answers, { protocol, modelName: '' });
      assert.deepEqual(await discoverModels(endpoint), expected);
    });
  }

  it('are told by nobody', async () => {
    const { endpoint } = await serve({});
    await assert.rejects(discoverModels(endpoint), {
      category: 'not-found',
      nextStep: { kind: 'show-deployment-log', deploymentId: endpoint.id },
    });
  });

  for (const [status, category] of [
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [302, 'unauthorized'],
  ] as const) {
    it(`are not told without credentials (${status})`, async () => {
      const { endpoint } = await serve({ 'GET /v1/models': [status, ''] });
      await assert.rejects(discoverModels(endpoint), {
        category,
        nextStep: { kind: 'set-credentials', endpointId: endpoint.id },
      });
      assert.equal(server?.asked.length, 1);
    });
  }

  const hostile: [string, readonly string[] | undefined][] = [
    ['<html>', undefined],
    ['{"models":{"length":1e9}}', undefined],
    ['{"models":[1,null,{},"","a\\u0000b","ok"]}', ['ok']],
    [`{"models":["${'x'.repeat(201)}"]}`, []],
    ['{"__proto__":{"models":["x"]}}', undefined],
    ['[{"name":"__proto__"}]', ['__proto__']],
    ['null', undefined],
  ];
  for (const [body, names] of hostile) {
    it(`are read out of ${body.slice(0, 40)}`, () => assert.deepEqual(parseModelNames(body), names));
  }

  it('are at most a thousand', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `m${index}`);
    assert.equal(parseModelNames(JSON.stringify({ models: names }))?.length, 1000);
  });
});

describe('a client that does not know its model', () => {
  const missing = [404, errorBody(modelMissingMessage('cat'))] as const;

  it('asks once for all images that wait', async () => {
    const { endpoint, asked } = await serve(
      { 'GET /v1/models': '{"models":["resnet18"]}', 'POST /v1/models/resnet18:predict': v1Answer([scores]) },
      { modelName: '' },
    );
    client = new EndpointClient(endpoint, { isRemote: true });
    await Promise.all([client.predict(question), client.predict(question)]);
    assert.equal(client.modelName, 'resnet18');
    assert.deepEqual(
      asked.filter((one) => one.startsWith('GET')),
      ['GET /v1/models'],
    );
  });

  it('corrects the name that the target guessed', async () => {
    const { endpoint } = await serve({
      'POST /v1/models/cat:predict': missing,
      'GET /v1/models': '{"models":["resnet18"]}',
      'POST /v1/models/resnet18:predict': v1Answer([scores]),
    });
    client = new EndpointClient(endpoint, { isRemote: true });
    const { request } = await client.predict(question);
    assert.match(request.url, /resnet18:predict$/);
  });

  it('asks by the name that is chosen among several', async () => {
    const { endpoint } = await serve({
      'POST /v1/models/cat:predict': missing,
      'GET /v1/models': '{"models":["a","b"]}',
      'POST /v1/models/b:predict': v1Answer([scores]),
    });
    client = new EndpointClient(endpoint, { isRemote: true });
    await assert.rejects(client.predict(question), { category: 'not-found', message: /serves 2 models: a, b\./ });
    assert.deepEqual(client.knownModels, ['a', 'b']);
    client.chooseModel('b');
    assert.equal((await client.predict(question)).predictions[0]?.label, 'tabby');
  });

  it('says that the server has no such model when that is the one that it lists', async () => {
    const { endpoint } = await serve({
      'POST /v1/models/cat:predict': missing,
      'GET /v1/models': '{"models":["cat"]}',
    });
    client = new EndpointClient(endpoint, { isRemote: true });
    await assert.rejects(client.predict(question), { category: 'not-found', message: /no model "cat" \(404\)/ });
  });

  it('goes on for one image when another one is cancelled while both wait', async () => {
    const abort = new AbortController();
    let isFirst = true;
    server = await startServer(
      (_, request, response) => {
        if (request.url === '/v2/models') {
          if (!isFirst) return response.end('{"models":["resnet18"]}');
          isFirst = false;
          return abort.abort();
        }
        if (request.method === 'GET') return response.writeHead(404).end();
        response.end(JSON.stringify({ outputs: [{ name: 'a', datatype: 'BYTES', shape: [1], data: [scores] }] }));
      },
      { modelName: '', protocol: 'v2' },
    );
    client = new EndpointClient(server.endpoint, { isRemote: true });
    const cancelled = client.predict(question, { signal: abort.signal });
    const other = client.predict(question);
    await assert.rejects(cancelled, { category: 'cancelled' });
    assert.equal((await other).predictions[0]?.label, 'tabby');
  });

  it('is not asked twice about its models on this computer', async () => {
    const { endpoint, asked } = await serve({ 'POST /v1/models/cat:predict': missing });
    client = new EndpointClient(endpoint);
    await assert.rejects(client.predict(question), { category: 'not-found' });
    assert.deepEqual(asked, ['POST /v1/models/cat:predict']);
  });
});

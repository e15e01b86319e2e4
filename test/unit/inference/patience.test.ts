import assert from 'node:assert/strict';
import { afterEach, describe, it, mock } from 'node:test';
import { EndpointClient, predict } from '../../../src/inference/index.ts';
import type { ClientOptions, Endpoint } from '../../../src/inference/index.ts';
import { errorBody, modelNotReadyMessage, v1Answer } from '../../../src/kserve/index.ts';
import { readFixture } from './fixtures.ts';
import { startServer, type Handler, type TestServer } from './server.ts';

const image = readFixture('rgb-420.jpg');
const good = v1Answer([{ tabby: 0.6, lynx: 0.4 }]);
const remote: ClientOptions = { isRemote: true, patience: { noticeMs: 60_000, pausesMs: [0] } };
let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function endpoint(handler: Handler, change: Partial<Endpoint> = {}): Promise<Endpoint> {
  server = await startServer(handler, change);
  return server.endpoint;
}

/** A server that answers with each of these once, then well. */
function answering(...answers: readonly [number, string, Record<string, string>?][]): Handler {
  let count = 0;
  return (_, __, response) => {
    const [status, body, headers] = answers[count++] ?? [200, good];
    response.writeHead(status, headers).end(body);
  };
}

describe('a service that starts', () => {
  it('is asked again while it says that it is not ready', async () => {
    const said: (string | undefined)[] = [];
    const starting = await endpoint(
      answering(
        [503, 'no healthy upstream'],
        [503, ''],
        [500, errorBody('ConnectError : All connection attempts failed')],
        [503, errorBody(modelNotReadyMessage('cat'))],
        [503, '{"kind":"Status","message":"no endpoints available for service \\"cat-predictor\\"","code":503}'],
        [
          503,
          '{"code":503,"type":"ServiceUnavailableException","message":"Model \\"cat\\" has no worker to serve inference request."}',
        ],
      ),
    );
    const result = await predict({ endpoint: starting, image, k: 1, ...remote, onWarmUp: (words) => said.push(words) });
    assert.equal(result.predictions[0]?.label, 'tabby');
    assert.equal(server?.asked.length, 7);
    assert.deepEqual(said.slice(0, 4), [
      'no healthy upstream',
      undefined,
      'ConnectError : All connection attempts failed',
      'Model with name cat is not ready.',
    ]);
  });

  const failures: [number, string, RegExp][] = [
    [
      503,
      '{"code":503,"type":"InternalServerException","message":"Prediction failed"}',
      /failed on "cat" \(503\): "Prediction failed"/,
    ],
    [503, errorBody('Bad request: number of batch response mismatched'), /failed on "cat" \(503\)/],
    [500, errorBody('Worker died.'), /failed on "cat" \(500\)/],
    [429, errorBody('not ready for so many'), /429/],
  ];
  for (const [status, body, message] of failures) {
    it(`is told apart from one that fails with ${status} ${body.slice(0, 70)}`, async () => {
      const failing = await endpoint(answering([status, body]));
      await assert.rejects(predict({ endpoint: failing, image, k: 1, ...remote }), { category: 'server', message });
      assert.equal(server?.asked.length, 1);
    });
  }

  it('is not believed for ever when TorchServe behind it is never reached', async () => {
    let requests = 0;
    const dead = await endpoint((_, __, response) => {
      requests += 1;
      response.writeHead(500).end(errorBody('ConnectError : All connection attempts failed'));
    });
    const clock = mock.method(performance, 'now', () => requests * 50_000);
    try {
      await assert.rejects(predict({ endpoint: dead, image, k: 1, ...remote }), {
        category: 'server',
        message: /failed on "cat" \(500\): "ConnectError/,
      });
    } finally {
      clock.mock.restore();
    }
    assert.equal(requests, 3);
  });

  it('is given up after the time-out, with its last words', async () => {
    const never = await endpoint((_, __, response) => response.writeHead(503).end(errorBody('still loading weights')));
    await assert.rejects(predict({ endpoint: never, image, k: 1, ...remote, timeoutMs: 100 }), (error: Error) => {
      assert.match(error.message, /still not ready after 0 s: "still loading weights"|did not answer within/);
      return (error as Error & { category: string }).category === 'timeout';
    });
  });

  it('is not waited for longer than the time-out by a Retry-After of hours', async () => {
    const busy = await endpoint(answering([503, '', { 'retry-after': '86400' }]));
    await assert.rejects(predict({ endpoint: busy, image, k: 1, ...remote, timeoutMs: 1000 }), {
      category: 'timeout',
      message: /still not ready/,
    });
    assert.equal(server?.asked.length, 1);
  });

  it('is said to warm up when it takes long', async () => {
    let answer: (() => void) | undefined;
    const slow = await endpoint((_, __, response) => (answer = () => response.end(good)));
    const patience = { noticeMs: 20, pausesMs: [0] };
    const result = await predict({ endpoint: slow, image, k: 1, isRemote: true, patience, onWarmUp: () => answer?.() });
    assert.equal(result.predictions[0]?.label, 'tabby');
  });

  it('is left at once when the task is cancelled in a pause', async () => {
    const abort = new AbortController();
    const never = await endpoint((_, __, response) => response.writeHead(503).end());
    const patience = { noticeMs: 60_000, pausesMs: [60_000] };
    const asking = predict(
      { endpoint: never, image, k: 1, isRemote: true, patience, onWarmUp: () => abort.abort() },
      { signal: abort.signal },
    );
    await assert.rejects(asking, { category: 'cancelled' });
    assert.equal(server?.asked.length, 1);
  });

  it('on this computer fails as it is', async () => {
    const local = await endpoint(answering([503, errorBody(modelNotReadyMessage('cat'))]));
    await assert.rejects(predict({ endpoint: local, image, k: 1 }), {
      category: 'server',
      message: /not ready \(503\)/,
    });
    assert.equal(server?.asked.length, 1);
  });

  it('has 10 minutes at first, and what any server has when it runs', async () => {
    let requests = 0;
    const silent = await endpoint((_, __, response) => {
      requests += 1;
      if (requests === 2) response.end(good);
      else mock.timers.tick(requests === 1 ? 600_000 : 120_000);
    });
    const client = new EndpointClient(silent, { isRemote: true });
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      await assert.rejects(client.predict({ image, k: 1 }), { category: 'timeout', message: /within 600 s/ });
      await client.predict({ image, k: 1 });
      await assert.rejects(client.predict({ image, k: 1 }), { category: 'timeout', message: /within 120 s/ });
    } finally {
      mock.timers.reset();
      client.close();
    }
  });
});

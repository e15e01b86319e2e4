import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { predict } from '../../../src/inference/index.ts';
import type { Endpoint } from '../../../src/inference/index.ts';
import { parseV1Request, parseV2Request, v1Answer } from '../../../src/kserve/index.ts';
import { readFixture } from './fixtures.ts';

const image = readFixture('rgb-420.jpg');
const scores = { lynx: 0.1, tabby: 0.6, 'tiger cat': 0.3 };
let server: http.Server | undefined;

/** A V2 answer as KServe's wrapper of TorchServe gives it: the prediction itself in BYTES. */
function ofTorchServe(id: string | undefined): string {
  return JSON.stringify({
    id,
    model_name: 'cat',
    outputs: [{ name: 'image-0', datatype: 'BYTES', shape: [1], data: [scores] }],
  });
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

type Handler = (body: string, request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server on this computer for one test, and an endpoint that points to it. */
async function serve(handler: Handler, change: Partial<Endpoint> = {}): Promise<Endpoint> {
  const started = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => handler(body, request, response));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return endpointAt(`http://127.0.0.1:${(started.address() as AddressInfo).port}`, change);
}

function endpointAt(baseUrl: string, change: Partial<Endpoint> = {}): Endpoint {
  return {
    id: 'this-computer/cat',
    label: 'cat',
    targetLabel: 'This computer',
    baseUrl,
    modelName: 'cat',
    protocol: 'v1',
    maxRequestBytes: 6_553_500,
    imageEncoding: 'rgb-jpeg',
    ...change,
  };
}

describe('predict', () => {
  it('asks in V1 and reads the most probable labels', async () => {
    const seen: unknown[] = [];
    const endpoint = await serve((body, request, response) => {
      seen.push(request.method, request.url, request.headers['content-type'], parseV1Request(body));
      response.end(v1Answer([scores]));
    });
    const result = await predict({ endpoint, image, k: 2 });
    assert.deepEqual(seen, ['POST', '/v1/models/cat:predict', 'application/json', [image]]);
    assert.deepEqual(result.predictions, [
      { label: 'tabby', value: 0.6 },
      { label: 'tiger cat', value: 0.3 },
    ]);
    assert.equal(result.classCount, 3);
    assert.ok(result.timing.prepareMs > 0 && result.timing.requestMs > 0);
    assert.equal(result.request.url, `${endpoint.baseUrl}/v1/models/cat:predict`);
    assert.match(result.request.body, /^\{"instances":\[\{"data":"[\w+/]{48}… \(\d+ characters of base64\)"\}\]\}$/);
    assert.deepEqual(result.response, { status: 200, body: v1Answer([scores]) });
  });

  it('asks in V2', async () => {
    const endpoint = await serve(
      (body, request, response) => {
        assert.equal(request.url, '/v2/models/cat/infer');
        const { inputs, id } = parseV2Request(body);
        const data = [Buffer.from(image).toString('base64')];
        assert.deepEqual(inputs, [{ name: 'image-0', datatype: 'BYTES', shape: [1], data }]);
        response.end(ofTorchServe(id));
      },
      { protocol: 'v2' },
    );
    assert.equal((await predict({ endpoint, image, k: 1 })).predictions[0]?.label, 'tabby');
  });

  it('labels bare numbers, with a base address that has a path', async () => {
    const endpoint = await serve((_, request, response) => {
      assert.equal(request.url, '/proxy/v1/models/cat:predict');
      response.end('{"predictions":[[1.0, 4.0]]}');
    });
    const [first] = (
      await predict({
        endpoint: { ...endpoint, baseUrl: `${endpoint.baseUrl}/proxy`, labels: ['dog', 'cat'] },
        image,
        k: 5,
      })
    ).predictions;
    assert.equal(first?.label, 'cat');
  });

  it('sends the headers of the endpoint, Host among them, and shows none', async () => {
    let seen: http.IncomingHttpHeaders = {};
    const headers = { Host: 'cat.example.com', Authorization: 'Bearer secret' };
    const endpoint = await serve(
      (_, request, response) => {
        seen = request.headers;
        response.end(v1Answer([scores]));
      },
      { headers },
    );
    const result = await predict({ endpoint, image, k: 1 });
    assert.deepEqual([seen.host, seen.authorization], ['cat.example.com', 'Bearer secret']);
    assert.ok(!JSON.stringify(result).includes('secret'));
  });

  it('keeps a megabyte of a long answer', async () => {
    const endpoint = await serve((_, __, response) =>
      response.end(`${' '.repeat(2 * 1024 * 1024)}${v1Answer([scores])}`),
    );
    const { response } = await predict({ endpoint, image, k: 1 });
    assert.match(response.body.slice(1024 * 1024), /^… \(\d+ more characters\)$/);
  });
});

const statuses: [number, string, string, RegExp][] = [
  [401, '{"error":"token?"}', 'unauthorized', /wants credentials \(401\): "token\?"/],
  [403, '', 'forbidden', /refuses the request \(403\)\.$/],
  [
    404,
    '{"error":"Model with name cat does not exist."}',
    'not-found',
    /no model "cat" \(404\): "Model with name cat does not exist\."/,
  ],
  [413, '', 'invalid-input', /too large, in a request of \d+ bytes \(413\)/],
  [
    400,
    '{"error":"Expected \\"instances\\" to be a list"}',
    'server',
    /rejects the request \(400\): "Expected "instances" to be a list"/,
  ],
  [
    500,
    '{"code":500,"type":"X","message":"size of tensor a (4)"}',
    'server',
    /failed on "cat" \(500\): "size of tensor a \(4\)"/,
  ],
  [503, '{"error":"Model with name cat is not ready."}', 'server', /"cat" is not ready \(503\)/],
  [502, '<html>Bad gateway</html>', 'server', /failed on "cat" \(502\)\.$/],
  [204, '', 'server', /failed on "cat" \(204\)/],
  [500, JSON.stringify({ error: 'x'.repeat(9999) }), 'server', /x{499}…"\.$/],
];

describe('predict, when the server refuses', () => {
  for (const [status, body, category, message] of statuses) {
    it(`${status} ${body.slice(0, 50)}`, async () => {
      const endpoint = await serve((_, __, response) => response.writeHead(status).end(body));
      await assert.rejects(predict({ endpoint, image, k: 1 }), { category, message });
    });
  }

  it('302: names the login page by its origin only', async () => {
    const location = 'https://login.example.com/auth?state=secret';
    const endpoint = await serve((_, __, response) => response.writeHead(302, { location }).end());
    await assert.rejects(predict({ endpoint, image, k: 1 }), (error: Error & { category: string }) => {
      assert.equal(error.category, 'unauthorized');
      assert.match(
        error.message,
        /guarded by a sign-in page, which leads to https:\/\/login\.example\.com instead of the model \(302\)/,
      );
      return !error.message.includes('secret');
    });
  });

  it('302: knows a login page on the host of the model', async () => {
    const endpoint = await serve((_, { headers }, response) =>
      response
        .writeHead(302, { location: `https://${headers.host?.replace(/:.*/, '')}:8443/oauth2/start?rd=%2F` })
        .end(),
    );
    await assert.rejects(predict({ endpoint, image, k: 1 }), {
      category: 'unauthorized',
      message: /guarded by oauth2-proxy, which leads to https:\/\/127\.0\.0\.1:8443/,
    });
  });

  it('308: to https of the same name is no login page', async () => {
    const endpoint = await serve(
      (_, __, response) => response.writeHead(308, { location: 'https://cat.example.com/v1/models/cat:predict' }).end(),
      { headers: { Host: 'cat.example.com' } },
    );
    await assert.rejects(predict({ endpoint, image, k: 1 }), {
      category: 'unreachable',
      message: /redirects to https \(308\)/,
    });
  });

  const answers: [string, string, RegExp][] = [
    ['no JSON', 'hello', /not JSON: it begins with "hello"/],
    ['no predictions', '{"predictions":[]}', /without a prediction/],
    ['V2 at V1', ofTorchServe('7'), /no list of "predictions"/],
    [
      'texts that are no numbers',
      '{"predictions":[{"cat":"high"}]}',
      /no classification that is known: \[\{"cat":"high"\}\]/,
    ],
  ];
  for (const [name, body, message] of answers) {
    it(`answers ${name}`, async () => {
      const endpoint = await serve((_, __, response) => response.end(body));
      await assert.rejects(predict({ endpoint, image, k: 1 }), { category: 'server', message });
    });
  }
});

describe('predict, when there is no answer', () => {
  it('nothing listens', async () => {
    const { baseUrl } = await serve(() => assert.fail('closed'));
    await new Promise((resolve) => server?.close(resolve));
    const category = 'unreachable';
    await assert.rejects(predict({ endpoint: endpointAt(baseUrl), image, k: 1 }), {
      category,
      message: /127\.0\.0\.1:\d+: nothing listens there/,
    });
  });

  it('the connection is cut', async () => {
    const endpoint = await serve((_, request) => request.socket.destroy());
    await assert.rejects(predict({ endpoint, image, k: 1 }), { category: 'unreachable', message: /was cut/ });
  });

  it('the answer stops half-way', async () => {
    const endpoint = await serve((_, request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"predictions":', () => request.socket.destroy());
    });
    await assert.rejects(predict({ endpoint, image, k: 1 }), { category: 'unreachable' });
  });

  it('the server is silent', async () => {
    const endpoint = await serve(() => undefined);
    await assert.rejects(predict({ endpoint, image, k: 1, timeoutMs: 100 }), {
      category: 'timeout',
      message: /within 0\.1 s/,
    });
  });

  it('the server sends without end', async () => {
    const endpoint = await serve((_, __, response) => {
      const chunk = Buffer.alloc(1 << 20, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    await assert.rejects(predict({ endpoint, image, k: 1 }), { category: 'server', message: /more than 64 MB/ });
  });

  it('the task is cancelled while waiting, and before', async () => {
    const controller = new AbortController();
    const endpoint = await serve(() => controller.abort());
    await assert.rejects(predict({ endpoint, image, k: 1 }, { signal: controller.signal }), { category: 'cancelled' });
    await assert.rejects(predict({ endpoint, image, k: 1 }, { signal: controller.signal }), { category: 'cancelled' });
  });

  const unusable: [string, Partial<Endpoint>][] = [
    ['an address that is none', { baseUrl: 'cat' }],
    ['another protocol', { baseUrl: 'ftp://127.0.0.1' }],
    ['a header that breaks the line', { headers: { Authorization: 'Bearer secret\r\nX: y' } }],
  ];
  for (const [name, change] of unusable) {
    it(`the endpoint has ${name}`, async () => {
      const endpoint = endpointAt('http://127.0.0.1:9', change);
      await assert.rejects(predict({ endpoint, image, k: 1 }), (error: Error & { category: string }) => {
        assert.equal(error.category, 'invalid-input');
        return !error.message.includes('secret');
      });
    });
  }

  it('the image is cut off in its header: nothing is sent', async () => {
    const endpoint = await serve(() => assert.fail('sent'));
    await assert.rejects(predict({ endpoint, image: image.subarray(0, 500), k: 1 }), { category: 'invalid-input' });
  });

  const handlers: Record<string, Handler> = {
    'does not answer': () => undefined,
    'reads it all the same': (_body, _request, response) => response.end(v1Answer([scores])),
    'says something else': (_body, _request, response) => response.writeHead(500).end('{}'),
  };
  for (const [server, handler] of Object.entries(handlers)) {
    it(`the image is cut off behind its header, and the server ${server}`, async () => {
      const endpoint = await serve(handler);
      const asked = predict({ endpoint, image: image.subarray(0, image.length - 200), k: 1 });
      await assert.rejects(asked, { category: 'invalid-input', message: /cannot be decoded/ });
    });
  }
});

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { asCurl, EndpointClient } from '../../../src/inference/index.ts';
import { requestDialects } from '../../../src/inference/client/requests/index.ts';
import { float16Value } from '../../../src/foundation/float16.ts';
import { parseV2Request, v1Answer } from '../../../src/kserve/index.ts';
import { readFixture } from './fixtures.ts';
import { startServer, type TestServer } from './server.ts';

const image = readFixture('rgb-420.jpg');
const base64 = Buffer.from(image).toString('base64');
const good = v1Answer([{ tabby: 0.6, lynx: 0.4 }]);
let server: TestServer | undefined;
let client: EndpointClient | undefined;

afterEach(async () => {
  client?.close();
  await server?.close();
});

/** A server that reads one way of writing a picture, and fails on all others as KServe's models do. */
async function serve(reads: (instance: Record<string, unknown>) => unknown, status = 500): Promise<EndpointClient> {
  server = await startServer((body, request, response) => {
    if (request.method === 'GET') return response.writeHead(404).end();
    const { instances } = JSON.parse(body) as { instances: [Record<string, unknown>] };
    if (reads(instances[0]) === base64) return response.end(good);
    response.writeHead(status).end('{"error":"KeyError"}');
  });
  client = new EndpointClient(server.endpoint, { isRemote: true });
  return client;
}

function b64(value: unknown): unknown {
  return (value as { b64?: unknown } | undefined)?.b64;
}

describe('a V1 server that nobody knows', () => {
  const posts = (): number => server?.asked.filter((one) => one.startsWith('POST')).length ?? 0;

  it('is asked in the usual way first, and only once', async () => {
    const asked = await serve(({ data }) => data);
    const { predictions, notes } = await asked.predict({ image, k: 1 });
    assert.deepEqual([predictions[0]?.label, notes, posts()], ['tabby', [], 1]);
  });

  it('is asked as TensorFlow Serving and as KServe writes it, and so from then on', async () => {
    const ways = [
      ['TensorFlow Serving', ({ image_bytes: bytes }: Record<string, unknown>) => b64(bytes), 2, 400],
      ["KServe's image transformers", ({ image: held }: Record<string, unknown>) => b64(held), 3, 500],
    ] as const;
    for (const [label, reads, count, status] of ways) {
      const asked = await serve(reads, status);
      const first = await asked.predict({ image, k: 1 });
      assert.equal(first.predictions[0]?.label, 'tabby');
      assert.deepEqual(first.notes, [`The server did not read the usual request; it was asked as ${label}.`]);
      assert.equal(posts(), count);
      const second = await asked.predict({ image, k: 1 });
      assert.deepEqual([second.notes, posts()], [[], count + 1]);
      assert.ok(asCurl(asked.askedEndpoint, 'cat.jpg').includes('"b64":"'));
      asked.close();
      await server?.close();
    }
  });

  it('that reads none of them has its own words told, and its answer to the usual one kept', async () => {
    const asked = await serve(() => undefined);
    const bodies: string[] = [];
    const onExchange = ({ request }: { request: { body: string } }): void => void bodies.push(request.body);
    await assert.rejects(asked.predict({ image, k: 1, onExchange }), { message: /"KeyError"/ });
    assert.equal(posts(), requestDialects.length);
    assert.match(bodies.at(-1) ?? '', /^\{"instances":\[\{"data":/);
  });
});

describe('a V2 model of half precision', () => {
  it('gets its tensor as bytes after the JSON', async () => {
    const sent: Buffer[] = [];
    const lengths: (string | undefined)[] = [];
    server = await startServer(
      (body, request, response) => {
        if (request.method === 'GET') {
          return response.end(JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP16', shape: [1, 3, 8, 8] }] }));
        }
        sent.push(Buffer.from(body, 'latin1'));
        lengths.push(request.headers['inference-header-content-length'] as string | undefined);
        response.end('{"outputs":[{"name":"p","datatype":"FP32","shape":[1,2],"data":[0.25,0.75]}]}');
      },
      { protocol: 'v2' },
      'latin1',
    );
    client = new EndpointClient(server.endpoint, { isRemote: true });
    const { request } = await client.predict({ image, k: 1 });
    const { inputs } = parseV2Request(sent[0] ?? Buffer.alloc(0), Number(lengths[0]));
    const [input] = inputs;
    assert.ok(input?.data instanceof Uint16Array);
    assert.deepEqual([input.datatype, input.shape, input.data.length], ['FP16', [1, 3, 8, 8], 192]);
    assert.ok(input.data.every((bits) => Math.abs(float16Value(bits)) < 3));
    assert.match(request.body, /"binary_data_size":384.*… \(384 bytes of the tensor\)$/);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fieldConflicts, isKindMissing } from '../../../src/cluster/clusterErrors.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import type { ErrorCategory } from '../../../src/foundation/error.ts';
import { openDesk, sendJson, sendStatus, startFakeApiServer, widget, widgets } from './fakeApiServer.ts';
import type { Answer, Desk, FakeApiServer, Widget } from './fakeApiServer.ts';

let desk: Desk;
let answer: Answer = (_, response) => sendJson(response, {});
let server: FakeApiServer;
before(async () => {
  desk = await openDesk();
  server = await startFakeApiServer((asked, response) => answer(asked, response));
});
after(async () => {
  await desk.close();
  await server.close();
});
const last = () => server.asked[server.asked.length - 1];

describe('objects of a connection', () => {
  it('reads an object of the namespace that the context names', async () => {
    answer = (_, response) => sendJson(response, widget('a'));
    const connection = await desk.connect(server.url);
    assert.deepEqual(await connection.get(widgets, { name: 'a' }), widget('a'));
    assert.equal(last()?.url.pathname, '/apis/shop.example.com/v1/namespaces/ml/widgets/a');
  });

  it('puts the path of the server in front', async () => {
    answer = (_, response) => sendJson(response, widget('a'));
    const connection = await desk.connect(`${server.url}/k8s/clusters/c-1/`);
    await connection.get(widgets, { name: 'a', namespace: 'x y' });
    assert.equal(last()?.url.pathname, '/k8s/clusters/c-1/apis/shop.example.com/v1/namespaces/x%20y/widgets/a');
  });

  it('lists page by page and keeps nothing where pages are handed on', async () => {
    answer = ({ url }, response) => {
      const start = Number(url.searchParams.get('continue') ?? 0);
      const items = [widget(`w${start}`), widget(`w${start + 1}`)];
      sendJson(response, { items, metadata: { resourceVersion: '7', ...(start < 4 && { continue: `${start + 2}` }) } });
    };
    const connection = await desk.connect(server.url);
    const pages: string[][] = [];
    const list = await connection.list(widgets, {
      pageSize: 2,
      labelSelector: 'a=b',
      onPage: (items: readonly Widget[]) => pages.push(items.map(({ metadata }) => metadata.name)),
    });
    assert.deepEqual(pages, [
      ['w0', 'w1'],
      ['w2', 'w3'],
      ['w4', 'w5'],
    ]);
    assert.deepEqual(list, { items: [], resourceVersion: '7' });
    assert.equal(last()?.url.pathname, '/apis/shop.example.com/v1/widgets');
    assert.equal(last()?.url.search, '?labelSelector=a%3Db&limit=2&continue=4');
    assert.equal((await connection.list(widgets, { namespace: 'ml' })).items.length, 6);
  });

  it('applies with our field manager, kind filled in and managed fields left out', async () => {
    answer = ({ body }, response) => sendJson(response, JSON.parse(body));
    const connection = await desk.connect(server.url);
    const object = { metadata: { ...widget('a').metadata, managedFields: [{ manager: 'x' }] } };
    await connection.apply(widgets, object, { dryRun: true });
    assert.equal(last()?.method, 'PATCH');
    assert.equal(last()?.url.search, '?fieldManager=model-deck&dryRun=All');
    assert.equal(last()?.headers['content-type'], 'application/apply-patch+yaml');
    assert.deepEqual(JSON.parse(last()?.body ?? ''), {
      apiVersion: 'shop.example.com/v1',
      kind: 'Widget',
      metadata: widget('a').metadata,
    });
    await connection.apply(widgets, object, { force: true });
    assert.equal(last()?.url.search, '?fieldManager=model-deck&force=true');
  });

  it('creates, patches and deletes', async () => {
    answer = (_, response) => sendJson(response, widget('a'));
    const connection = await desk.connect(server.url);
    await connection.create(widgets, { metadata: { name: 'a', namespace: 'other' } });
    assert.equal(
      `${last()?.method} ${last()?.url.pathname}`,
      'POST /apis/shop.example.com/v1/namespaces/other/widgets',
    );
    await connection.patch(widgets, { name: 'a' }, { spec: null });
    assert.equal(last()?.headers['content-type'], 'application/merge-patch+json');
    assert.equal(last()?.body, '{"spec":null}');
    await connection.delete(widgets, { name: 'a' }, { propagation: 'Foreground', uid: 'u1' });
    assert.deepEqual(JSON.parse(last()?.body ?? ''), {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u1' },
    });
  });

  it('takes the deletion of what is gone for done, and of an unknown kind for an error', async () => {
    const connection = await desk.connect(server.url);
    answer = (_, response) => sendStatus(response, 404, 'widgets "a" not found', { details: { name: 'a' } });
    await connection.delete(widgets, { name: 'a' });
    answer = (_, response) => response.writeHead(404).end('404 page not found');
    await assert.rejects(connection.delete(widgets, { name: 'a' }), (error) => isKindMissing(error));
  });

  it('hands the answer to a raw request on, whatever its status', async () => {
    answer = (_, response) => response.writeHead(418).end('short and stout');
    const connection = await desk.connect(server.url);
    const got = await connection.request({
      method: 'POST',
      path: '/a?b=c',
      body: '{}',
      contentType: 'x/y',
      accept: '*/*',
    });
    assert.deepEqual(got, { status: 418, body: 'short and stout' });
    assert.equal(`${last()?.url.pathname}${last()?.url.search}`, '/a?b=c');
    assert.equal(last()?.headers['content-type'], 'x/y');
    assert.equal(last()?.headers.accept, '*/*');
  });
});

describe('errors of the API server', () => {
  const cases: readonly [number, ErrorCategory][] = [
    [400, 'invalid-input'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [422, 'invalid-input'],
    [500, 'server'],
  ];
  for (const [code, category] of cases) {
    it(`${code} is ${category}, in the server's own words`, async () => {
      const words = 'User "ada" cannot get resource "widgets" in the namespace "ml"';
      answer = (_, response) => sendStatus(response, code, words, { details: { name: 'a' } });
      const connection = await desk.connect(server.url, { user: { token: 'secret-token' } });
      await assert.rejects(connection.get(widgets, { name: 'a' }), (error) => {
        assert.ok(ModelDeckError.is(error));
        assert.equal(error.category, category);
        assert.equal(error.message, `Could not read Widget ml/a on desk: ${words}.`);
        assert.ok(!JSON.stringify([error, error.cause, error.remedy]).includes('secret-token'));
        assert.equal(isKindMissing(error), false);
        return true;
      });
    });
  }

  it('tells managers and fields of an apply conflict', async () => {
    answer = (_, response) =>
      sendStatus(response, 409, 'Apply failed with 1 conflict', {
        reason: 'Conflict',
        details: {
          causes: [
            {
              reason: 'FieldManagerConflict',
              message: 'conflict with "kubectl \\"x\\"" using v1',
              field: '.spec.size',
            },
            { reason: 'Other' },
          ],
        },
      });
    const connection = await desk.connect(server.url);
    await assert.rejects(connection.apply(widgets, widget('a')), (error) => {
      assert.deepEqual(fieldConflicts(error), [{ manager: 'kubectl "x"', field: '.spec.size' }]);
      return true;
    });
  });

  it('takes what does not fit the schema for the fault of the object, not of the server', async () => {
    const words = '.spec.canary: field not declared in schema';
    answer = (_, response) =>
      sendStatus(response, 500, `failed to create typed patch object (ml/a; x.dev/v1, Kind=Widget): ${words}`);
    const connection = await desk.connect(server.url);
    await assert.rejects(connection.apply(widgets, widget('a')), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.equal(error.category, 'invalid-input');
      assert.ok(error.message.endsWith(` on desk: ${words}.`), error.message);
      return true;
    });
  });

  it('tells a server that is no API server from one', async () => {
    answer = (_, response) => response.end('<html>welcome</html>');
    const connection = await desk.connect(server.url);
    await assert.rejects(connection.get(widgets, { name: 'a' }), /the answer is not that of an API server/);
    answer = (_, response) => response.writeHead(502).end('<html><h1>Bad Gateway</h1></html>');
    await assert.rejects(connection.get(widgets, { name: 'a' }), /on desk: Bad Gateway\.$/);
  });
});

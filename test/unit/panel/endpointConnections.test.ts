import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as inference from '../../../src/inference/index.ts';
import { v1Answer } from '../../../src/kserve/index.ts';
import { isClassifyUpdate } from '../../../src/panel/messages/classifyMessages.ts';
import { EndpointConnections } from '../../../src/panel/classify/endpointConnections.ts';
import { CredentialStore, type EndpointCredentials } from '../../../src/panel/classify/endpointCredentials.ts';
import { readFixture } from '../inference/fixtures.ts';
import { startServer, type Handler, type TestServer } from '../inference/server.ts';
import { waitUntil } from '../../waitUntil.ts';
import { deployment, fakeTarget, forward, ingress, type FakeTarget } from './fakeTarget.ts';

const id = 'kserve:minikube/ml/cat';
const here = 'this-computer/cat';
const question = { image: readFixture('rgb-420.jpg'), k: 1, onWarmUp: () => undefined };
const good = v1Answer([{ tabby: 0.6, lynx: 0.4 }]);
const servers: TestServer[] = [];
let connections: EndpointConnections | undefined;

afterEach(async () => {
  connections?.dispose();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface Made {
  readonly connections: EndpointConnections;
  readonly fake: FakeTarget;
  readonly server: TestServer;
  readonly credentials: CredentialStore;
  readonly ask: (endpointId?: string) => Promise<string | undefined>;
}

/** Connections to one endpoint of a fake target, which a server of this computer answers for. */
async function make(handler: Handler = (_, __, response) => response.end(good), endpointId = id): Promise<Made> {
  const server = await startServer(handler);
  servers.push(server);
  const fake = fakeTarget(endpointId.slice(0, endpointId.lastIndexOf('/')), [deployment(endpointId)]);
  fake.endpoint = () => Promise.resolve({ ...server.endpoint, id: endpointId });
  const credentials = new CredentialStore(memoryStore());
  const made = new EndpointConnections({
    targetOf: (asked) => (fake.target.deployments().some((one) => one.id === asked) ? fake.target : undefined),
    inference: () => Promise.resolve(inference),
    credentials: (asked) => credentials.read(asked),
    packageOf: ({ sha256 }) => Promise.resolve(sha256 === 'known' ? { labels: ['dog', 'cat'] } : undefined),
    onChange: () => assert.ok(isState(made.view(endpointId))),
    onError: (_, error) => assert.fail(String(error)),
  });
  connections = made;
  const ask = async (asked = endpointId): Promise<string | undefined> =>
    (await made.predict(asked, question, new AbortController().signal)).route;
  return { connections: made, fake, server, credentials, ask };
}

function isState(connection: unknown): boolean {
  const endpoint = { id, label: 'cat', targetLabel: 'ml', state: 'ready' };
  const state = { panelId: 'panel-1', endpoint, connection, endpointCount: 1, topK: 5, images: [], history: [] };
  return isClassifyUpdate({ type: 'state', state });
}

function memoryStore(): ConstructorParameters<typeof CredentialStore>[0] {
  const values = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(values.get(key)),
    store: (key, value) => Promise.resolve(void values.set(key, value)),
    delete: (key) => Promise.resolve(void values.delete(key)),
  };
}

describe('the way to an endpoint of a cluster', () => {
  it('is opened at the first question and kept for the next ones', async () => {
    const { connections, fake, server, ask } = await make();
    assert.equal(connections.view(id).isOpen, false);
    assert.deepEqual(await Promise.all([ask(), ask()]), [forward.label, forward.label]);
    await ask();
    assert.deepEqual(fake.calls, ['routes', 'endpoint port-forward']);
    assert.ok(server.sockets.length <= 2);
    assert.deepEqual(connections.view(id), {
      routes: [forward, ingress],
      route: 'port-forward',
      isOpen: true,
      models: [],
      model: 'cat',
      hasCredentials: false,
    });
  });

  it('is looked for without being opened', async () => {
    const { connections, fake } = await make();
    await connections.look(id);
    assert.deepEqual([connections.view(id).route, connections.view(id).isOpen], ['port-forward', false]);
    assert.deepEqual(fake.calls, ['routes']);
  });

  it('is the first that can be taken, and there may be none', async () => {
    const { connections, fake, ask } = await make();
    fake.routes = [{ ...forward, unavailable: 'no pod is ready' }, ingress];
    assert.equal(await ask(), ingress.label);
    connections.disconnect(id);
    fake.routes = [{ ...forward, unavailable: 'no pod is ready' }];
    await assert.rejects(ask(), {
      category: 'unreachable',
      message: /Port forward to cat-predictor-5f: no pod is ready/,
    });
  });

  it('is the one that the user chooses, as long as it can be taken', async () => {
    const { connections, fake, ask } = await make();
    await ask();
    connections.chooseRoute(id, 'ingress');
    assert.equal(await ask(), ingress.label);
    assert.deepEqual(fake.calls, ['routes', 'endpoint port-forward', 'close', 'routes', 'endpoint ingress']);
    fake.routes = [forward, { ...ingress, unavailable: 'it has no address' }];
    await connections.look(id);
    connections.disconnect(id);
    await assert.rejects(ask(), { message: /Ingress cat\.example\.com: it has no address/, remedy: /another route/ });
    connections.chooseRoute(id, 'nonsense');
    connections.chooseRoute(id, 'port-forward');
    assert.equal(await ask(), forward.label);
  });

  it('is closed on demand, with its connections, and opened again', async () => {
    const { connections, fake, server, ask } = await make();
    await ask();
    const [socket] = server.sockets;
    assert.ok(socket);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    connections.disconnect(id);
    await ended;
    assert.deepEqual([fake.calls.at(-1), connections.view(id).isOpen], ['close', false]);
    await ask();
    assert.equal(fake.calls.at(-1), 'endpoint port-forward');
  });

  it('is closed while it is being opened', async () => {
    const { connections, fake, ask } = await make();
    fake.endpoint = (_, __, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
        setImmediate(() => connections.disconnect(id));
      });
    await assert.rejects(ask(), /aborted/);
    assert.equal(fake.calls.at(-1), 'close');
  });

  it('stays for others when the one who opened it is cancelled', async () => {
    const { connections, fake, server, ask } = await make();
    let open: (() => void) | undefined;
    fake.endpoint = () => new Promise((resolve) => (open = () => resolve(server.endpoint)));
    const abort = new AbortController();
    const first = connections.predict(id, question, abort.signal);
    const second = ask();
    const openNow = await waitUntil('the way is asked for', () => open);
    abort.abort();
    await assert.rejects(first, { category: 'cancelled' });
    openNow();
    assert.equal(await second, forward.label);
  });

  it('is opened again when nothing answers any more, or another deployment is there', async () => {
    const { connections, fake, server, ask } = await make();
    await ask();
    await server.close();
    await assert.rejects(ask(), { category: 'unreachable' });
    const next = await startServer((_, __, response) => response.end(good));
    servers.push(next);
    fake.endpoint = () => Promise.resolve(next.endpoint);
    await ask();
    fake.calls.length = 0;
    connections.targetsChanged();
    await ask();
    assert.equal(fake.calls.length, 0);
    fake.set([deployment(id, { model: { name: 'cat', version: '2.0', storageUri: 'pvc://models/cat-2' } })]);
    connections.targetsChanged();
    await ask();
    assert.ok(fake.calls.includes('endpoint port-forward'));
  });

  it('ends with the panel', async () => {
    const { connections, fake, ask } = await make();
    await ask();
    connections.dispose();
    assert.equal(fake.calls.at(-1), 'close');
  });

  it('to a deployment that is gone has its error', async () => {
    const { ask } = await make();
    await assert.rejects(ask('kserve:minikube/ml/gone'), { category: 'not-found' });
  });

  it('labels bare numbers of a server of this computer by the package that it serves', async () => {
    const { connections, fake } = await make((_, __, response) => response.end('{"predictions":[[0, 9]]}'), here);
    fake.set([deployment(here, { model: { name: 'cat', storageUri: 'file:///models/cat', sha256: 'known' } })]);
    const { predictions } = await connections.predict(here, question, new AbortController().signal);
    assert.equal(predictions[0]?.label, 'cat');
  });

  it('labels bare numbers by the package that is served, when it lies here', async () => {
    const { connections, fake } = await make((_, __, response) => response.end('{"predictions":[[0, 9]]}'));
    const label = async (): Promise<unknown> => {
      const { predictions, notes } = await connections.predict(id, question, new AbortController().signal);
      return [predictions[0]?.label, ...notes];
    };
    const bare = [undefined, 'No labels are known for this model; its classes are numbered from 0.'];
    assert.deepEqual(await label(), bare);
    fake.set([deployment(id, { model: { name: 'cat', storageUri: 'pvc://models/cat', sha256: 'known' } })]);
    connections.targetsChanged();
    assert.deepEqual(await label(), [
      'cat',
      'These are scores, not probabilities: what has to be applied to them is not known.',
    ]);
  });

  it('reads an answer again by what the user confirmed, for the next ones too, and asks no server for it', async () => {
    const { connections, fake, server } = await make((_, __, response) => response.end('{"predictions":[[0.9]]}'));
    const model = { name: 'cat', storageUri: 'pvc://models/cat', sha256: 'known' };
    fake.set([deployment(id, { model })]);
    const ask = () => connections.predict(id, question, new AbortController().signal);
    const result = await ask();
    const { kind, offers } = result;
    assert.deepEqual([kind, offers.map((offer) => offer.kind)], ['numbers', ['binary']]);
    const count = server.asked.length;
    connections.acceptOffer(id, 'binary');
    assert.equal((await connections.interpretation(id, result))?.kind, 'binary');
    assert.equal(server.asked.length, count);
    connections.disconnect(id);
    assert.equal(await connections.interpretation(id, result), undefined, 'the way is closed');
    assert.equal((await ask()).kind, 'binary', 'it holds when the way is opened again');
    fake.set([deployment(id, { model: { ...model, version: '2.0' } })]);
    connections.targetsChanged();
    assert.equal((await ask()).kind, 'numbers', 'another model is another matter');
  });

  it('knows how many classes a model has that says fewer', async () => {
    const { connections, fake } = await make();
    fake.set([deployment(id, { model: { name: 'cat', storageUri: 'pvc://models/cat' } })]);
    const ask = () => connections.predict(id, question, new AbortController().signal);
    assert.equal((await ask()).modelClasses, undefined);
    const labels = ['tabby', 'lynx', 'fox'];
    fake.endpoint = () => Promise.resolve({ ...servers[0]!.endpoint, labels });
    connections.disconnect(id);
    assert.equal((await ask()).modelClasses, 3);
  });

  it('finds out after an answer whether there are more models to choose', async () => {
    const { connections, server, ask } = await make((_, request, response) =>
      response.end(request.url === '/v1/models' ? '{"models":["cat","dog"]}' : good),
    );
    await ask();
    await waitUntil('the models are known', () => connections.view(id).models.length > 0);
    assert.deepEqual([connections.view(id).models, connections.view(id).model], [['cat', 'dog'], 'cat']);
    await ask();
    assert.equal(server.asked.filter((one) => one.startsWith('GET')).length, 1);
  });

  it('lets the user choose among several models', async () => {
    const { connections, ask } = await make((_, request, response) => {
      if (request.url === '/v1/models') return response.end('{"models":["a","b"]}');
      if (request.url === '/v1/models/b:predict') return response.end(good);
      response.writeHead(404).end('{"error":"Model with name cat does not exist."}');
    });
    await assert.rejects(ask(), { category: 'not-found', message: /serves 2 models/ });
    assert.deepEqual(connections.view(id).models, ['a', 'b']);
    connections.chooseModel(id, 'c');
    connections.chooseModel(id, 'b');
    assert.equal(connections.view(id).model, 'b');
    await ask();
    assert.equal((await connections.described(id)).endpoint.modelName, 'b');
  });
});

describe('the credentials of an endpoint', () => {
  it("go with each request, but never in place of the target's own", async () => {
    const seen: unknown[] = [];
    const { fake, server, credentials, connections, ask } = await make((_, request, response) => {
      const { authorization, cookie, host } = request.headers;
      if (request.url?.endsWith(':predict')) seen.push([authorization, cookie, host]);
      response.end(good);
    });
    fake.endpoint = () => Promise.resolve({ ...server.endpoint, headers: { Host: 'cat.example.com' } });
    await credentials.write(id, { headers: { Authorization: 'Bearer one', Host: 'evil' } });
    await ask();
    await credentials.write(id, { headers: { Cookie: 'session=two' } });
    await connections.credentialsChanged(id);
    assert.equal(connections.view(id).hasCredentials, true);
    await ask();
    await credentials.write(id, {});
    await connections.credentialsChanged(id);
    assert.equal(connections.view(id).hasCredentials, false);
    await ask();
    assert.deepEqual(seen, [
      ['Bearer one', undefined, 'cat.example.com'],
      [undefined, 'session=two', 'cat.example.com'],
      [undefined, undefined, 'cat.example.com'],
    ]);
  });

  it('are asked of the target again when a token of it expires, and not before', async () => {
    const seen: unknown[] = [];
    const { fake, server, ask } = await make((_, request, response) => {
      if (request.url?.endsWith(':predict')) seen.push(request.headers.authorization);
      response.end(good);
    });
    let given = 0;
    let freshUntil = Date.now() + 60_000;
    fake.endpoint = () => {
      given += 1;
      return Promise.resolve({ ...server.endpoint, headers: { Authorization: `Bearer ${given}` }, freshUntil });
    };
    freshUntil = Date.now() - 1;
    await ask();
    freshUntil = Date.now() + 60_000;
    await ask();
    await ask();
    assert.deepEqual(seen, ['Bearer 1', 'Bearer 2', 'Bearer 2']);
  });

  it('name a ServiceAccount, and hold no token of it', async () => {
    const { credentials, connections } = await make();
    await credentials.write(id, { serviceAccount: 'cats-sa' });
    await connections.look(id);
    assert.deepEqual(await credentials.read(id), { serviceAccount: 'cats-sa' });
    assert.equal(connections.view(id).hasCredentials, true);
    await credentials.write(id, {});
    assert.deepEqual(await credentials.read(id), {});
  });

  it('are told to those who listen, kept by id, and gone when removed', async () => {
    const values = new Map<string, string>();
    const store = new CredentialStore({
      get: (key) => Promise.resolve(values.get(key)),
      store: (key, value) => Promise.resolve(void values.set(key, value)),
      delete: (key) => Promise.resolve(void values.delete(key)),
    });
    const told: string[] = [];
    const end = store.onDidChange((endpointId) => told.push(endpointId));
    const credentials: EndpointCredentials = { headers: { Cookie: 'a=b' }, ca: '-----BEGIN CERTIFICATE-----' };
    await store.write(id, credentials);
    assert.deepEqual(await store.read(id), credentials);
    assert.deepEqual(await store.read('kserve:minikube/ml/dog'), {});
    await store.write(id, { headers: {} });
    assert.deepEqual([...values], []);
    end();
    await store.write(id, credentials);
    assert.deepEqual(told, [id, id]);
    for (const broken of ['', 'null', '[]', '{"headers":7,"ca":{}}', '{"headers":{"Cookie":5}}']) {
      values.set(`modelDeck.endpoint/${id}`, broken);
      assert.deepEqual(await store.read(id), {}, broken);
    }
  });
});

describe('an endpoint of this computer', () => {
  it('is asked for each time, since it may have been started again, and keeps its connection while it is the same', async () => {
    const { fake, server, ask } = await make(undefined, here);
    await ask();
    assert.equal(await ask(), undefined);
    assert.equal(server.sockets.length, 1);
    const next = await startServer((_, __, response) => response.end(good));
    servers.push(next);
    fake.endpoint = () => Promise.resolve(next.endpoint);
    await ask();
    assert.deepEqual([next.asked.length, fake.calls], [1, ['endpoint', 'endpoint', 'endpoint']]);
  });
});

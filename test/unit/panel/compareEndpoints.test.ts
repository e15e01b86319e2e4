import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import * as inference from '../../../src/inference/index.ts';
import { v1Answer } from '../../../src/kserve/index.ts';
import { compareEndpoints } from '../../../src/panel/classify/compareEndpoints.ts';
import { EndpointConnections } from '../../../src/panel/classify/endpointConnections.ts';
import { isClassifyUpdate } from '../../../src/panel/messages/classifyMessages.ts';
import type { ComparedView } from '../../../src/panel/messages/comparison.ts';
import { readFixture } from '../inference/fixtures.ts';
import { startServer, type TestServer } from '../inference/server.ts';
import { deployment, fakeTarget } from './fakeTarget.ts';

const here = { id: 'this-computer/cat', name: 'cat (This computer)' };
const there = { id: 'kserve:minikube/ml/cat', name: 'cat (ml — minikube)' };
const servers: TestServer[] = [];
let connections: EndpointConnections | undefined;

afterEach(async () => {
  connections?.dispose();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Two endpoints, each with the answer of its server; `undefined` never answers. */
async function compare(
  answers: readonly [string | undefined, string | undefined],
  signal = new AbortController().signal,
): Promise<ComparedView> {
  const targets = await Promise.all(
    [here, there].map(async ({ id }, index) => {
      const answer = answers[index];
      const server = await startServer((_, __, response) => answer !== undefined && response.end(answer));
      servers.push(server);
      const fake = fakeTarget(id.slice(0, id.lastIndexOf('/')), [deployment(id)]);
      fake.endpoint = () => Promise.resolve({ ...server.endpoint, id });
      return fake.target;
    }),
  );
  connections = new EndpointConnections({
    targetOf: (id) => targets.find((target) => target.deployments().some((one) => one.id === id)),
    inference: () => Promise.resolve(inference),
    credentials: () => Promise.resolve({}),
    packageOf: () => Promise.resolve(undefined),
    onChange: () => undefined,
    onError: (_, error) => assert.fail(String(error)),
  });
  const deps = { connections, inference: () => Promise.resolve(inference) };
  const view = await compareEndpoints(readFixture('rgb-420.jpg'), [here, there], deps, signal);
  assert.ok(isClassifyUpdate({ type: 'comparison', imageId: 'image-1', comparison: view }));
  return view;
}

describe('"Compare…" asks two endpoints about one picture', () => {
  it('and finds the same answer where they differ by rounding', async () => {
    const view = await compare([v1Answer([{ tabby: 0.6, lynx: 0.4 }]), v1Answer([{ tabby: 0.60002, lynx: 0.39998 }])]);
    assert.deepEqual(
      [view.verdict, view.first, view.second, view.isProbability],
      ['same', here.name, there.name, true],
    );
  });

  it('and names the largest difference, over all classes and not only those that are shown', async () => {
    const first = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, 1 / 40]));
    const view = await compare([v1Answer([first]), v1Answer([{ ...first, c39: 1 / 40 - 0.02 }])]);
    assert.equal(view.common, 40);
    assert.equal(view.classes[0]?.label, 'c39');
    assert.ok(view.classes.length <= 5);
  });

  it('and says whose contract is not known', async () => {
    const view = await compare([v1Answer([{ a: 0.9, b: 0.1 }]), v1Answer([{ b: 0.9, a: 0.1 }])]);
    assert.deepEqual([view.verdict, view.unknownContract], ['different', ['first', 'second']]);
  });

  it('and fails with the reason of the one that does not answer', async () => {
    await assert.rejects(compare([v1Answer([{ a: 0.9 }]), '{"error":"no such thing"}']), /no such thing/);
  });

  it('and stops when it is cancelled', async () => {
    const abort = new AbortController();
    const comparing = compare([v1Answer([{ a: 0.9 }]), undefined], abort.signal);
    setImmediate(() => abort.abort());
    await assert.rejects(comparing, { category: 'cancelled' });
  });
});

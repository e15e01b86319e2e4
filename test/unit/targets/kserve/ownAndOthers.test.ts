import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { inferenceGraphs } from '../../../../src/kserve/resources/inferenceGraph.ts';
import { inferenceServices, type InferenceService } from '../../../../src/kserve/resources/inferenceService.ts';
import { trainedModels } from '../../../../src/kserve/resources/trainedModel.ts';
import type { KServeNamespace } from '../../../../src/targets/kserve/kserveTarget.ts';
import { waitingTimes } from '../../../../src/targets/kserve/serve/waitUntilServing.ts';
import { status, type FakeCluster } from './fakeCluster.ts';
import { fakeNamespace, fakeServer, order, shortWaits, useTimes, type FakeKServe } from './fakeKServe.ts';

describe('a service that others have made, or look at', () => {
  let cluster: FakeCluster;
  let kserve: FakeKServe;
  let target: KServeNamespace;
  let server: Awaited<ReturnType<typeof fakeServer>>;
  /** What TorchServe's management API tells; nothing where it is not asked. */
  let workers: readonly object[] | undefined;
  const live = (): InferenceService | undefined => cluster.peek(inferenceServices, 'cats');
  const uri = (): string | undefined => live()?.spec.predictor.model?.storageUri;

  useTimes(waitingTimes, { ...shortWaits, silentLogMs: 30 });
  before(async () => {
    server = await fakeServer((path) => {
      if (!path.startsWith('/models/')) return { body: { ready: true } };
      return workers ? { body: [{ workers }] } : { status: 404, body: {} };
    });
  });
  after(() => server.close());
  beforeEach(() => {
    ({ cluster, kserve, target } = fakeNamespace(server.url));
  });
  afterEach(() => target.dispose());

  it('is planned as it is written: what no runtime serves is refused, and none is named in its place', async () => {
    const yaml = (await target.plan(order())).objects?.[0]?.yaml ?? '';
    const manifest = yaml.replace('name: pytorch', 'name: nonesuch');
    await assert.rejects(target.plan(order('1.0', { cluster: { manifest } })), {
      category: 'not-found',
      message: /no runtime for nonesuch/,
    });
  });

  it('says what it could not verify, after it has asked the server itself', async () => {
    const mayRead = (isAllowed: boolean): void => {
      cluster.fault = (doing) => {
        if (doing.startsWith('logs ') && !isAllowed) throw status(403, 'you may not get pods/log', {});
      };
    };
    kserve.image = 'pytorch/torchserve-kfs:0.9.0';
    mayRead(false);
    workers = [{ status: 'READY' }];
    assert.equal((await target.deploy(order('1.0'))).unverified, undefined, 'the server tells of its worker');
    assert.ok(server.asked.includes('GET /models/cats'));
    workers = undefined;
    assert.match((await target.deploy(order('2.0'))).unverified ?? '', /could not be seen, .*pods\/log/);
  });

  it('makes a service only where there is none: of two who planned upon nothing, the second is told', async () => {
    const { planRevision } = await target.plan(order('1.0'));
    let isOvertaken = false;
    cluster.fault = (doing) => {
      if (doing !== 'create inferenceservices/cats' || isOvertaken) return;
      isOvertaken = true;
      cluster.put(inferenceServices, { metadata: { name: 'cats', namespace: 'ml' }, spec: { predictor: {} } }, 'other');
    };
    await assert.rejects(target.deploy(order('1.0', { cluster: { planRevision } })), {
      category: 'conflict',
      message: /cats in ml was made by somebody else since it was planned/,
    });
    assert.equal(uri(), undefined);
  });

  it('owns what it has made as if it had been applied, so that the next apply can take it away', async () => {
    let races = 2;
    cluster.fault = (doing) => {
      // A controller is quicker with its finalizer.
      if (doing.startsWith('patch ') && races-- > 0) throw status(409, 'the object has been modified', {});
    };
    await target.deploy(order('1.0', { cluster: { resources: { cpu: '1' } } }));
    const managers = (live()?.metadata.managedFields ?? []).map(({ manager, operation }) => [manager, operation]);
    assert.deepEqual(managers, [['model-deck', 'Apply']]);
  });

  it('tells of fields that the webhook made of somebody’s predictor.pytorch, which nobody is written down for', async () => {
    const pytorch = { storageUri: 'pvc://old/place' };
    const service = { metadata: { name: 'cats', namespace: 'ml' }, spec: { predictor: { pytorch } } };
    cluster.put(inferenceServices, service, 'kubectl-client-side-apply');
    const model = { modelFormat: { name: 'pytorch' }, storageUri: 'pvc://old/place' };
    cluster.set(inferenceServices, 'cats', { spec: { predictor: { model } } });
    const [object] = (await target.plan(order())).objects ?? [];
    const manager = 'kubectl-client-side-apply (as predictor.pytorch)';
    assert.deepEqual(object?.conflicts, [{ manager, field: '.spec.predictor.model.storageUri' }]);
    await assert.rejects(target.deploy(order()), { category: 'conflict', message: /as predictor\.pytorch/ });
    await target.deploy(order('1.0', { cluster: { force: true } }));
    assert.equal(uri(), 'pvc://models/cats/1.0');
    assert.equal((await target.plan(order('2.0'))).objects?.[0]?.conflicts, undefined, 'it is ours now');
  });

  it('names before a deletion who uses the service: graphs and models that were loaded into it', async () => {
    const { id } = await target.deploy(order());
    const metadata = (name: string): { name: string; namespace: string } => ({ name, namespace: 'ml' });
    const nodes = { root: { steps: [{ serviceName: 'dogs' }, { serviceName: 'cats' }] } };
    cluster.put(inferenceGraphs, { metadata: metadata('router'), spec: { nodes } });
    cluster.put(inferenceGraphs, { metadata: metadata('other'), spec: { nodes: { root: {} } } });
    cluster.put(trainedModels, { metadata: metadata('extra'), spec: { inferenceService: 'cats' } });
    assert.deepEqual(await target.users(id), ['InferenceGraph router', 'TrainedModel extra']);
    assert.match((await target.deletionNotes(id)).join(), /used by InferenceGraph router, TrainedModel extra/);
    cluster.missingKinds.add('inferencegraphs');
    assert.deepEqual(await target.users(id), ['TrainedModel extra']);
  });

  it('says of a service that speaks gRPC alone that no picture can be sent to it', async () => {
    const manifest = (await target.plan(order())).objects?.[0]?.yaml.replace(
      'protocolVersion: v1',
      'protocolVersion: grpc-v2',
    );
    const { id } = await target.deploy(order('1.0', { cluster: { manifest: manifest ?? '' } }));
    await assert.rejects(target.endpoint(id), { category: 'unsupported', message: /cats speaks grpc-v2 alone/ });
  });
});

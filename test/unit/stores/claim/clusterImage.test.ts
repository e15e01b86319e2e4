import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KubeObject, ListQuery, ObjectList, ObjectName, ResourceType } from '../../../../src/cluster/index.ts';
import { ModelDeckError } from '../../../../src/foundation/error.ts';
import { clusterImage } from '../../../../src/stores/claim/clusterImage.ts';
import { FakeCluster } from './fakeCluster.ts';

const place = { context: 'fake', namespace: 'ml', claim: 'models', uid: 1000 };

describe('the image of an upload pod', () => {
  let cluster: FakeCluster;
  let answers: Readonly<Record<string, KubeObject | undefined>> = {};
  before(async () => {
    cluster = await FakeCluster.open();
    const answer = (key: string): KubeObject => {
      const found = answers[key];
      if (!found) throw new ModelDeckError(key.startsWith('configmaps') ? 'forbidden' : 'not-found', key);
      return found;
    };
    cluster.get = <T extends KubeObject>(type: ResourceType<T>, { namespace }: ObjectName) =>
      Promise.resolve().then(() => answer(`${type.plural}/${namespace}`) as T);
    cluster.list = <T extends KubeObject>(type: ResourceType<T>, query: ListQuery<T>): Promise<ObjectList<T>> =>
      Promise.resolve().then(() => {
        const items = [answer(type.plural) as T];
        query.onPage?.(items);
        return { items, resourceVersion: '1' };
      });
  });
  after(() => cluster[Symbol.asyncDispose]());

  const metadata = { name: 'default' };
  const container: KubeObject & { spec: object } = {
    metadata,
    spec: { container: { name: 'storage-initializer', image: 'of-the-container:1' } },
  };
  const config: KubeObject & { data: object } = {
    metadata,
    data: { storageInitializer: '{"image": "of-the-config:1"}' },
  };
  const pod: KubeObject & { spec: object } = {
    metadata,
    spec: { containers: [], initContainers: [{ name: 'storage-initializer', image: 'of-a-pod:1' }] },
  };

  it('is that of the storage initializer, wherever it can be read', async () => {
    answers = { clusterstoragecontainers: container, 'configmaps/kserve': config, pods: pod };
    assert.equal(await clusterImage(cluster, place, {}), 'of-the-container:1');
    answers = { 'configmaps/redhat-ods-applications': config, pods: pod };
    assert.equal(await clusterImage(cluster, place, {}), 'of-the-config:1');
    answers = { pods: pod };
    assert.equal(await clusterImage(cluster, place, {}), 'of-a-pod:1');
  });

  it('is asked for when nothing tells', async () => {
    answers = {};
    await assert.rejects(clusterImage(cluster, place, {}), {
      category: 'not-found',
      nextStep: { kind: 'open-setting', setting: 'modelDeck.upload.image' },
    });
  });

  it('is not guessed when the cluster is out of reach', async () => {
    await using gone = await FakeCluster.open();
    gone.beforeRequest = () => {
      throw new ModelDeckError('unreachable', 'Gone.');
    };
    await assert.rejects(clusterImage(gone, place, {}), { category: 'unreachable' });
  });
});

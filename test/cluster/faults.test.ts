import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startHelperPod } from './harness/helperPod.ts';
import { inferenceService } from './harness/inferenceService.ts';
import { sharedCluster } from './harness/sharedCluster.ts';
import { waitUntil } from './harness/waitUntil.ts';

const cluster = sharedCluster();
const namespace = 'faults';
const mebibyte = 1 << 20;

/** What the suites break on purpose, and that it is whole again afterwards. */
describe('a fault of the cluster', { skip: cluster.cannot('proxy') }, () => {
  let folder: string;

  before(async () => {
    await cluster.createNamespace(namespace);
    ({ folder = '' } = await cluster.createClaim({ namespace, name: 'models' }));
    await startHelperPod(cluster, { namespace, name: 'helper', claim: 'models' });
  });
  after(() => cluster.deleteNamespace(namespace));

  const upload = (file: string, size: number, kubeconfig = cluster.kubeconfig, pod = 'helper'): Promise<string> => {
    const command = `head -c ${size} > ${file}`;
    const args = ['exec', '-i', '-n', namespace, pod, '--', 'sh', '-c', command];
    return cluster.kubectl(args, { input: Buffer.alloc(size, 1), kubeconfig });
  };

  it('takes an upload that is let through whole', async () => {
    await upload('whole', 8 * mebibyte);
    assert.equal((await stat(path.join(folder, 'whole'))).size, 8 * mebibyte);
  });

  it('cuts the connection in the middle of an upload, and refuses new ones for a while', async () => {
    const kubeconfig = cluster.proxiedKubeconfig ?? '';
    const before = await cluster.bytesUp();
    await cluster.dropAfter({ bytes: 20 * mebibyte, refuseFor: 3000 });
    await assert.rejects(upload('cut', 64 * mebibyte, kubeconfig));
    assert.ok((await cluster.bytesUp()) - before < 64 * mebibyte);
    const { size } = await stat(path.join(folder, 'cut'));
    assert.ok(size < 64 * mebibyte, `${size} bytes arrived`);
    await assert.rejects(cluster.kubectl(['get', '--raw', '/version'], { kubeconfig }));
    await waitUntil('it is let through again', () => cluster.kubectl(['get', '--raw', '/version'], { kubeconfig }));
    await cluster.dropConnections();
    await cluster.kubectl(['get', '--raw', '/version'], { kubeconfig });
  });

  it('fills a claim up', async () => {
    const { folder: small = '' } = await cluster.createClaim({ namespace, name: 'small', fullAt: mebibyte });
    await startHelperPod(cluster, { namespace, name: 'small', claim: 'small' });
    // kwok does not always hand on that a command has failed.
    await upload('large', 8 * mebibyte, cluster.kubeconfig, 'small').catch((error: unknown) => {
      assert.match(String(error), /No space left on device/);
    });
    const { size } = await stat(path.join(small, 'large'));
    assert.ok(size <= mebibyte, `${size} bytes`);
  });

  it('restarts the API server, with all that was there', async () => {
    await cluster.restartApiServer();
    await upload('afterwards', mebibyte);
    assert.ok((await readdir(folder)).includes('afterwards'));
    await startHelperPod(cluster, { namespace, name: 'later', claim: 'models' });
  });

  it('takes the webhooks away, and KServe with them', async () => {
    const order = { namespace, name: 'late', storageUri: 's3://models/fine', format: 'sklearn' };
    await cluster.stopKServe();
    try {
      const applying = cluster.kubectl(['apply', '-f', '-'], { input: inferenceService(order) });
      await assert.rejects(applying, /failed calling webhook .*connect: connection refused/);
    } finally {
      await cluster.startKServe();
    }
    await cluster.kubectl(['apply', '-f', '-'], { input: inferenceService(order) });
    await cluster.kubectl(['wait', '-n', namespace, 'isvc/late', '--for=condition=Ready', '--timeout=60s']);
  });

  it('makes many InferenceServices that KServe knows nothing of', async () => {
    await cluster.stopKServe();
    try {
      await cluster.createInferenceServices({ count: 200, namespaces: 2 });
      const names = await cluster.kubectl(['get', 'isvc', '-n', 'many-1', '-o', 'name']);
      assert.equal(names.trim().split('\n').length, 100);
      const ready = 'jsonpath={.items[?(@.status.url)].metadata.name}';
      assert.equal((await cluster.kubectl(['get', 'isvc', '-n', 'many-0', '-o', ready])).split(' ').length, 100);
    } finally {
      for (const name of ['many-0', 'many-1']) await cluster.deleteNamespace(name);
      await cluster.startKServe();
    }
  });
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import type { ClusterConnection, ExecCommand } from '../../../src/cluster/clusterConnection.ts';
import { openConnection } from '../../../src/cluster/openConnection.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { pods } from '../../../src/kserve/resources/core.ts';
import type { Pod } from '../../../src/kserve/resources/core.ts';
import { sharedCluster } from '../harness/sharedCluster.ts';
import { waitUntil } from '../../waitUntil.ts';

const cluster = sharedCluster();
const namespace = 'pod-streams';
const where = { namespace, pod: 'streams', container: 'main' };
const megabyte = 1024 * 1024;

/** Bytes that differ from one place to the next, with their hash when all have been read. */
function content(size: number): { readonly stream: Readable; readonly sha256: () => string } {
  const hash = createHash('sha256');
  let place = 0;
  const stream = new Readable({
    highWaterMark: megabyte,
    read() {
      const part = Buffer.alloc(Math.min(megabyte, size - place), `${place} `);
      place += part.length;
      hash.update(part);
      if (part.length > 0) this.push(part);
      if (place === size) this.push(null);
    },
  });
  return { stream, sha256: () => hash.digest('hex') };
}

describe('streams of a real pod', { timeout: 900_000 }, () => {
  let connection: ClusterConnection;

  before(async () => {
    await cluster.createNamespace(namespace);
    await cluster.createClaim({ namespace, name: 'data' });
    connection = await openConnection({
      files: [cluster.kubeconfig],
      contextName: 'model-deck-test',
      environment: {},
    });
    await connection.create(pods, pod());
    await waitUntil('the pod runs', async () => {
      const { status } = await connection.get(pods, { name: where.pod, namespace });
      return status?.phase === 'Running' || undefined;
    });
  });
  after(async () => {
    connection.close();
    await cluster.deleteNamespace(namespace);
  });

  const sh = (script: string, more: Partial<ExecCommand> = {}, signal?: AbortSignal) =>
    connection.exec({ ...where, command: ['sh', '-c', script], ...more }, { signal });

  it('runs a command', async () => {
    const result = await sh('echo out; echo err >&2');
    assert.deepEqual(result, { exitCode: 0, stdout: 'out\n', stderr: 'err\n' });
  });

  it('tells what is missing', async () => {
    const absent = connection.exec({ ...where, pod: 'absent', command: ['true'] });
    await assert.rejects(absent, (error) => ModelDeckError.is(error) && error.category === 'not-found');
    const container = connection.exec({ ...where, container: 'absent', command: ['true'] });
    await assert.rejects(container, (error) => ModelDeckError.is(error) && error.category === 'invalid-input');
  });

  it('sends 300 MB whole', async () => {
    const size = 300_000_000;
    const { stream, sha256 } = content(size);
    let sent = 0;
    const result = await sh(`head -c ${size} > big; wc -c < big; sha256sum < big`, {
      stdin: stream,
      onSent: (bytes) => (sent = bytes),
    });
    assert.equal(sent, size);
    const [count, hash] = result.stdout.trim().split(/\s+/);
    assert.deepEqual([Number(count), hash], [size, sha256()]);
  });

  it('reads much of the standard output', async () => {
    let size = 0;
    await sh('head -c 50000000 big', { onStdout: (part) => (size += part.length) });
    assert.equal(size, 50_000_000);
  });

  it('is unreachable when the connection breaks while it sends', { skip: cluster.cannot('proxy') }, async () => {
    const proxied = await openConnection({
      files: [cluster.proxiedKubeconfig ?? ''],
      contextName: 'model-deck-test',
      environment: {},
    });
    try {
      const { stream } = content(100 * megabyte);
      await cluster.dropAfter({ bytes: 20 * megabyte });
      let sent = 0;
      const sending = proxied.exec({
        ...where,
        command: ['sh', '-c', `head -c ${100 * megabyte} > cut`],
        stdin: stream,
        onSent: (bytes) => (sent = bytes),
      });
      await assert.rejects(sending, (error) => {
        assert.ok(ModelDeckError.is(error));
        assert.equal(error.category, 'unreachable');
        assert.match(error.message, /after \d+\.\d MiB were sent/);
        return true;
      });
      assert.ok(sent >= 19 * megabyte && sent < 100 * megabyte, `${sent} bytes`);
      const size = Number((await sh('wc -c < cut')).stdout);
      assert.ok(size <= sent, `${size} of ${sent}`);
    } finally {
      proxied.close();
    }
  });

  it('ends a command when it is cancelled', async () => {
    const controller = new AbortController();
    const running = sh('echo started; sleep 600', { onStdout: () => controller.abort() }, controller.signal);
    await assert.rejects(running, (error) => ModelDeckError.is(error) && error.category === 'cancelled');
  });

  it('forwards a port', { skip: cluster.cannot('torchServeOf') }, async () => {
    const size = 5 * megabyte;
    const server = http.createServer((request, response) => {
      let received = 0;
      request.on('data', (part: Buffer) => (received += part.length));
      request.on('end', () => response.end(Buffer.alloc(size, received === size ? 'y' : 'n')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const forwards = [
      { ports: [8080], target: { address: '127.0.0.1', port: (server.address() as AddressInfo).port } },
    ];
    const kwok = { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'PortForward' };
    const metadata = { name: where.pod, namespace };
    await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify({ ...kwok, metadata, spec: { forwards } }) });
    const errors: unknown[] = [];
    const forward = await connection.portForward({
      namespace,
      port: 8080,
      pod: () => Promise.resolve(where.pod),
      onError: (error) => errors.push(error),
    });
    try {
      const answer = await waitUntil('it answers', () => post(forward.url, Buffer.alloc(size)));
      assert.equal(answer.length, size);
      assert.equal(answer[0], 'y'.charCodeAt(0));
      server.close();
      server.closeAllConnections();
      errors.length = 0;
      await assert.rejects(post(forward.url, Buffer.alloc(1)));
      assert.ok(ModelDeckError.is(errors[0]));
      assert.match(errors[0].message, /Could not forward port 8080 of Pod pod-streams\/streams on model-deck-test/);
    } finally {
      forward.close();
      server.close();
    }
  });

  it('reads and follows a log', { skip: cluster.cannot('torchServeOf') }, async () => {
    const objects = [
      'get',
      'logs.kwok.x-k8s.io',
      where.pod,
      '-n',
      namespace,
      '-o',
      'jsonpath={.spec.logs[0].logsFile}',
    ];
    const file = await cluster.kubectl(objects);
    const say = (line: string) => appendFile(file, `${new Date().toISOString()} stdout F ${line}\n`);
    for (const line of ['one', 'two', 'x'.repeat(70_000)]) await say(line);
    const lines: string[] = [];
    await connection.logs({ ...where, tailLines: 2 }, (line) => lines.push(line));
    assert.deepEqual(lines, ['two', 'x'.repeat(64 * 1024)]);
    const followed: string[] = [];
    const controller = new AbortController();
    const following = connection.logs(
      { ...where, follow: true, tailLines: 1, timestamps: true },
      (line) => followed.push(line),
      { signal: controller.signal },
    );
    await waitUntil('the last line comes', () => followed.length > 0);
    await say('three');
    await waitUntil('the next line comes', () => followed.length > 1);
    assert.match(followed[1] ?? '', /^\d{4}-.*Z three$/);
    controller.abort();
    await following;
    await assert.rejects(
      connection.logs({ ...where, pod: 'absent' }, () => undefined),
      (error) => ModelDeckError.is(error) && error.category === 'not-found',
    );
  });
});

function pod(): Pod {
  const volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
  const main = { name: 'main', image: 'busybox', command: ['sleep', '3600'], workingDir: '/data' };
  return {
    metadata: { name: where.pod, namespace },
    spec: { containers: [{ ...main, volumeMounts: [{ name: 'data', mountPath: '/data' }] }], volumes: [volume] },
  };
}

function post(url: string, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve(Buffer.concat(parts)));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

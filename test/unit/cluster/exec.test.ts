import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ClusterConnection, ExecCommand } from '../../../src/cluster/clusterConnection.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';
import { waitUntilStill } from '../../waitUntil.ts';
import { openDesk, startFakeApiServer, until } from './fakeApiServer.ts';
import type { Desk, FakeApiServer } from './fakeApiServer.ts';
import { servePods } from './fakePod.ts';
import type { FakePodSocket } from './fakePod.ts';

const [stdin, stdout, stderr, status, close] = [0, 1, 2, 3, 255];
const success = JSON.stringify({ metadata: {}, status: 'Success' });
const where = { namespace: 'ml', pod: 'p', container: 'c' };

describe('exec', { timeout: 120_000 }, () => {
  let desk: Desk;
  let server: FakeApiServer;
  let connection: ClusterConnection;
  let onPod: (pod: FakePodSocket) => void;
  let protocol: string | undefined;

  beforeEach(async () => {
    desk = await openDesk();
    protocol = 'v5.channel.k8s.io';
    server = await startFakeApiServer(() => undefined);
    servePods(
      server.server,
      (pod) => onPod(pod),
      () => protocol,
    );
    connection = await desk.connect(server.url, { user: { token: 'secret' } });
  });
  afterEach(async () => {
    await desk.close();
    await server.close();
  });

  const run = (command: Partial<ExecCommand>, signal?: AbortSignal) =>
    connection.exec({ ...where, command: ['cat', '-'], ...command }, { signal });

  it('splits the outputs and tells success', async () => {
    onPod = (pod) => {
      assert.deepEqual(pod.url.searchParams.getAll('command'), ['cat', '-']);
      assert.equal(pod.url.searchParams.get('stdin'), 'false');
      assert.equal(pod.url.pathname, '/api/v1/namespaces/ml/pods/p/exec');
      assert.deepEqual(pod.offered, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
      pod.send(stdout, 'one ');
      pod.send(stderr, 'oops');
      pod.send(stdout, 'two');
      pod.send(status, success);
    };
    assert.deepEqual(await run({}), { exitCode: 0, stdout: 'one two', stderr: 'oops' });
  });

  it('keeps the output that comes after the status', async () => {
    onPod = (pod) => {
      pod.send(stdout, 'one ');
      pod.send(status, success);
      pod.send(stdout, 'two');
    };
    assert.equal((await run({})).stdout, 'one two');
  });

  it('tells the exit code', async () => {
    const failed = {
      status: 'Failure',
      reason: 'NonZeroExitCode',
      message: 'command terminated with non-zero exit code',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    };
    onPod = (pod) => pod.send(status, JSON.stringify(failed));
    assert.equal((await run({})).exitCode, 3);
  });

  it('fails in the words of the server when the command cannot be run', async () => {
    onPod = (pod) =>
      pod.send(status, JSON.stringify({ status: 'Failure', message: 'container c not found', code: 404 }));
    await assert.rejects(run({}), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.equal(error.category, 'not-found');
      assert.equal(error.message, 'Could not run cat in Pod ml/p on desk: container c not found.');
      return true;
    });
  });

  it('hands the standard output on as it comes', async () => {
    onPod = (pod) => {
      for (let index = 0; index < 3; index += 1) pod.send(stdout, `${index}`);
      pod.send(status, success);
    };
    const parts: string[] = [];
    const result = await run({ onStdout: (chunk) => parts.push(chunk.toString()) });
    assert.deepEqual([parts, result.stdout], [['0', '1', '2'], '']);
  });

  for (const chosen of ['v5.channel.k8s.io', 'v4.channel.k8s.io']) {
    it(`sends the standard input whole, and its end where ${chosen} has one`, async () => {
      protocol = chosen;
      const size = 20 * 1024 * 1024 + 7;
      const hash = createHash('sha256');
      const closed: number[] = [];
      let received = 0;
      onPod = (pod) => {
        pod.onMessage = (channel, data) => {
          if (channel === stdin) {
            hash.update(data);
            received += data.length;
          } else if (channel === close) {
            closed.push(data[0] ?? -1);
          }
          if (received === size && closed.length === (chosen.startsWith('v5') ? 1 : 0)) pod.send(status, success);
        };
      };
      const content = Buffer.alloc(size, 'model ');
      const sent: number[] = [];
      const parts = [content.subarray(0, 5_000_000), content.subarray(5_000_000)];
      await run({ stdin: Readable.from(parts), onSent: (bytes) => sent.push(bytes) });
      assert.equal(hash.digest('hex'), createHash('sha256').update(content).digest('hex'));
      assert.equal(sent[sent.length - 1], size);
      assert.deepEqual(closed, chosen.startsWith('v5') ? [stdin] : []);
    });
  }

  it('waits for a reader that is slow: little more is taken from the source than what can be sent', async () => {
    let taken = 0;
    const total = 200 * 1024 * 1024;
    const source = new Readable({
      read() {
        taken += 1024 * 1024;
        this.push(Buffer.alloc(1024 * 1024));
        if (taken === total) this.push(null);
      },
    });
    let received = 0;
    let podSocket: FakePodSocket | undefined;
    onPod = (pod) => {
      podSocket = pod;
      pod.onMessage = (_, data) => {
        received += data.length;
        if (received === total) pod.send(status, success);
      };
      pod.socket.pause();
    };
    const running = run({ stdin: source });
    // Buffers of the system fill, then nothing is taken any more.
    await until(() => podSocket !== undefined && taken > 0);
    await waitUntilStill('what is taken', () => taken, 200);
    assert.ok(taken < total / 4, `${taken / 1024 / 1024} MiB taken`);
    podSocket?.socket.resume();
    assert.equal((await running).exitCode, 0);
    assert.equal(received, total + 1);
  });

  it('is unreachable when the connection breaks, and tells how much had left', async () => {
    onPod = (pod) => {
      let received = 0;
      pod.onMessage = (_, data) => {
        received += data.length;
        if (received >= 3 * 1024 * 1024) pod.socket.destroy();
      };
    };
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(64 * 1024);
      })(),
    );
    let sent = 0;
    await assert.rejects(run({ stdin: endless, onSent: (bytes) => (sent = bytes) }), (error) => {
      assert.ok(ModelDeckError.is(error));
      assert.equal(error.category, 'unreachable');
      assert.match(error.message, /^Could not run cat in Pod ml\/p, after [\d.]+ MiB were sent on desk: /);
      return true;
    });
    assert.ok(sent >= 3 * 1024 * 1024);
    assert.ok(endless.destroyed);
  });

  it('ends the connection when it is cancelled', async () => {
    const controller = new AbortController();
    let closed = false;
    onPod = (pod) => {
      pod.onClose = () => (closed = true);
      controller.abort();
    };
    const forever = new Readable({ read: () => undefined });
    await assert.rejects(
      run({ stdin: forever }, controller.signal),
      (error) => ModelDeckError.is(error) && error.category === 'cancelled',
    );
    assert.ok(forever.destroyed);
    await until(() => closed);
  });

  it('passes an error of its source on', async () => {
    onPod = () => undefined;
    const source = Readable.from(
      (function* () {
        yield Buffer.from('a');
        throw new Error('the disk is gone');
      })(),
    );
    await assert.rejects(run({ stdin: source }), /the disk is gone/);
  });

  it('is forbidden where the server does not upgrade', async () => {
    protocol = undefined;
    await assert.rejects(run({}), (error) => ModelDeckError.is(error) && error.category === 'forbidden');
  });

  it('is broken by the end of the whole connection', async () => {
    onPod = () => connection.close();
    await assert.rejects(run({}), (error) => ModelDeckError.is(error) && error.category === 'cancelled');
  });
});

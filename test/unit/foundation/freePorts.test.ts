import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { freePorts } from '../../../src/foundation/freePorts.ts';

describe('ports for a program that is started', () => {
  it('differ, also from those given before', async () => {
    const ports = [...(await freePorts(20)), ...(await freePorts(20))];
    assert.equal(new Set(ports).size, 40);
  });

  it('are none that the system gives to outgoing connections', async () => {
    for (const port of await freePorts(20)) assert.ok(port >= 11_000 && port < 30_000, String(port));
  });

  it('can be listened on', async () => {
    const [port] = await freePorts(1);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  });
});

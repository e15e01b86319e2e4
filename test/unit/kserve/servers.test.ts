import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServingRuntime } from '../../../src/kserve/resources/servingRuntime.ts';
import { declaredServer, modelServers, serverNamed, serverOfRuntime } from '../../../src/kserve/servers/index.ts';
import { runtimes } from './runtimes.ts';

const runtime = (name: string, image: string, annotations: Record<string, string> = {}): ServingRuntime => ({
  metadata: { name, annotations },
  spec: { containers: [{ name: 'kserve-container', image }] },
});

describe('The server behind a runtime', () => {
  it('is what the runtime declares, before what its image tells', () => {
    const declared = { 'serving.kserve.io/server-type': 'tritonserver' };
    assert.equal(serverOfRuntime(runtime('mine', 'registry/torchserve:1', declared))?.type, 'tritonserver');
    assert.equal(serverOfRuntime(runtime('kserve-mlserver', 'registry/any:1'))?.type, 'mlserver');
  });

  it('is what the image tells, else the name; nothing where neither does', () => {
    assert.equal(serverOfRuntime(runtime('mine', 'pytorch/torchserve-kfs:0.9.0'))?.type, 'torchserve');
    assert.equal(serverOfRuntime(runtime('team-torchserve', 'registry/any:1'))?.type, 'torchserve');
    assert.equal(serverOfRuntime(runtime('mine', 'registry/any:1')), undefined);
    assert.equal(
      declaredServer(runtime('mine', 'pytorch/torchserve-kfs:0.9.0')),
      undefined,
      'KServe looks at no image',
    );
  });

  it('is found in the images of the runtimes that KServe brings', () => {
    for (const one of runtimes) {
      const declared = declaredServer(one);
      const image = one.spec.containers?.[0]?.image ?? '';
      if (declared) assert.equal(serverNamed(image)?.type, declared.type, image);
    }
    assert.equal(new Set(modelServers.map(({ type }) => type)).size, modelServers.length);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServingRuntime } from '../../../src/kserve/resources/servingRuntime.ts';
import { declaredServer, modelServers, serverNamed, serverOfRuntime } from '../../../src/kserve/servers/index.ts';
import type { ModelServer } from '../../../src/kserve/servers/modelServer.ts';
import { describeModelServer, type ModelServerCase } from '../../conformance/modelServers.ts';
import { torchServeLog } from './diagnosisCases/case.ts';
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
    assert.equal(serverNamed('kserve/pmmlserver:v0.20.0'), undefined);
    assert.equal(new Set(modelServers.map(({ type }) => type)).size, modelServers.length);
  });
});

const tritonFailure =
  "I1128 10:00:00.100000 1 model_lifecycle.cc:462] loading: cls:1\nE1128 10:00:01.100000 1 model_lifecycle.cc:630] failed to load 'cls' version 1: Internal: odd\n";

/** A registered server needs no more than its line here. */
const logs: Readonly<Record<string, Pick<ModelServerCase, 'image' | 'logs'>>> = {
  torchserve: {
    image: 'pytorch/torchserve-kfs:0.9.0',
    logs: [
      ['', 'unknown'],
      [torchServeLog('loads'), 'loaded'],
      [torchServeLog('no-archive'), 'failed'],
    ],
  },
  tritonserver: {
    image: 'nvcr.io/nvidia/tritonserver:23.05-py3',
    logs: [
      ['', 'unknown'],
      ['I1128 10:00:00.100000 1 model_lifecycle.cc:462] loading: cls:1\n', 'loading'],
      ["loading\nI1128 10:00:00.100000 1 model_lifecycle.cc:815] successfully loaded 'cls'\n", 'loaded'],
      [tritonFailure, 'failed'],
    ],
  },
  mlserver: {
    image: 'docker.io/seldonio/mlserver:1.7.1',
    logs: [
      ['INFO:     Started server process [1]\n', 'unknown'],
      ["2026-11-28 10:00:00,100 [mlserver][resnet18] INFO - Loaded model 'resnet18' successfully.\n", 'loaded'],
      [
        "2026-11-28 10:00:00,100 [mlserver] INFO - Couldn't load model 'resnet18'. Model will be removed from registry.\n",
        'failed',
      ],
    ],
  },
  ovms: {
    image: 'openvino/model_server:2025.2',
    logs: [
      ['', 'unknown'],
      [
        '[2026-11-28 10:00:00.100][1][serving][info][modelversionstatus.cpp:109] STATUS CHANGE: Version 1 of model resnet18 status change. New status: ( "state": "AVAILABLE", "error_code": "OK" )\n',
        'loaded',
      ],
      [
        '[2026-11-28 10:00:00.100][1][modelmanager][error][modelmanager.cpp:1322] Error occurred while loading model: resnet18 versions; error: Error while loading a model\n',
        'failed',
      ],
    ],
  },
  'tensorflow-serving': { image: 'tensorflow/serving:2.6.2' },
  huggingfaceserver: { image: 'kserve/huggingfaceserver:v0.20.0' },
  vllmserver: { image: 'vllm/vllm-openai:v0.9.0' },
};

for (const server of modelServers) {
  const known = logs[server.type];
  if (known === undefined) throw new Error(`servers.test.ts has no line for ${server.type}.`);
  describeModelServer({ server, registered: modelServers, ...known });
}

/** A model server that exists in this test alone. */
const moonServer: ModelServer = {
  label: 'Moon',
  type: 'moonserver',
  runtimeName: 'team-moonserver',
  pattern: /moonserver/,
  startUp: () => ({ seconds: 9, measured: 'counted by hand' }),
  warnings: () => ['It does not start while the moon is full.'],
  workersIn: (log) => (log.includes('full') ? 'failed' : log.includes('new') ? 'loaded' : 'unknown'),
};

describeModelServer({
  server: moonServer,
  registered: [...modelServers, moonServer],
  image: 'registry/moonserver:1',
  logs: [
    ['the moon is new', 'loaded'],
    ['the moon is full', 'failed'],
  ],
});

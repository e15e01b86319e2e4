import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeImage, runtimeRequestOf, selectRuntime, type RuntimeRequest } from '../../../src/kserve/index.ts';
import type { PredictorModel } from '../../../src/kserve/resources/inferenceService.ts';
import type { ServingRuntime } from '../../../src/kserve/resources/servingRuntime.ts';
import * as a from './objects.ts';
import { runtimes } from './runtimes.ts';

const format = (name: string, protocolVersion?: string, version?: string): RuntimeRequest => ({
  modelFormat: { name, version },
  protocolVersion,
});
const byName = (name: string): ServingRuntime => {
  const found = runtimes.find(({ metadata }) => metadata.name === name);
  assert.ok(found);
  return found;
};

describe("KServe's choice among the runtimes of v0.20", () => {
  for (const [request, runtime, protocol] of [
    [format('pytorch'), 'kserve-torchserve', 'v1'],
    [format('pytorch', 'v2'), 'kserve-torchserve', 'v2'],
    [format('pytorch', 'grpc-v2'), 'kserve-torchserve', 'grpc-v2'],
    [format('pytorch', 'v1', '1'), 'kserve-torchserve', 'v1'],
    [format('pytorch', 'v1', '2'), undefined],
    [format('pytorch', 'grpc-v1'), undefined],
    [format('onnx'), undefined],
    [format('onnx', 'v2'), 'kserve-tritonserver', 'v2'],
    [format('triton'), 'kserve-tritonserver', 'v2'],
    [format('vLLM'), 'kserve-vllmserver', 'v2'],
    [format('huggingface'), 'kserve-huggingfaceserver', 'v1'],
    [{ ...format('huggingface'), multiNode: true }, 'kserve-huggingfaceserver-multinode', 'v1'],
    [format('tensorflow'), 'kserve-tensorflow-serving', 'v1'],
    [format('tensorflow', 'v2'), 'kserve-tritonserver', 'v2'],
    [format('sklearn'), 'kserve-sklearnserver', 'v1'],
    [format('sklearn', 'v2'), 'kserve-mlserver', 'v2'],
    [format('sklearn', 'v1', '0'), undefined],
    [format('caffe'), undefined],
  ] as const) {
    const { modelFormat, protocolVersion } = request;
    it(`takes ${runtime ?? 'none'} for ${modelFormat.name} ${modelFormat.version ?? ''} ${protocolVersion ?? 'without a protocol'}`, () => {
      const { chosen, problem, rejected } = selectRuntime(request, [], runtimes);
      assert.deepEqual([chosen?.runtime.metadata.name, chosen?.protocolVersion], [runtime, protocol]);
      assert.equal(problem?.reason, runtime === undefined ? 'NoSupportingRuntime' : undefined);
      assert.equal(rejected.length, runtimes.length - (runtime === undefined ? 0 : 1));
    });
  }

  it('says why that one, and why not each other', () => {
    const { chosen, rejected } = selectRuntime(format('sklearn', 'v2'), [], runtimes);
    assert.equal(
      chosen?.sentence,
      'kserve-mlserver serves sklearn with protocol v2 with the highest priority (2) of 2.',
    );
    const why = Object.fromEntries(
      rejected.map(({ runtime, reason, sentence }) => [runtime.metadata.name, [reason, sentence]]),
    );
    assert.deepEqual(why['kserve-sklearnserver'], [
      'lower-priority',
      'kserve-sklearnserver has priority 1, and kserve-mlserver has 2.',
    ]);
    assert.deepEqual(why['kserve-predictiveserver'], [
      'auto-select',
      'kserve-predictiveserver serves sklearn only when it is named: autoSelect is not true for it.',
    ]);
    assert.deepEqual(why['kserve-torchserve'], ['format', 'kserve-torchserve does not serve sklearn.']);
    assert.equal(why['kserve-huggingfaceserver-multinode']?.[0], 'multi-node');
  });

  it('says what would be near when none fits', () => {
    assert.equal(
      selectRuntime(format('pytorch', 'v1', '2'), [], runtimes).problem?.sentence,
      'KServe finds no runtime for pytorch 2 with protocol v1. kserve-torchserve serves pytorch 1, not 2: KServe compares versions letter by letter. kserve-tritonserver serves pytorch 1, not 2: KServe compares versions letter by letter.',
    );
    assert.equal(
      selectRuntime(format('pytorch'), [], []).problem?.sentence,
      'No runtime can serve pytorch: the cluster has none.',
    );
  });

  it('takes the newer one of two alike, then the first by name', () => {
    const named = (name: string, creationTimestamp: string): ServingRuntime => ({
      ...byName('kserve-torchserve'),
      metadata: { name, creationTimestamp },
    });
    const take = (...all: ServingRuntime[]): string | undefined =>
      selectRuntime(format('pytorch'), [], all).chosen?.runtime.metadata.name;
    assert.equal(take(named('a', '2026-01-01T00:00:00Z'), named('b', '2026-02-01T00:00:00Z')), 'b');
    assert.equal(take(named('b', '2026-01-01T00:00:00Z'), named('a', '2026-01-01T00:00:00Z')), 'a');
  });

  it('takes a runtime of the namespace before those of the cluster, whatever their priority', () => {
    const torch = byName('kserve-torchserve');
    const own: ServingRuntime = { ...torch, kind: 'ServingRuntime', metadata: { name: 'ours', namespace: 'ml' } };
    const low = { ...own, spec: { ...own.spec, supportedModelFormats: [{ name: 'pytorch', autoSelect: true }] } };
    const { chosen, rejected } = selectRuntime(format('pytorch'), [low], runtimes);
    assert.deepEqual([chosen?.runtime.metadata.name, chosen?.scope], ['ours', 'namespace']);
    assert.equal(rejected.find(({ runtime }) => runtime === torch)?.reason, 'cluster-scope');
  });

  it('passes over runtimes that are disabled or for ModelMesh', () => {
    const torch = byName('kserve-torchserve');
    for (const [field, reason] of [
      ['disabled', 'disabled'],
      ['multiModel', 'multi-model'],
    ] as const) {
      const { rejected, chosen } = selectRuntime(
        format('pytorch'),
        [],
        [{ ...torch, spec: { ...torch.spec, [field]: true } }],
      );
      assert.deepEqual([chosen, rejected[0]?.reason], [undefined, reason]);
    }
  });
});

describe('A runtime that is named', () => {
  const named = (runtime: string, request: RuntimeRequest, all = runtimes): ReturnType<typeof selectRuntime> =>
    selectRuntime({ ...request, runtime }, [], all);

  it('needs no autoSelect, and speaks its own protocol when none is asked for', () => {
    const { chosen } = named('kserve-tritonserver', format('pytorch'));
    assert.equal(chosen?.sentence, 'kserve-tritonserver was named and serves pytorch.');
    assert.equal(chosen?.protocolVersion, 'v2');
    assert.equal(named('kserve-huggingfaceserver', format('huggingface')).chosen?.protocolVersion, 'v1');
  });

  it('is refused with the reason that KServe gives', () => {
    const torch = byName('kserve-torchserve');
    const disabled = [{ ...torch, spec: { ...torch.spec, disabled: true } }];
    const reasonOf = (selection: ReturnType<typeof selectRuntime>): string | undefined => selection.problem?.reason;
    assert.equal(reasonOf(named('nobody', format('pytorch'))), 'RuntimeNotRecognized');
    assert.equal(reasonOf(named('kserve-torchserve', format('pytorch'), disabled)), 'RuntimeDisabled');
    assert.equal(reasonOf(named('kserve-torchserve', format('onnx'))), 'NoSupportingRuntime');
    assert.equal(reasonOf(named('kserve-mlserver', format('sklearn', 'v1'))), 'NoSupportingRuntime');
  });

  it('is looked for in the namespace first', () => {
    const own = { ...byName('kserve-torchserve'), kind: 'ServingRuntime' };
    const { chosen } = selectRuntime({ ...format('pytorch'), runtime: 'kserve-torchserve' }, [own], runtimes);
    assert.deepEqual([chosen?.scope, chosen?.runtime === own], ['namespace', true]);
  });

  it('is read from an InferenceService', () => {
    assert.deepEqual(runtimeRequestOf(a.service({ model: { runtime: 'x' }, predictor: { workerSpec: {} } })), {
      modelFormat: { name: 'pytorch' },
      protocolVersion: 'v1',
      runtime: 'x',
      multiNode: true,
    });
  });
});

describe('The image that KServe runs', () => {
  const model = (over: Partial<PredictorModel> = {}): PredictorModel => ({ modelFormat: { name: 'x' }, ...over });
  const gpu = { limits: { 'nvidia.com/gpu': '1' } };
  for (const [runtime, over, image] of [
    ['kserve-torchserve', {}, 'pytorch/torchserve-kfs:0.9.0'],
    ['kserve-torchserve', { runtimeVersion: '0.12.0' }, 'pytorch/torchserve-kfs:0.12.0'],
    ['kserve-torchserve', { resources: gpu }, 'pytorch/torchserve-kfs:0.9.0-gpu'],
    [
      'kserve-torchserve',
      { resources: { limits: { 'nvidia.com/mig-1g.5gb': '1' } } },
      'pytorch/torchserve-kfs:0.9.0-gpu',
    ],
    ['kserve-torchserve', { image: 'mine@sha256:ab', runtimeVersion: '2' }, 'mine@sha256:ab'],
    ['kserve-torchserve', { image: 'localhost:5000/mine', runtimeVersion: '2' }, 'localhost:5000/mine:2'],
    ['kserve-tritonserver', { resources: gpu }, 'nvcr.io/nvidia/tritonserver:23.05-py3'],
    ['kserve-vllmserver', {}, 'vllm/vllm-openai-cpu:latest'],
    ['kserve-vllmserver', { resources: gpu }, 'vllm/vllm-openai:latest'],
  ] as const) {
    it(`is ${image} of ${runtime} with ${JSON.stringify(over)}`, () => {
      assert.equal(runtimeImage(byName(runtime), model(over)), image);
    });
  }
});

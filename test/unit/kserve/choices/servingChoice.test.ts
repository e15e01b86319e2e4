import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  alternatives,
  chooseServing,
  type PackagingWay,
  type ServingChoice,
  type Verdict,
} from '../../../../src/kserve/choices/servingChoice.ts';
import type { ServingRuntime } from '../../../../src/kserve/resources/servingRuntime.ts';
import { runtimeTemplates } from '../../../../src/kserve/runtimeTemplates/index.ts';
import { runtimeOfTemplate } from '../../../../src/kserve/runtimeTemplates/runtimeTemplate.ts';
import { modelServers, serverNamed } from '../../../../src/kserve/servers/index.ts';
import type { ModelServer } from '../../../../src/kserve/servers/modelServer.ts';
import { runtimes } from '../runtimes.ts';

const fine: Verdict = { cautions: [] };
const way = (kind: string, over: Partial<PackagingWay> = {}): PackagingWay => ({
  kind,
  label: `${kind} package`,
  modelFormat: 'triton',
  protocols: ['v2'],
  server: 'tritonserver',
  verdict: () => fine,
  ...over,
});

const triton = way('triton');
const torchServe = way('torchserve', {
  modelFormat: 'pytorch',
  protocols: ['v1', 'v2'],
  server: 'torchserve',
  verdict: (image) =>
    image === 'pytorch/torchserve-kfs:0.9.0' ? { whyNot: 'it has no onnxruntime.', cautions: [] } : fine,
});
const openVino = way('openvino', { modelFormat: 'openvino', server: 'ovms' });
const every = [torchServe, triton, openVino];

const stock = { namespaced: [], clusterWide: runtimes };
const without = (...names: readonly string[]): typeof stock => ({
  namespaced: [],
  clusterWide: runtimes.filter(({ metadata }) => !names.includes(metadata.name)),
});
const bestOf = (choice: ServingChoice): readonly (string | undefined)[] => [
  choice.best?.runtime.metadata.name,
  choice.best?.way.kind,
];
const sentenceOn = ({ others }: ServingChoice, name: string): string | undefined =>
  others.find(({ runtime }) => runtime.metadata.name === name)?.sentence;

const team = (name: string, image: string, formats: readonly string[], over: object = {}): ServingRuntime => ({
  metadata: { name, namespace: 'ml' },
  spec: {
    containers: [{ name: 'kserve-container', image }],
    supportedModelFormats: formats.map((format) => ({ name: format, autoSelect: true })),
    protocolVersions: ['v1', 'v2'],
    ...over,
  },
});

describe('Choosing a runtime and the package for it', () => {
  it('takes what can load the model, says why, and why not the others', () => {
    const choice = chooseServing(every, stock);
    assert.deepEqual(bestOf(choice), ['kserve-tritonserver', 'triton']);
    assert.equal(
      choice.reason,
      'kserve-tritonserver (Triton) is the only runtime here that can load it. kserve-tritonserver (Triton) answers about 2 s after its container has started (Triton 2.51 was ready after 1.5 s, as a process on two cores).',
    );
    assert.equal(sentenceOn(choice, 'kserve-torchserve'), 'kserve-torchserve (TorchServe): it has no onnxruntime.');
    assert.match(sentenceOn(choice, 'kserve-mlserver') ?? '', /MLServer, for which this model is not made/);
    assert.equal(choice.others.length, runtimes.length - 1);
  });

  it('prefers what starts sooner, and tells of the other', () => {
    const choice = chooseServing([{ ...torchServe, verdict: () => fine }, triton], stock);
    assert.deepEqual(bestOf(choice), ['kserve-tritonserver', 'triton']);
    assert.match(choice.reason, /of 2 that can load it: it starts the soonest/);
    assert.match(
      alternatives(choice, choice.best?.runtime)[0] ?? '',
      /^kserve-torchserve \(TorchServe\) could serve it as a torchserve package: answers about 6 s/,
    );
  });

  it('prefers what is known to what is not', () => {
    const doubtful = { ...triton, verdict: (): Verdict => ({ cautions: ['Nobody knows its version.'] }) };
    const choice = chooseServing([doubtful, { ...torchServe, verdict: () => fine }], stock);
    assert.deepEqual(bestOf(choice), ['kserve-torchserve', 'torchserve']);
    assert.match(choice.reason, /most is known of it/);
  });

  it('serves the same model the day kserve-torchserve is deleted', () => {
    assert.deepEqual(bestOf(chooseServing(every, without('kserve-torchserve'))), ['kserve-tritonserver', 'triton']);
  });

  it('offers to make a runtime where nothing fits, with the image that the cluster has to pull', () => {
    const choice = chooseServing(every, without('kserve-torchserve', 'kserve-tritonserver'));
    assert.equal(choice.best, undefined);
    assert.equal(choice.reason, 'No runtime of the cluster can serve it. One can be made in the namespace.');
    assert.deepEqual(
      choice.makeable.map(({ template, image }) => [template?.server, image]),
      [
        ['tritonserver', 'nvcr.io/nvidia/tritonserver:25.08-py3'],
        ['torchserve', 'pytorch/torchserve-kfs:0.12.0'],
        ['ovms', 'openvino/model_server:2025.2'],
      ],
    );
  });

  it('says that a model which no server takes cannot be packaged', () => {
    const none = every.map((each) => ({
      ...each,
      verdict: (): Verdict => ({ whyNot: 'It is a video.', cautions: [] }),
    }));
    const choice = chooseServing(none, stock);
    assert.deepEqual([choice.best, choice.makeable], [undefined, []]);
    assert.match(choice.reason, /^It cannot be packaged for any server\. It is a video\./);
  });

  it('takes a runtime of the namespace that calls the format otherwise, where its server is known', () => {
    const own = team('team-triton', 'registry.corp/tritonserver:24.12-py3', ['onnx'], { protocolVersions: ['v2'] });
    const choice = chooseServing([triton], { namespaced: [own], clusterWide: [] });
    assert.deepEqual(
      [bestOf(choice)[0], choice.best?.modelFormat, choice.best?.isAutomatic],
      ['team-triton', 'onnx', true],
    );
  });

  it('takes a runtime of unknown server only for its format, and says that it is not known', () => {
    const own = team('team-serve', 'registry.corp/serve:1', ['pytorch']);
    const choice = chooseServing(every, { namespaced: [own], clusterWide: [] });
    assert.deepEqual(bestOf(choice), ['team-serve', 'torchserve']);
    assert.match(choice.reason, /Which server team-serve runs is not known/);
    assert.equal(chooseServing([triton], { namespaced: [own], clusterWide: [] }).best, undefined);
  });

  it('names none where KServe takes it by itself, and one where it would not', () => {
    assert.equal(chooseServing([triton], stock).best?.isAutomatic, true);
    const manual = team('quiet', 'registry.corp/tritonserver:24.12-py3', ['triton'], {
      supportedModelFormats: [{ name: 'triton', version: '2' }],
      protocolVersions: ['v2'],
    });
    const choice = chooseServing([triton], { namespaced: [manual], clusterWide: [] });
    assert.deepEqual([choice.best?.runtime.metadata.name, choice.best?.isAutomatic], ['quiet', false]);
  });

  it('leaves out what cannot use the GPU that is asked for', () => {
    const mlServer = way('mlserver', { modelFormat: 'mlflow', server: 'mlserver' });
    const resources = { 'nvidia.com/gpu': '1' };
    const choice = chooseServing([mlServer], stock, { resources });
    assert.equal(choice.best, undefined);
    assert.match(sentenceOn(choice, 'kserve-mlserver') ?? '', /computes on the processor only, and a GPU is asked for/);
    assert.deepEqual(bestOf(chooseServing([triton], stock, { resources })), ['kserve-tritonserver', 'triton']);
    const gpu = chooseServing([{ ...torchServe, verdict: () => fine }], stock, { resources });
    assert.equal(gpu.best?.image, 'pytorch/torchserve-kfs:0.9.0-gpu');
  });

  it('leaves out images that are built for other processors than the nodes have', () => {
    const ways = [{ ...torchServe, verdict: (): Verdict => fine }];
    const choice = chooseServing(ways, stock, { processors: ['arm64'] });
    assert.match(sentenceOn(choice, 'kserve-torchserve') ?? '', /is built for amd64, and the nodes have arm64/);
    assert.ok(chooseServing(ways, stock, { processors: ['arm64', 'amd64'] }).best);
    const own = team('team-torchserve', 'registry.corp/torchserve:arm', ['pytorch']);
    assert.ok(chooseServing(ways, { namespaced: [own], clusterWide: [] }, { processors: ['arm64'] }).best);
  });

  it('names no disabled runtime', () => {
    const own = team('off', 'registry.corp/tritonserver:24.12-py3', ['triton'], { disabled: true });
    const choice = chooseServing([triton], { namespaced: [own], clusterWide: [] });
    assert.deepEqual([choice.best, sentenceOn(choice, 'off')], [undefined, 'off is disabled.']);
  });

  it('takes a server and a template that are registered in a test alone', () => {
    const moon: ModelServer = { label: 'Moon', type: 'moon', runtimeName: 'moon', pattern: /moonserver/ };
    const template = {
      server: 'moon',
      name: 'model-deck-moon',
      image: 'registry/moonserver:1',
      formats: [{ name: 'moon', autoSelect: true }],
      protocols: ['v2'],
      container: {},
      metricsPort: 8080,
    };
    const ways = [way('moon', { modelFormat: 'moon', server: 'moon' })];
    const registered = { servers: [...modelServers, moon], templates: [...runtimeTemplates, template] };
    const { makeable } = chooseServing(ways, stock, {}, registered);
    assert.deepEqual(
      makeable.map((option) => [option.template?.name, option.server?.label]),
      [['model-deck-moon', 'Moon']],
    );
  });
});

describe('The templates of runtimes', () => {
  for (const template of runtimeTemplates) {
    it(`${template.name} is a runtime that KServe chooses for its packages`, () => {
      const { metadata, spec, kind } = runtimeOfTemplate(template, 'ml', 'registry.corp/mirror/any:1');
      assert.deepEqual(
        [kind, metadata.namespace, spec.containers?.[0]?.image],
        ['ServingRuntime', 'ml', 'registry.corp/mirror/any:1'],
      );
      assert.equal(serverNamed(template.image)?.type, template.server);
      assert.match(template.image, /:[\w.-]+$/);
      assert.ok(template.formats.every(({ autoSelect }) => autoSelect === true));
      assert.ok(spec.containers?.[0]?.resources?.limits?.['memory']);
    });
  }
  it('are one for each server', () => {
    assert.equal(new Set(runtimeTemplates.map(({ server }) => server)).size, runtimeTemplates.length);
  });
});

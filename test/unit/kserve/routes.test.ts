import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  expectedModelName,
  inferencePort,
  parseConfigProperties,
  podSelector,
  readInferenceServiceConfig,
  serviceNamesOf,
  storageInitializerImage,
} from '../../../src/kserve/index.ts';
import type { Container } from '../../../src/kserve/resources/core.ts';
import type { InferenceService } from '../../../src/kserve/resources/inferenceService.ts';
import type { ClusterStorageContainer } from '../../../src/kserve/resources/storageContainer.ts';
import * as a from './objects.ts';

const isvc = a.service({}, a.ready);
const withTransformer: InferenceService = {
  ...isvc,
  spec: { ...isvc.spec, transformer: { containers: [{ name: 'kserve-container' }] } },
};

describe('The way to a service', () => {
  it('leads to the transformer when there is one', () => {
    assert.equal(podSelector(isvc), 'serving.kserve.io/inferenceservice=resnet18,component=predictor');
    assert.equal(podSelector(withTransformer), 'serving.kserve.io/inferenceservice=resnet18,component=transformer');
    assert.deepEqual(serviceNamesOf(isvc), ['resnet18-predictor', 'resnet18-predictor-default']);
    assert.equal(serviceNamesOf(withTransformer)[0], 'resnet18-transformer');
    assert.equal(serviceNamesOf(a.service({ predictor: { name: 'v2' } }))[0], 'resnet18-v2-predictor');
  });

  for (const [what, containers, port] of [
    ['of a server that names none', [{ name: 'kserve-container' }], 8080],
    ['of a server that names one', [{ name: 'kserve-container', ports: [{ containerPort: 5000 }] }], 5000],
    ['of a container with another name', [{ name: 'mine', ports: [{ containerPort: 5000 }] }], 5000],
    [
      'of a transformer in the same pod',
      [
        { name: 'kserve-container', ports: [{ containerPort: 9000 }] },
        { name: 'transformer-container', ports: [{ containerPort: 8081 }] },
      ],
      8081,
    ],
    [
      'by HTTP beside gRPC',
      [
        {
          name: 'kserve-container',
          ports: [
            { containerPort: 9000, name: 'grpc-1' },
            { containerPort: 8080, name: 'http1' },
          ],
        },
      ],
      8080,
    ],
    ['of the agent before the server', [{ name: 'kserve-container' }, { name: 'agent' }], 9081],
  ] as readonly (readonly [string, readonly Container[], number])[]) {
    it(`ends at port ${port} ${what}`, () =>
      assert.equal(inferencePort(a.pod({}, { spec: { containers: [...containers] } })), port));
  }

  it('ends at a model with the name that KServe would take, or that we know', () => {
    assert.equal(expectedModelName(isvc), 'resnet18');
    assert.equal(expectedModelName(isvc, 'resnet-18'), 'resnet-18');
    assert.equal(expectedModelName(a.service({ model: { args: ['--model_name=a'] } })), 'a');
    assert.equal(expectedModelName(a.service({ model: { args: ['--model_name', 'b'] } })), 'b');
    assert.equal(expectedModelName(a.service({ model: { env: [{ name: 'MLSERVER_MODEL_NAME', value: 'c' }] } })), 'c');
    const transformer = { containers: [{ name: 'x', args: ['--model_name=d'] }] };
    assert.equal(expectedModelName({ ...isvc, spec: { ...isvc.spec, transformer } }), 'd');
  });
});

const snapshot = {
  name: 'startup.cfg',
  modelCount: 1,
  models: { resnet18: { '1.0': { defaultVersion: true, marName: 'resnet18.mar' }, '0.9': { marName: 'old.mar' } } },
};
const properties = (model: string): string =>
  `# TorchServe\ninference_address=http://0.0.0.0:8085\r\nmanagement_address=http://0.0.0.0:8085\ngrpc_inference_port=7070\nmodel_store=/mnt/models/model-store\nmodel_snapshot=${model}\n`;

describe('config.properties', () => {
  it('names the models that are served, with their versions', () => {
    const { models, problems, properties: all } = parseConfigProperties(properties(JSON.stringify(snapshot)));
    assert.deepEqual(models, [
      { name: 'resnet18', version: '1.0', isDefault: true, marName: 'resnet18.mar' },
      { name: 'resnet18', version: '0.9', isDefault: false, marName: 'old.mar' },
    ]);
    assert.deepEqual([problems, all.get('inference_address')], [[], 'http://0.0.0.0:8085']);
  });

  it("says what would keep KServe's wrapper from starting", () => {
    assert.equal(parseConfigProperties('').problems.length, 5);
    assert.match(parseConfigProperties(properties('{\n')).problems.join(), /one line/);
    assert.match(parseConfigProperties(properties('{"models":{},"modelCount":0}')).problems.join(), /names no model/);
    for (const odd of ['null', '[]', '{"models":[1]}', '{"models":{"a":null,"b":{"1":null}}}']) {
      assert.deepEqual(parseConfigProperties(properties(odd)).models, [], odd);
    }
  });
});

describe("KServe's settings", () => {
  const configMap = (data: Record<string, string>): Parameters<typeof readInferenceServiceConfig>[0] => ({
    metadata: { name: 'inferenceservice-config' },
    data,
  });

  it('are read where they are set, and left out where they are not, or not JSON', () => {
    assert.deepEqual(
      readInferenceServiceConfig(
        configMap({
          deploy: '{"defaultDeploymentMode": "RawDeployment"}',
          storageInitializer: '{"image": "registry.local/storage-initializer:v0.20.0"}',
          ingress: '{"ingressDomain": "models.local", "disableIngressCreation": true}',
        }),
      ),
      {
        defaultDeploymentMode: 'Standard',
        storageInitializerImage: 'registry.local/storage-initializer:v0.20.0',
        ingress: { domain: 'models.local', isDisabled: true, usesGatewayApi: false },
      },
    );
    assert.deepEqual(readInferenceServiceConfig(configMap({ deploy: '{', ingress: '[]' })), {
      ingress: { isDisabled: false, usesGatewayApi: false },
    });
  });

  it('tell the image that fetches models: of the storage containers, else of the ConfigMap', () => {
    const container = (name: string, image: string, over: object = {}): ClusterStorageContainer => ({
      metadata: { name },
      spec: { container: { name: 'storage-initializer', image }, workloadType: 'initContainer' },
      ...over,
    });
    const map = configMap({ storageInitializer: '{"image": "kserve/storage-initializer:v0.20.0"}' });
    const image = (storageContainers: readonly ClusterStorageContainer[]): string | undefined =>
      storageInitializerImage({ configMap: map, storageContainers });
    assert.equal(image([container('hf', 'a'), container('default', 'b')]), 'b');
    assert.equal(image([container('default', 'a', { disabled: true }), container('hf', 'b')]), 'b');
    assert.equal(image([]), 'kserve/storage-initializer:v0.20.0');
    assert.equal(storageInitializerImage({}), undefined);
  });
});

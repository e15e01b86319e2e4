import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  canariesOf,
  canaryOf,
  isGrpcOnly,
  isNamedForCanary,
  isSamePlace,
  keptStorageUrisOf,
  predictorNameOf,
  servedModelOf,
  serviceSummary,
  storageUrisOf,
  withServedModel,
} from '../../../src/kserve/index.ts';
import { logChoices } from '../../../src/kserve/choices/logChoices.ts';
import { describeService } from '../../../src/kserve/describe/describeText.ts';
import type { Pod } from '../../../src/kserve/resources/core.ts';
import type { InferenceService, Predictor } from '../../../src/kserve/resources/inferenceService.ts';
import * as a from './objects.ts';

const pod = (app: string): Pod => ({
  metadata: { name: `pod-of-${app}`, labels: { app, 'serving.kserve.io/inferenceservice': 'resnet18' } },
  spec: { containers: [{ name: 'kserve-container' }] },
});

/** A service that somebody else has written by hand, with all that one may find. */
const large: InferenceService = {
  ...a.service(),
  spec: {
    predictor: {
      model: {
        modelFormat: { name: 'onnx' },
        storage: { key: 'minio', path: 'models/net' },
        protocolVersion: 'grpc-v2',
        args: ['--fast', '--log=1'],
      },
      storageUris: [{ uri: 's3://a/net' }, { uri: 's3://a/words', mountPath: '/words' }],
      containers: [{ name: 'proxy', image: 'envoy:1', args: ['-x'] }],
    },
    canary: [
      { trafficPercent: 10, predictor: { name: 'next', model: { storageUri: 'pvc://models/net/2' } } },
      { trafficPercent: 5, predictor: {} },
    ],
    transformer: { containers: [{ name: 'own', env: [{ name: 'STORAGE_URI', value: 'gs://a/words' }] }] as never },
  },
  status: { canaryStatuses: [{ name: 'next', ready: false }] },
};

describe('canaries', () => {
  it('are those that have a name, and their pods and objects are told from others', () => {
    assert.deepEqual(
      canariesOf(large).map(({ name, trafficPercent }) => [name, trafficPercent]),
      [['next', 10]],
    );
    assert.equal(canaryOf(large, pod('isvc.resnet18-next-predictor')), 'next');
    assert.equal(canaryOf(large, pod('isvc.resnet18-predictor')), undefined);
    assert.equal(canaryOf(large, { metadata: { name: 'x' } }), undefined);
    assert.equal(isNamedForCanary(large, 'resnet18-next-predictor-6d5f7c9b4-x2x7p'), true);
    assert.equal(isNamedForCanary(large, 'resnet18-next-predictors'), false);
    assert.equal(isNamedForCanary(large, 'resnet18-predictor-6d5f7c9b4-x2x7p'), false);
    assert.equal(predictorNameOf(pod('isvc.resnet18-next-predictor')), 'next');
    assert.equal(predictorNameOf(pod('isvc.resnet18-predictor')), undefined);
    assert.equal(predictorNameOf(pod('isvc.resnet18-transformer')), undefined);
  });

  it('are shown where rows, logs and Describe are', () => {
    assert.deepEqual(serviceSummary(large).canaries, ['next 10%, not ready']);
    const choices = logChoices([pod('isvc.resnet18-predictor'), pod('isvc.resnet18-next-predictor')]);
    assert.deepEqual(
      choices.slice(0, 2).map(({ description }) => description.startsWith('predictor next')),
      [false, true],
    );
  });
});

describe('the places that a service takes models from', () => {
  it('are all of them', () => {
    const places = ['s3://a/net', 's3://a/words', 'pvc://models/net/2', 'gs://a/words'];
    assert.deepEqual([...storageUrisOf(large)].sort(), [...places].sort());
    assert.deepEqual([...(serviceSummary(large).otherPlaces ?? [])].sort(), [...places].sort());
    const manifest = { spec: { predictor: { model: { storageUri: 'pvc://old/1' } as never } } };
    const earlier = [{ version: '1', storageUri: 'pvc://old/1', replacedAt: 'x', manifest }];
    const annotations = { 'model-deck.dev/earlier-versions': JSON.stringify(earlier) };
    const rolled = { ...large, metadata: { ...large.metadata, annotations } };
    assert.deepEqual([...keptStorageUrisOf(rolled)].sort(), [...places, 'pvc://old/1'].sort());
  });

  it('are the same where one lies in the other', () => {
    assert.equal(isSamePlace('pvc://models/net/1', 'pvc://models/net/1/'), true);
    assert.equal(isSamePlace('pvc://models/net', 'pvc://models/net/1'), true);
    assert.equal(isSamePlace('pvc://models/net/1', 'pvc://models/net/10'), false);
  });
});

describe('services that others have made', () => {
  const old = (predictor: Predictor): InferenceService => ({ ...a.service(), spec: { predictor } });

  it('may name the framework instead of a model', () => {
    const service = old({ pytorch: { storageUri: 'pvc://models/net/1', protocolVersion: 'v2' } });
    const model = { modelFormat: { name: 'pytorch' }, storageUri: 'pvc://models/net/1', protocolVersion: 'v2' };
    assert.deepEqual(servedModelOf(service), model);
    assert.deepEqual(withServedModel(service).spec.predictor.model, model);
    const { format, storageUri, protocol } = serviceSummary(service);
    assert.deepEqual([format, storageUri, protocol], ['pytorch', 'pvc://models/net/1', 'v2']);
    assert.equal(servedModelOf(old({ containers: [{ name: 'kserve-container' }] })), undefined);
    assert.equal(withServedModel(large), large);
  });

  it('are described with storage key, further storage, containers, arguments, protocol and who uses them', () => {
    const described = { service: large, context: 'minikube', status: 'Ready', why: [], pods: [], events: [] };
    const text = describeService({ ...described, users: ['InferenceGraph router'] }, Date.now());
    for (const line of [
      /^ *Storage key: +minio: models\/net$/m,
      /^ *Further storage: +s3:\/\/a\/net, s3:\/\/a\/words, pvc:\/\/models\/net\/2, gs:\/\/a\/words$/m,
      /^ *Containers: +proxy envoy:1$/m,
      /^ *Arguments: +--fast --log=1 -x$/m,
      /^ *Canaries: +next 10%, not ready$/m,
      /^ *Protocol: +grpc-v2, by gRPC alone$/m,
      /^Used by:?\n +InferenceGraph router$/m,
    ]) {
      assert.match(text, line);
    }
    assert.equal(isGrpcOnly(large), true);
    assert.equal(isGrpcOnly(a.service()), false);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InferenceService } from '../../../../src/kserve/resources/inferenceService.ts';
import { editsOf, leftOver } from '../../../../src/targets/kserve/plan/editedManifest.ts';
import { inOrderOf, ownedFields, sameFields, united } from '../../../../src/targets/kserve/plan/ownedFields.ts';

const live = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  metadata: {
    name: 'cats',
    namespace: 'ml',
    uid: 'u',
    labels: { team: 'vision' },
    annotations: { ours: '1', theirs: '2' },
    managedFields: [
      {
        manager: 'model-deck',
        operation: 'Apply',
        fieldsV1: {
          'f:metadata': { 'f:annotations': { 'f:ours': {} } },
          'f:spec': {
            'f:predictor': {
              'f:model': { 'f:storageUri': {}, 'f:args': {}, 'f:resources': { 'f:limits': { 'f:cpu': {} } } },
              'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {} } },
              'f:tolerations': { 'i:1': {} },
              'f:zones': { 'v:"b"': {} },
            },
          },
        },
      },
      {
        manager: 'model-deck',
        operation: 'Update',
        fieldsV1: { 'f:spec': { 'f:predictor': { 'f:minReplicas': {} } } },
      },
      { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:team': {} } } } },
    ],
  },
  spec: {
    predictor: {
      minReplicas: 1,
      model: {
        modelFormat: { name: 'pytorch' },
        storageUri: 'pvc://a/b',
        args: ['-x', '-y'],
        resources: { limits: { cpu: '1', memory: '2Gi' } },
      },
      containers: [
        { name: 'a', image: 'one', env: [] },
        { name: 'b', image: 'two' },
      ],
      tolerations: [{ key: 'first' }, { key: 'second' }],
      zones: ['a', 'b'],
    },
  },
} satisfies InferenceService;

describe('fields that a manager owns', () => {
  it('are taken out by field, key, value and index; of an apply alone', () => {
    assert.deepEqual(ownedFields<InferenceService>(live), {
      apiVersion: live.apiVersion,
      kind: live.kind,
      metadata: { name: 'cats', namespace: 'ml', annotations: { ours: '1' } },
      spec: {
        predictor: {
          model: { storageUri: 'pvc://a/b', args: ['-x', '-y'], resources: { limits: { cpu: '1' } } },
          containers: [{ name: 'a', image: 'one' }],
          tolerations: [{ key: 'second' }],
          zones: ['b'],
        },
      },
    });
    assert.deepEqual(ownedFields({ ...live, metadata: { name: 'cats' } }, 'nobody').metadata, { name: 'cats' });
  });

  it('are compared with what a manifest says: the same fields of what is there', () => {
    const template = {
      metadata: { name: 'cats', annotations: { ours: '9', added: '1' } },
      spec: { predictor: { minReplicas: 5, containers: [{ name: 'b', image: 'x' }, { name: 'c' }], zones: ['z'] } },
    };
    assert.deepEqual(sameFields<InferenceService>(live, template), {
      apiVersion: live.apiVersion,
      kind: live.kind,
      metadata: { name: 'cats', annotations: { ours: '1' } },
      spec: { predictor: { minReplicas: 1, containers: [{ name: 'b', image: 'two' }], zones: ['a', 'b'] } },
    });
  });

  it('are united, the second before the first, lists of named objects by name', () => {
    const first = { a: 1, list: [{ name: 'x', v: 1, w: 1 }], kept: [1] };
    const second = { a: 2, list: [{ name: 'y' }, { name: 'x', v: 2 }], kept: [2] };
    assert.deepEqual(united(first, second), { a: 2, list: [{ name: 'x', v: 2, w: 1 }, { name: 'y' }], kept: [2] });
  });
});

describe('an edited manifest', () => {
  const { apiVersion, kind } = live;
  const predictor = live.spec.predictor;

  it('applies what is new or other beside what is ours, and nothing of others', () => {
    const edited: InferenceService = {
      ...{ apiVersion, kind },
      metadata: { name: 'cats', namespace: 'ml', labels: { team: 'vision' }, annotations: { ours: '1', theirs: '3' } },
      spec: { predictor: { ...predictor, maxReplicas: 4 } },
    };
    const apply = editsOf(live, edited);
    assert.equal(leftOver(live, edited, united(live, apply) as InferenceService), undefined);
    assert.deepEqual(apply.metadata, { name: 'cats', namespace: 'ml', annotations: { ours: '1', theirs: '3' } });
    assert.equal(apply.spec.predictor.maxReplicas, 4);
    assert.equal(apply.spec.predictor.minReplicas, undefined);
  });

  it('takes away what the user took out, whoever wrote it', () => {
    const model: InferenceService['spec']['predictor']['model'] = {
      modelFormat: predictor.model.modelFormat,
      args: predictor.model.args,
      resources: predictor.model.resources,
    };
    const edited: InferenceService = {
      ...{ apiVersion, kind },
      metadata: { name: 'cats', namespace: 'ml', annotations: { ours: '1', theirs: '2' } },
      spec: { predictor: { ...predictor, model, containers: [{ name: 'b', image: 'two' }] } },
    };
    const apply = editsOf(live, edited);
    assert.equal(apply.spec.predictor.model?.storageUri, undefined);
    assert.deepEqual(apply.spec.predictor.model?.args, ['-x', '-y']);
    assert.deepEqual(leftOver(live, edited, live), {
      metadata: { labels: null },
      spec: { predictor: { model: { storageUri: null }, containers: [{ name: 'b', image: 'two' }] } },
    });
    const nothing = { ...live, metadata: edited.metadata, spec: edited.spec };
    assert.equal(leftOver(live, edited, nothing), undefined);
  });

  it('knows items by their keys: what was renamed or taken out is gone, also when another one came', () => {
    const env = (...names: readonly string[]): InferenceService => {
      const model = { modelFormat: { name: 'pytorch' }, env: names.map((name) => ({ name, value: '1' })) };
      const fields = Object.fromEntries(names.map((name) => [`k:{"name":"${name}"}`, {}]));
      const fieldsV1 = { 'f:spec': { 'f:predictor': { 'f:model': { 'f:env': fields } } } };
      const managedFields = [{ manager: 'model-deck', operation: 'Apply', fieldsV1 }];
      return { apiVersion, kind, metadata: { name: 'cats', managedFields }, spec: { predictor: { model } } };
    };
    const names = (service: InferenceService): unknown =>
      (service.spec.predictor.model?.['env'] as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(names(editsOf(env('A', 'B'), env('A', 'C'))), ['A', 'C'], 'renamed');
    assert.deepEqual(names(editsOf(env('A', 'B'), env('C', 'D', 'B'))), ['B', 'C', 'D'], 'one out, two in');
    const patch = leftOver(env('A', 'B'), env('B', 'C'), env('A', 'B', 'C', 'X'));
    assert.deepEqual(patch, {
      spec: { predictor: { model: { env: env('B', 'C', 'X').spec.predictor.model?.['env'] } } },
    });
  });

  it('replaces a value by its source within one item', () => {
    const [before, after] = [{ value: '1' }, { valueFrom: { fieldRef: {} } }].map((value): InferenceService => {
      const model = { modelFormat: { name: 'pytorch' }, env: [{ name: 'A', ...value }] };
      const fieldsV1 = { 'f:spec': { 'f:predictor': { 'f:model': { 'f:env': { 'k:{"name":"A"}': {} } } } } };
      const managedFields = [{ manager: 'model-deck', operation: 'Apply', fieldsV1 }];
      return { apiVersion, kind, metadata: { name: 'cats', managedFields }, spec: { predictor: { model } } };
    });
    assert.ok(before && after);
    assert.deepEqual(editsOf(before, after).spec.predictor.model?.['env'], [
      { name: 'A', valueFrom: { fieldRef: {} } },
    ]);
  });
});

describe('the order of fields', () => {
  it('is that of the other manifest, with what that one has not behind it', () => {
    const sorted = { a: 1, b: { c: 2, d: 3 }, containers: [{ image: 'i', name: 'one' }, { name: 'two' }], e: [2, 1] };
    const other = { e: [], b: { d: 0, c: 0 }, containers: [{ name: 'one', image: '' }], z: 1 };
    const expected = { e: [2, 1], b: { d: 3, c: 2 }, containers: [{ name: 'one', image: 'i' }, { name: 'two' }], a: 1 };
    assert.equal(JSON.stringify(inOrderOf(sorted, other)), JSON.stringify(expected));
  });
});

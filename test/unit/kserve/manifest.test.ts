import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  editableManifest,
  formatEarlierVersions,
  fromYaml,
  inferenceServiceManifest,
  isStopRequested,
  modelDeckAnnotations,
  provenanceAnnotations,
  readEarlierVersions,
  readProvenance,
  toYaml,
  type EarlierVersion,
  type Provenance,
} from '../../../src/kserve/index.ts';
import * as a from './objects.ts';

const provenance: Provenance = {
  modelName: 'resnet18',
  modelVersion: '1.10',
  archiveSha256: 'ab'.repeat(32),
  weightsSha256: '01'.repeat(32),
  source: 'https://example.org/resnet18',
  revision: 'main',
  licence: 'Apache-2.0',
  extensionVersion: '0.1.0',
};
const manifest = inferenceServiceManifest({
  name: 'resnet18',
  namespace: 'ml',
  modelFormat: { name: 'pytorch', version: '1' },
  storageUri: 'pvc://models/resnet18/1.10',
  protocolVersion: 'v2',
  runtime: 'kserve-torchserve',
  resources: { cpu: '1', memory: '2Gi' },
  minReplicas: 1,
  maxReplicas: 3,
  annotations: provenanceAnnotations(provenance),
});

describe('Manifest of an InferenceService', () => {
  it('has what was asked for, requests and limits alike', () => {
    assert.deepEqual(manifest, {
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: 'resnet18', namespace: 'ml', annotations: provenanceAnnotations(provenance) },
      spec: {
        predictor: {
          minReplicas: 1,
          maxReplicas: 3,
          model: {
            modelFormat: { name: 'pytorch', version: '1' },
            runtime: 'kserve-torchserve',
            protocolVersion: 'v2',
            storageUri: 'pvc://models/resnet18/1.10',
            resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '1', memory: '2Gi' } },
          },
        },
      },
    });
  });

  it('has nothing that was not asked for', () => {
    const small = inferenceServiceManifest({
      name: 'a',
      namespace: 'ml',
      modelFormat: { name: 'onnx', version: undefined },
      storageUri: 's3://b/m',
      runtime: undefined,
      resources: {},
      annotations: {},
      args: [],
    });
    assert.deepEqual(small.metadata, { name: 'a', namespace: 'ml' });
    assert.deepEqual(small.spec, { predictor: { model: { modelFormat: { name: 'onnx' }, storageUri: 's3://b/m' } } });
  });

  it('comes back from YAML as it was, with every value a text that was one', () => {
    const { manifest: read, findings } = fromYaml(toYaml(manifest), { name: 'resnet18', namespace: 'ml' });
    assert.deepEqual([findings, read], [[], manifest]);
  });

  it('is edited without what the server writes', () => {
    const live = a.service(
      { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'a.b/c': '1' } } },
      a.ready,
    );
    const edited = editableManifest(live);
    assert.deepEqual(edited.metadata, { namespace: 'ml', name: 'resnet18', annotations: { 'a.b/c': '1' } });
    assert.deepEqual(Object.keys(edited), ['apiVersion', 'kind', 'metadata', 'spec']);
    assert.deepEqual(fromYaml(toYaml(edited)).findings, []);
  });
});

const yaml = `# edited by hand
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: resnet18
  namespace: ml
  annotations:
    model-deck.dev/model-version: "1.0"
spec:
  predictor:
    minReplicas: 1
    model:
      modelFormat:
        name: pytorch
      storageUri: pvc://models/resnet18
      resources:
        limits:
          memory: 2Gi
`;

describe('An edited manifest', () => {
  const edit = (from: string | RegExp, to: string): [number, string, string][] => {
    const text = yaml.replace(from, to);
    assert.notEqual(text, yaml);
    return fromYaml(text, { name: 'resnet18', namespace: 'ml' }).findings.map(({ line, severity, message }) => [
      line,
      severity,
      message,
    ]);
  };

  it('is in order as it stands', () => assert.deepEqual(fromYaml(yaml, { name: 'resnet18' }).findings, []));

  for (const [what, from, to, line, words] of [
    ['another kind', 'kind: InferenceService', 'kind: Deployment', 2, /kind is "Deployment"/],
    ['no kind', 'kind: InferenceService\n', '', 1, /kind is missing/],
    ['another version', 'v1beta1', 'v1alpha2', 1, /apiVersion is "serving.kserve.io\/v1alpha2"/],
    ['another name', 'name: resnet18', 'name: resnet50', 4, /changed from "resnet18" to "resnet50"/],
    ['another namespace', 'namespace: ml', 'namespace: other', 5, /namespace changed from "ml" to "other"/],
    ['a number as annotation', '"1.0"', '1.0', 7, /"model-deck.dev\/model-version" has to be a text: put it in quotes/],
    ['a URI that nobody fetches', 'pvc://models/resnet18', 'ftp://x/y', 14, /"ftp:\/\/"/],
    ['no format', /name: pytorch/, 'nome: pytorch', 12, /modelFormat.name is missing/],
    ['a wrong amount', '2Gi', '2GB', 17, /"2GB" is no amount of memory/],
    ['half a replica', 'minReplicas: 1', 'minReplicas: 0.5', 10, /minReplicas is 0.5/],
    [
      'replicas the wrong way round',
      'minReplicas: 1',
      'maxReplicas: 1\n    minReplicas: 2',
      11,
      /more than maxReplicas 1/,
    ],
  ] as const) {
    it(`has an error in its line for ${what}`, () => {
      const [[at, severity, message] = [], ...more] = edit(from, to);
      assert.deepEqual([at, severity, more], [line, 'error', []]);
      assert.match(message ?? '', words);
    });
  }

  it('may do without a storage URI, with a warning', () => {
    const [[line, severity] = []] = edit(/ +storageUri.*\n/, '');
    assert.deepEqual([line, severity], [11, 'warning']);
    assert.notEqual(fromYaml(yaml.replace(/ +storageUri.*\n/, '')).manifest, undefined);
  });

  it('names the line where YAML ends to be YAML', () => {
    const { findings, manifest: none } = fromYaml(yaml.replace('    model:', '   model:'));
    assert.equal(none, undefined);
    assert.deepEqual(
      findings.map(({ line, severity }) => [line, severity]),
      [[11, 'error']],
    );
    assert.match(findings[0]?.message ?? '', /^The text is not YAML: .*\.$/);
  });

  for (const text of ['', '[]', 'text', '---\n---\n', '&a [*a]']) {
    it(`does not take ${JSON.stringify(text)} for one`, () => assert.equal(fromYaml(text).manifest, undefined));
  }
});

describe('Annotations', () => {
  it('keep provenance as texts, and leave out what is not known', () => {
    assert.deepEqual(readProvenance(manifest), provenance);
    assert.deepEqual(provenanceAnnotations({ modelName: 'a', source: '', licence: undefined }), {
      'model-deck.dev/model-name': 'a',
    });
    assert.deepEqual(readProvenance(a.service()), {});
  });

  it('tell a service that is to be stopped as KServe does', () => {
    const stop = (value: string): boolean =>
      isStopRequested(a.service({ metadata: { annotations: { 'serving.kserve.io/stop': value } } }));
    assert.deepEqual(['true', 'True', 'false', ''].map(stop), [true, true, false, false]);
    assert.equal(isStopRequested(a.service({ metadata: { annotations: {} } })), false);
  });

  it('keep the ten earlier versions, newest first, each place once', () => {
    const version = (number: number): EarlierVersion => ({
      version: `${number}`,
      storageUri: `pvc://models/resnet18/${number}`,
      sha256: 'ab',
      replacedAt: `2026-10-${10 + number}T00:00:00Z`,
    });
    let kept: readonly EarlierVersion[] = [];
    for (let number = 1; number <= 12; number += 1) {
      const annotations = { [modelDeckAnnotations.earlierVersions]: formatEarlierVersions(version(number), kept) };
      kept = readEarlierVersions(a.service({ metadata: { annotations } }));
    }
    assert.deepEqual(
      kept.map(({ version: each }) => each),
      ['12', '11', '10', '9', '8', '7', '6', '5', '4', '3'],
    );
    const again = JSON.parse(formatEarlierVersions(version(9), kept)) as EarlierVersion[];
    assert.deepEqual(
      again.slice(0, 4).map(({ version: each }) => each),
      ['9', '12', '11', '10'],
    );
  });

  it('survive what hands have made of them', () => {
    const read = (text: string): readonly EarlierVersion[] =>
      readEarlierVersions(a.service({ metadata: { annotations: { [modelDeckAnnotations.earlierVersions]: text } } }));
    for (const text of ['', 'x', '{}', 'null', '[1, null, {"version": 1}]']) assert.deepEqual(read(text), [], text);
    const good = { version: '1', storageUri: 'pvc://m', replacedAt: 'x' };
    assert.deepEqual(read(JSON.stringify([{}, { ...good, sha256: 4 }])), [good]);
  });
});

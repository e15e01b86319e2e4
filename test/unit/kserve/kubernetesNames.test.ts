import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatPvcUri,
  inferenceServiceNameProblem,
  inferenceServiceNames,
  labelValueProblem,
  namespaceNameProblem,
  parsePvcUri,
  parseStorageUri,
  persistentVolumeClaimNameProblem,
  storageUriProblem,
} from '../../../src/kserve/index.ts';
import { anyText } from '../anyText.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';

const long = (length: number): string => 'a'.repeat(length);

describe('Names of InferenceServices', () => {
  for (const name of ['a', 'resnet18', 'my-model-2', long(48)]) {
    it(`allows ${name}`, () => assert.equal(inferenceServiceNameProblem(name), undefined));
  }

  for (const name of ['', '1model', 'Model', 'my_model', 'my.model', '-a', 'a-', 'modèle', long(49)]) {
    it(`refuses "${name}"`, () => assert.match(inferenceServiceNameProblem(name) ?? '', /^.*\.$/));
  }

  it('leaves room for the labels that KServe makes of a name with a transformer', () => {
    assert.equal(inferenceServiceNameProblem(long(46), { hasTransformer: true }), undefined);
    assert.match(inferenceServiceNameProblem(long(47), { hasTransformer: true }) ?? '', /room for 46/);
  });

  it('looks at the host name that name and namespace make together', () => {
    assert.equal(inferenceServiceNameProblem('resnet18', { namespace: long(44) }), undefined);
    assert.match(inferenceServiceNameProblem('resnet18', { namespace: long(45) }) ?? '', /has 64 characters/);
  });

  for (const [text, name] of [
    ['ResNet_18 v1.0', 'resnet-18-v1-0'],
    ['résumé', 'resume'],
    ['18-resnet', 'resnet'],
    ['---', 'model'],
    [`${long(47)}-b`, long(47)],
    ['模型', 'model'],
    ['模型 ResNet', 'resnet'],
    ['Überwachung', 'uberwachung'],
    ['Straßenschäden', 'strassenschaden'],
    ['ØRSTED Æble', 'orsted-aeble'],
    ['Łódź', 'lodz'],
    ['İstanbul ışık', 'istanbul-isik'],
    ['ﬁne-tuned №5', 'fine-tuned-no5'],
  ] as const) {
    it(`suggests ${name} for ${text}, which it allows`, () => {
      const names = inferenceServiceNames('ml');
      assert.equal(names.suggestName(text), name);
      assert.equal(names.checkName(name), undefined);
    });
  }

  it('goes by the template of the cluster, and by the name of the predictor', () => {
    const namespace = long(44);
    const named = (options: object): string | undefined =>
      inferenceServiceNameProblem('resnet-18', { namespace, ...options });
    assert.match(named({}) ?? '', /has 64 characters/);
    const split = '{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}';
    assert.equal(named({ domainTemplate: split }), undefined);
    assert.equal(named({ domainTemplate: '{{ index .Labels "x" }}.{{ .Namespace }}' }), undefined, 'only KServe knows');
    assert.match(named({ domainTemplate: '{{.Name}}-in-{{.Namespace}}' }) ?? '', /has 67 characters/);
    assert.match(named({ domainTemplate: split, predictorName: long(40) }) ?? '', /too long for an InferenceService/);
  });

  it('suggests only what it allows, for any text, in a namespace of any length', () => {
    for (const length of [1, 15, 40, 51]) {
      const { checkName, suggestName } = inferenceServiceNames(long(length));
      for (const text of anyText(2000, 90)) assert.equal(checkName(suggestName(text)), undefined, JSON.stringify(text));
    }
  });

  it('says why no name is allowed where the name of the namespace leaves no room', () => {
    const { checkName, suggestName } = inferenceServiceNames(long(60));
    assert.match(checkName(suggestName('cats')) ?? '', /too long for the namespace/);
  });
});

describe('Other names', () => {
  it('allows values of labels as Kubernetes does', () => {
    for (const value of ['', 'a', 'A.b_c-1', long(63)]) assert.equal(labelValueProblem(value), undefined, value);
    for (const value of ['a b', '.a', 'a-', long(64)]) assert.notEqual(labelValueProblem(value), undefined, value);
  });

  it('allows claims to be subdomains, and namespaces to be labels only', () => {
    assert.equal(persistentVolumeClaimNameProblem('my.models-1'), undefined);
    assert.equal(persistentVolumeClaimNameProblem(long(253)), undefined);
    for (const name of ['', 'My', 'a..b', 'a_b', long(254)]) {
      assert.notEqual(persistentVolumeClaimNameProblem(name), undefined, name);
    }
    assert.equal(namespaceNameProblem('team-1'), undefined);
    assert.notEqual(namespaceNameProblem('team.1'), undefined);
  });
});

describe('Storage URIs', () => {
  it('takes a claim and a folder apart, and puts them together again', () => {
    assert.deepEqual(parsePvcUri('pvc://models/resnet18/1.0/'), { claim: 'models', path: 'resnet18/1.0' });
    assert.deepEqual(parsePvcUri('pvc://models'), { claim: 'models', path: '' });
    assert.equal(parsePvcUri('s3://models/x'), undefined);
    assert.equal(formatPvcUri('models', '/resnet18//1.0/'), 'pvc://models/resnet18/1.0');
    assert.equal(formatPvcUri('models'), 'pvc://models');
  });

  it('tells claims, remote places and paths apart', () => {
    assert.deepEqual(parseStorageUri('pvc://m/a'), { kind: 'pvc', claim: 'm', path: 'a' });
    assert.deepEqual(parseStorageUri('oci+native://r/m:1'), {
      kind: 'remote',
      scheme: 'oci+native',
      uri: 'oci+native://r/m:1',
    });
    assert.deepEqual(parseStorageUri('/mnt/x'), { kind: 'local', path: '/mnt/x' });
  });

  for (const uri of [
    's3://b/p',
    'gs://b',
    'hf://o/m',
    'https://a.blob.core.windows.net/c/m',
    'https://x.org/m.tar',
    'oci://r/m',
    'hdfs://h/p',
    'models/local',
  ]) {
    it(`allows ${uri}`, () => assert.equal(storageUriProblem(uri), undefined));
  }

  for (const [uri, words] of [
    ['', /missing/],
    ['pvc://', /names no claim/],
    ['pvc:///x', /names no claim/],
    ['pvc://My_Claim/x', /PersistentVolumeClaim/],
    ['pvc://m/../x', /leaves its claim/],
    ['s3://', /names nothing/],
    ['ftp://h/x', /"ftp:\/\/", which KServe does not fetch/],
    ['s3://b/a b', /space/],
  ] as const) {
    it(`refuses "${uri}"`, () => {
      assert.match(storageUriProblem(uri) ?? '', words);
      assert.throws(
        () => parseStorageUri(uri),
        (error) => ModelDeckError.is(error) && error.category === 'invalid-input',
      );
    });
  }

  it('allows what storage containers of the cluster fetch', () => {
    assert.equal(storageUriProblem('modelscope://o/m', ['modelscope://']), undefined);
  });
});

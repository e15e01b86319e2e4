import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnose, type DiagnosisEvidence } from '../../../src/kserve/index.ts';
import { phraseOf, matchPhrase } from '../../../src/kserve/diagnosis/phrase.ts';
import { cases } from './diagnosisCases/index.ts';

/** Names that are words of errors, codes of HTTP, kinds and reasons: users may call their things so. */
const words = [
  ...['401', '403', '404', '429', '500', '503', 'timeout', 'timed-out', 'not-found', 'notfound', 'forbidden', 'denied'],
  ...['unauthorized', 'access-denied', 'accessdenied', 'nosuchkey', 'no-such-bucket', 'oom', 'oom-killed', 'killed'],
  ...['persistentvolumeclaim', 'persistent-volume-claim', 'x509', 'certificate', 'eof', 'refused', 'unreachable'],
  ...['evicted', 'taint', 'insufficient', 'quota', 'exec-format', 'error', 'exception', 'failed', 'does-not-exist'],
  ...['gated', 'expired', 'region', 'skewed', 'permanentredirect', 'nvidia', 'gpu', 'knative', 'kserve', 'webhook'],
  ...['short-name', 'liveness', 'probe', 'sandbox', 'cni', 'network', 'no-space', 'permission', 'token', 'i-o-timeout'],
] as const;

/** Keys of a bucket and folders may hold whole sentences. */
const phrases = [
  'timed out',
  '401 Client Error',
  'Access Denied',
  'No space left on device',
  'AccessDenied',
  'NoSuchKey',
];

/** The same names in every run, so that a failure can be looked at again (a linear congruence is enough for that). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Names {
  readonly service: string;
  readonly claim: string;
  readonly folder: string;
  readonly image: string;
  readonly node: string;
}

function namesFrom(random: (below: number) => number): Names {
  const word = (): string => words[random(words.length)] ?? '';
  const joined = (): string => Array.from({ length: 1 + random(3) }, word).join('-');
  const segment = (): string => {
    const name = joined();
    return (
      [
        name,
        name.toUpperCase(),
        `${name}.${word()}`,
        `${word()}_${name}`,
        `run-${random(10_000)}`,
        phrases[random(phrases.length)],
      ][random(6)] ?? name
    );
  };
  return {
    // An InferenceService begins with a letter.
    service: `${random(2) === 0 ? 'm-' : ''}${joined()}`.replace(/^(?=\d)/, 'm'),
    claim: joined(),
    image: `${joined()}/${joined()}:${word()}`,
    node: joined(),
    folder: Array.from({ length: 1 + random(3) }, segment).join('/'),
  };
}

/** The same evidence of things that have other names. */
function renamed(evidence: DiagnosisEvidence, { service, claim, folder, image, node }: Names): DiagnosisEvidence {
  const text = JSON.stringify(evidence)
    .replaceAll(
      /(pvc|s3|gs|ftp):\/\/models\/(?:run-4012\/)?resnet18/g,
      (_uri, scheme) => `${scheme}://${claim}/${folder}`,
    )
    .replaceAll(/("|'|claim )models(\\?"|')/g, (_quoted, before, after) => `${before}${claim}${after}`)
    .replaceAll('pytorch/torchserve-kfs:0.9.0', image)
    .replaceAll(/"(?:n1|one)"/g, `"${node}"`)
    .replaceAll('resnet18', service);
  return JSON.parse(text) as DiagnosisEvidence;
}

describe('Names of the user', () => {
  it('never change a cause, in 12,000 of them', () => {
    const random = randomFrom(20261001);
    for (let index = 0; index < 12_000; index += 1) {
      const { name, evidence, code } = cases[index % cases.length] ?? {};
      assert.ok(evidence);
      const names = namesFrom(random);
      const found = diagnose(renamed(evidence, names));
      assert.equal(found?.code, code, `${name ?? ''}, named ${JSON.stringify(names)}: ${found?.summary ?? ''}`);
    }
  });

  it('never make a cause out of a failure that nobody knows', () => {
    const random = randomFrom(7);
    const unknown = cases.filter(({ code }) =>
      ['storage-failed', 'crash-loop', 'image-pull', 'replica-failure'].includes(code),
    );
    assert.ok(unknown.length > 3);
    for (let index = 0; index < 2000; index += 1) {
      const { evidence, code } = unknown[index % unknown.length] ?? {};
      assert.ok(evidence);
      const names = namesFrom(random);
      const logs = (evidence.logs ?? []).map((log) => ({
        ...log,
        text: `${log.text}could not take /mnt/models/${names.folder}/x.bin of "${names.claim}" (s3://${names.claim}/${names.folder}/x)\n`,
      }));
      const found = diagnose({
        ...renamed(evidence, names),
        ...(evidence.logs && { logs: renamed({ ...evidence, logs }, names).logs ?? [] }),
      });
      assert.equal(found?.code, code, `named ${JSON.stringify(names)}: ${found?.summary ?? ''}`);
    }
  });

  it('are covered where they stand in URIs, paths, quotes and file names, and read as they are', () => {
    const covered = (text: string): string => phraseOf(text).covered.replace(/\uE000+/g, '…');
    assert.equal(
      covered('Get "https://a.b/v2/401": dial tcp 10.0.0.1:443: i/o timeout'),
      'Get "…": dial tcp …:443: i/o timeout',
    );
    assert.equal(covered("no such file: '/mnt/not found/x'"), "no such file: '…'");
    assert.equal(covered('claim "claim-401" of ml/403/x in timeout.onnx'), 'claim "…" of … in …');
    assert.equal(
      covered('botocore.exceptions.NoCredentialsError: Unable'),
      'botocore.exceptions.NoCredentialsError: Unable',
    );
    assert.equal(covered('{"code":"DENIED","message":"access denied"}'), '{"…":"DENIED","…":"access denied"}');
    const match = matchPhrase(/secret "([^"]+)" not found/, phraseOf('secret "not-found" not found'));
    assert.equal(match?.[1], 'not-found');
  });
});

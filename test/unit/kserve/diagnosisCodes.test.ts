import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCategory } from '../../../src/foundation/error.ts';
import { diagnosisCodes, type DiagnosisCode } from '../../../src/kserve/diagnosis/codes.ts';
import type { Cause } from '../../../src/kserve/diagnosis/cause.ts';
import { causes } from '../../../src/kserve/diagnosis/causes.ts';
import { nameOf } from '../../../src/kserve/diagnosis/facts.ts';
import type { Healing } from '../../../src/kserve/diagnosis/diagnosis.ts';
import { diagnose, diagnoseWith } from '../../../src/kserve/diagnosis/index.ts';
import { cases } from './diagnosisCases/index.ts';
import * as a from './objects.ts';

type Kind = (typeof diagnosisCodes)[number] | 'insufficient-' | 'evicted-';

/** What kind of error each cause is, and whether it may pass by itself. Where a registry or Knative decides: several. */
const table: Readonly<Record<Kind, readonly [ErrorCategory | readonly ErrorCategory[], Healing | readonly Healing[]]>> =
  {
    'webhook-certificate': ['server', false],
    'webhook-missing': ['not-found', false],
    'webhook-down': ['unreachable', 'retry'],
    forbidden: ['forbidden', false],
    'controller-forbidden': ['forbidden', false],
    'knative-missing': ['not-found', false],
    'no-runtime': ['not-found', false],
    'runtime-missing': ['not-found', false],
    'runtime-disabled': ['invalid-input', false],
    'storage-uri': ['unsupported', false],
    'invalid-spec': ['invalid-input', false],
    'service-account-missing': ['not-found', 'retry'],
    'quota-exceeded': ['no-space', false],
    'quota-needs-resources': ['invalid-input', false],
    'limit-range': ['invalid-input', false],
    'pod-security': ['forbidden', false],
    'security-context-constraint': ['forbidden', false],
    'knative-claim-disabled': ['unsupported', false],
    'knative-feature-disabled': ['unsupported', false],
    'admission-denied': ['forbidden', false],
    'name-too-long': ['invalid-input', false],
    'limit-below-request': ['invalid-input', false],
    'volume-mount-unknown': ['invalid-input', false],
    'autoscaler-missing': ['not-found', false],
    'kind-missing': ['not-found', false],
    'reconcile-failed': ['server', false],
    'revision-image-unresolved': [
      ['unreachable', 'unauthorized', 'not-found', 'server'],
      [false, 'retry'],
    ],
    'revision-failed': ['server', false],
    'revision-not-started': ['timeout', false],
    'knative-network': ['unreachable', 'retry'],
    'ingress-kind-missing': ['not-found', 'retry'],
    'ingress-failed': ['server', 'retry'],
    'claim-missing': ['not-found', 'scheduling'],
    'claim-deleted': ['not-found', 'scheduling'],
    'storage-class-missing': ['not-found', 'scheduling'],
    'claim-provisioning-failed': ['server', 'scheduling'],
    'no-provisioner': ['not-found', 'scheduling'],
    'claim-provisioning': ['timeout', 'scheduling'],
    'claim-pending': ['not-found', 'scheduling'],
    'claim-waits-for-pod': ['not-found', 'scheduling'],
    'volume-binding': ['server', 'scheduling'],
    queued: ['no-space', 'scheduling'],
    'scheduling-gated': ['conflict', 'scheduling'],
    'no-nodes': ['no-space', 'nodes'],
    'insufficient-': ['no-space', 'nodes'],
    'too-many-pods': ['no-space', 'nodes'],
    'claim-in-use': ['conflict', 'scheduling'],
    'volume-node-conflict': ['conflict', 'scheduling'],
    'volume-limit': ['no-space', 'nodes'],
    'no-storage': ['no-space', 'scheduling'],
    pressure: ['no-space', 'scheduling'],
    'nodes-not-ready': ['unreachable', 'scheduling'],
    cordoned: ['conflict', 'scheduling'],
    'node-selector': ['invalid-input', 'scheduling'],
    'pod-affinity': ['conflict', 'scheduling'],
    'host-port': ['conflict', 'scheduling'],
    taint: ['invalid-input', 'scheduling'],
    unschedulable: ['no-space', 'nodes'],
    'node-not-ready': ['unreachable', 'retry'],
    evicted: ['no-space', false],
    'evicted-': ['no-space', false],
    'own-limit-exceeded': ['no-space', false],
    'pod-rejected': ['no-space', 'scheduling'],
    preempted: ['no-space', 'scheduling'],
    'pod-network': ['server', 'retry'],
    'pod-sandbox': ['server', 'retry'],
    'runtime-class-missing': ['not-found', 'retry'],
    'multi-attach': ['conflict', 'retry'],
    'secret-missing': ['not-found', 'retry'],
    'config-map-missing': ['not-found', 'retry'],
    'key-missing': ['not-found', false],
    'model-folder-missing': ['not-found', false],
    'volume-path-missing': ['not-found', 'retry'],
    'mount-failed': ['server', 'retry'],
    'image-name-invalid': ['invalid-input', false],
    'image-short-name': ['invalid-input', false],
    'image-not-present': ['not-found', false],
    'image-rate-limit': ['server', 'retry'],
    'image-disk-full': ['no-space', false],
    'image-platform': ['unsupported', false],
    'image-registry-http': ['unreachable', false],
    'image-certificate': ['server', false],
    'image-registry-unreachable': ['unreachable', 'retry'],
    'image-unauthorized': ['unauthorized', false],
    'image-not-found': ['not-found', false],
    'image-pull': ['server', 'retry'],
    'exec-format': ['unsupported', false],
    'command-missing': ['not-found', false],
    'gpu-runtime': ['unsupported', false],
    'runs-as-root': ['forbidden', false],
    'container-config': ['server', false],
    'namespace-control-plane': ['unsupported', false],
    'model-not-injected': ['server', false],
    'storage-out-of-memory': ['no-space', false],
    'storage-certificate': ['server', false],
    'storage-no-space': ['no-space', false],
    'storage-no-write': ['permission', false],
    'storage-endpoint-invalid': ['invalid-input', false],
    'storage-unreachable': ['unreachable', 'retry'],
    'storage-region': ['invalid-input', false],
    'storage-clock': ['server', false],
    'storage-token-expired': ['unauthorized', false],
    'storage-hf-access': ['unauthorized', false],
    'storage-hf-repository': ['not-found', false],
    'storage-unauthorized': ['unauthorized', false],
    'storage-access-denied': ['forbidden', false],
    'storage-not-found': ['not-found', false],
    'storage-rate-limit': ['server', 'retry'],
    'storage-type-unknown': ['unsupported', false],
    'storage-failed': ['server', false],
    'token-auth-arguments': ['invalid-input', false],
    'unknown-arguments': ['invalid-input', false],
    'config-missing': ['not-found', false],
    'config-key-missing': ['invalid-input', false],
    'config-snapshot-broken': ['invalid-input', false],
    'model-store-missing': ['not-found', false],
    'archive-missing': ['not-found', false],
    'version-mismatch': ['invalid-input', false],
    'archive-not-accepted': ['invalid-input', false],
    'port-in-use': ['conflict', 'retry'],
    'token-required': ['unauthorized', false],
    'model-classes': ['invalid-input', false],
    'handler-classes': ['invalid-input', false],
    'model-file-missing': ['not-found', false],
    'archive-broken': ['invalid-input', false],
    'handler-missing': ['not-found', false],
    'requirements-not-installed': ['not-found', false],
    'module-missing': ['not-found', false],
    'import-failed': ['invalid-input', false],
    'weights-do-not-fit': ['invalid-input', false],
    'weights-unusable': ['invalid-input', false],
    'no-write-permission': ['permission', false],
    'disk-full': ['no-space', false],
    'server-out-of-memory': ['no-space', false],
    'batch-mismatch': ['invalid-input', false],
    'python-error': ['invalid-input', false],
    'onnx-version': ['unsupported', false],
    'operator-unknown': ['unsupported', false],
    'external-data-missing': ['not-found', false],
    'model-layout': ['not-found', false],
    'model-config': ['invalid-input', false],
    'backend-missing': ['not-found', false],
    'model-device': ['unsupported', false],
    'server-load-failed': ['server', false],
    'out-of-memory': ['no-space', false],
    'liveness-failed': ['timeout', false],
    'startup-failed': ['timeout', false],
    'crash-loop': ['server', [false, 'restart']],
    'worker-killed': ['no-space', false],
    'worker-died': ['server', false],
    'model-load-failed': ['server', false],
    'modelmesh-silent': ['unreachable', 'retry'],
    'controller-silent': ['unreachable', 'controller'],
    'deadline-exceeded': ['timeout', false],
    'deletion-held': ['conflict', 'retry'],
    'replica-failure': ['server', 'retry'],
    'cluster-warning': ['server', 'retry'],
  };

/** The resource stands at the end of two of the codes. */
function kindOf(code: DiagnosisCode): Kind {
  const [open] = (['insufficient-', 'evicted-'] as const).filter((start) => code.startsWith(start));
  return open ?? (code as Kind);
}

describe('The codes of diagnoses', () => {
  const found = cases.map(({ name, evidence }) => ({ name, diagnosis: diagnose(evidence) }));

  it('have each a category and say whether they may heal, as their causes set it', () => {
    for (const { name, diagnosis } of found) {
      assert.ok(diagnosis, name);
      const [categories, healing] = table[kindOf(diagnosis.code)];
      assert.ok(
        [categories].flat().includes(diagnosis.category),
        `${name}: ${diagnosis.code} is ${diagnosis.category}`,
      );
      assert.ok(
        ([] as readonly Healing[]).concat(healing).includes(diagnosis.mayHeal),
        `${name}: ${diagnosis.code} heals: ${String(diagnosis.mayHeal)}`,
      );
    }
  });

  it('are each named once', () => {
    assert.deepEqual(Object.keys(table).sort(), [...diagnosisCodes, 'insufficient-', 'evicted-'].sort());
  });

  it('are each found by a case', () => {
    const seen = new Set(found.map(({ diagnosis }) => diagnosis && kindOf(diagnosis.code)));
    assert.deepEqual(
      Object.keys(table).filter((kind) => !seen.has(kind as Kind)),
      [],
    );
  });

  it('come with a sentence, a remedy and what they stand on', () => {
    for (const { name, diagnosis } of found) {
      assert.ok(diagnosis, name);
      assert.match(diagnosis.summary, /^[\p{Lu}a-z][\s\S]*[.…]$/u, name);
      assert.match(diagnosis.remedy, /^[A-Z][\s\S]*\.$/, name);
      assert.ok(diagnosis.evidence.length > 0, name);
      assert.doesNotMatch(`${diagnosis.summary} ${diagnosis.remedy}`, /undefined|\[object|\uE000| {2}/, name);
    }
  });
});

describe('A cause that exists in a test alone', () => {
  const moonFull: Cause<'moon-full'> = ({ evidence, name }) => ({
    code: 'moon-full',
    category: 'internal',
    mayHeal: 'retry',
    summary: `${name} does not start while the moon is full.`,
    remedy: 'Wait for two weeks.',
    severity: 'error',
    object: { kind: 'InferenceService', ...nameOf(evidence.isvc) },
    evidence: ['the moon'],
  });

  it('is registered by one line, and speaks in its turn', () => {
    const registered = [...causes, moonFull];
    assert.equal(diagnoseWith(registered, a.evidence())?.code, 'moon-full');
    const pod = a.pod(a.unschedulable('no nodes available to schedule pods'));
    assert.equal(diagnoseWith(registered, a.evidence({ pods: [pod] }))?.code, 'no-nodes');
  });
});

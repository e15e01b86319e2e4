import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planWarnings, readInferenceServiceConfig, type PlanFacts } from '../../../src/kserve/index.ts';
import type { ResourceQuota } from '../../../src/kserve/resources/core.ts';
import * as a from './objects.ts';
import { runtimes } from './runtimes.ts';

const runtime = runtimes.find(({ metadata }) => metadata.name === 'kserve-torchserve');
const facts: PlanFacts = { service: a.service(), runtime, claim: a.claim(), nodeCount: 1, archiveName: 'resnet18.mar' };
const quota = (hard: Record<string, string>, used: Record<string, string> = {}): ResourceQuota => ({
  metadata: { name: 'compute', namespace: 'ml' },
  spec: { hard },
  status: { hard, used },
});
const withModel = (model: object, predictor: object = {}): PlanFacts['service'] => a.service({ model, predictor });
const tokenArgs = { args: ['--disable-token-auth', '--enable-model-api'] };
const resources = { resources: { requests: { memory: '8Gi' }, limits: { memory: '8Gi', cpu: '2' } } };

describe('Warnings before a deploy', () => {
  it('are none for what goes well', () => assert.deepEqual(planWarnings(facts), []));

  it('are none for what is not known', () => assert.deepEqual(planWarnings({ service: a.service() }), []));

  for (const [what, over, words] of [
    [
      'arguments that TorchServe 0.9 does not know',
      { service: withModel(tokenArgs) },
      /torchserve-kfs:0.9.0 does not know --disable-token-auth --enable-model-api/,
    ],
    [
      'the same with a version that is older',
      { service: withModel({ ...tokenArgs, runtimeVersion: '0.11.0' }) },
      /0.11.0 does not know/,
    ],
    [
      'a claim for one node, and several replicas',
      { nodeCount: 3, service: withModel({}, { minReplicas: 2 }) },
      /ReadWriteOnce\): all replicas/,
    ],
    ['a claim for one node, in a cluster of several', { nodeCount: 2 }, /ReadWriteOnce\): the pod has to fit/],
    [
      'a claim for one pod, and several replicas',
      { claim: a.claim('Bound', { accessModes: ['ReadWriteOncePod'] }), service: withModel({}, { maxReplicas: 2 }) },
      /ReadWriteOncePod/,
    ],
    [
      'a claim for one pod, and a version that is there',
      { claim: a.claim('Bound', { accessModes: ['ReadWriteOncePod'] }), live: a.service({}, a.ready) },
      /beside the old one/,
    ],
    ['a URI that is none', { service: withModel({ storageUri: 'ftp://x/y' }) }, /ftp/],
    [
      'a namespace of a control plane',
      { namespace: { metadata: { name: 'ml', labels: { 'control-plane': 'x' } } } },
      /label control-plane/,
    ],
    ['an archive with dots', { archiveName: 'resnet18-1.0.mar' }, /has a dot/],
    [
      'a claim in Knative mode',
      {
        config: readInferenceServiceConfig({
          metadata: { name: 'x' },
          data: { deploy: '{"defaultDeploymentMode":"Serverless"}' },
        }),
        service: a.service({ metadata: { annotations: {} } }),
      },
      /Knative mode, which mounts claims only/,
    ],
    [
      'another mode than the one it has',
      {
        live: a.service({}, a.ready),
        service: a.service({ metadata: { annotations: { 'serving.kserve.io/deploymentMode': 'Knative' } } }),
      },
      /refuses to change it to Knative/,
    ],
    [
      'traffic that KServe does not split in Standard mode',
      { service: withModel({}, { canaryTrafficPercent: 10 }) },
      /ignores canaryTrafficPercent in Standard mode/,
    ],
    ['no replica in Standard mode', { service: withModel({}, { minReplicas: 0 }) }, /minReplicas 0 has no effect/],
    [
      'a quota of memory',
      { service: withModel(resources), quotas: [quota({ 'requests.memory': '10Gi' }, { 'requests.memory': '3Gi' })] },
      /^The quota compute has no room for the pod \(requests.memory: 8.0 GiB needed, 3.0 GiB of 10.0 GiB used\)\.$/,
    ],
    [
      'a quota that holds for limits, and several replicas',
      { service: withModel(resources, { minReplicas: 2 }), quotas: [quota({ 'limits.cpu': '3' })] },
      /for 2 pods \(limits.cpu: 4 CPU needed, 0 CPU of 3 CPU used\)/,
    ],
    [
      "a quota that the runtime's own resources break",
      {
        quotas: [quota({ 'requests.cpu': '1' }, { 'requests.cpu': '500m' })],
        runtime: {
          ...runtimes[0],
          metadata: { name: 'x' },
          spec: { containers: [{ name: 'kserve-container', resources: { limits: { cpu: '1' } } }] },
        },
      },
      /requests.cpu: 1 CPU needed, 0.5 CPU of 1 CPU used/,
    ],
    ['a quota of pods', { quotas: [quota({ pods: '4' }, { pods: '4' })] }, /pods: 1 needed, 4 of 4 used/],
  ] as const) {
    it(`name ${what}`, () => {
      const warnings = planWarnings({ ...facts, ...over });
      assert.equal(warnings.length, 1, warnings.join('\n'));
      assert.match(warnings[0] ?? '', words);
      assert.match(warnings[0] ?? '', /^[^\n]+\.$/);
    });
  }

  for (const [what, over] of [
    ['arguments that a newer TorchServe needs', { service: withModel({ ...tokenArgs, runtimeVersion: '0.11.1' }) }],
    ['a tag that is no version', { service: withModel({ ...tokenArgs, runtimeVersion: 'latest-cpu' }) }],
    ['a claim that every node reaches', { nodeCount: 3, claim: a.claim('Bound', { accessModes: ['ReadWriteMany'] }) }],
    ['a claim that the model is not on', { nodeCount: 3, service: withModel({ storageUri: 's3://b/m' }) }],
    ['a name that is there already', { service: a.service({ metadata: { name: 'a'.repeat(60) } }), live: a.service() }],
    [
      'dots for another server than TorchServe',
      { archiveName: 'a.b.mar', runtime: runtimes.find(({ metadata }) => metadata.name === 'kserve-tritonserver') },
    ],
    [
      'a quota with room',
      { service: withModel(resources), quotas: [quota({ 'requests.memory': '8Gi', 'count/secrets': '0' })] },
    ],
    [
      'no replica with KEDA',
      {
        service: a.service({
          metadata: { annotations: { 'serving.kserve.io/autoscalerClass': 'keda' } },
          predictor: { minReplicas: 0 },
        }),
      },
    ],
  ] as const) {
    it(`are silent about ${what}`, () => assert.deepEqual(planWarnings({ ...facts, ...over }), []));
  }
});

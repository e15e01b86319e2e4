import type { Condition } from '../../../../src/kserve/resources/core.ts';
import type { InferenceServiceStatus } from '../../../../src/kserve/resources/inferenceService.ts';
import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import { serviceEvent, type Case } from './case.ts';

const condition = (type: string, status: Condition['status'], reason = '', message = ''): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: '2026-10-01T10:05:00Z',
});
const plain = { metadata: { annotations: {} }, model: { storageUri: 'gs://b/m' } };
const knative = (
  conditions: readonly Condition[],
  over: Partial<InferenceServiceStatus> = {},
  evidence: Partial<DiagnosisEvidence> = {},
): DiagnosisEvidence => a.evidence({ isvc: a.service(plain, { conditions, ...over }), claims: [], ...evidence });
const failed = (why: string, revision = 'resnet18-predictor-00001'): Condition =>
  condition(
    'PredictorConfigurationReady',
    'False',
    'RevisionFailed',
    `Revision "${revision}" failed with message: ${why}.`,
  );
const missing = condition(
  'PredictorReady',
  'False',
  'RevisionMissing',
  'Configuration "resnet18-predictor" does not have any ready Revision.',
);
const digest = (why: string): Condition =>
  failed(`Unable to fetch image "pytorch/torchserve-kfs:0.8.2": failed to resolve image to digest: ${why}`);
const blocked = {
  transitionStatus: 'BlockedByFailedLoad',
  states: { activeModelState: '', targetModelState: 'FailedToLoad' },
  copies: { failedCopies: 0, totalCopies: 0 },
} as const;
const refused = (why: string): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service(plain, { conditions: [condition('Ready', 'Unknown')] }),
    events: [
      serviceEvent(
        'InternalError',
        `fails to reconcile predictor: fails to create knative service: admission webhook "validation.webhook.serving.knative.dev" denied the request: ${why}`,
      ),
    ],
  });

const readyPod = a.pod(a.onNode([a.running(), a.running(true, 'queue-proxy')]), { spec: { nodeName: 'one' } });

export const knativeCases: readonly Case[] = [
  {
    name: 'Knative cannot reach the registry for the digest; an older KServe names no mode, and a conflict is no cause',
    evidence: knative(
      [digest('Get "https://index.docker.io/v2/": dial tcp 192.0.2.5:443: i/o timeout'), missing],
      { components: { predictor: { latestCreatedRevision: 'resnet18-predictor-00001' } } },
      {
        events: [
          serviceEvent(
            'InternalError',
            'fails to update InferenceService status: Operation cannot be fulfilled on inferenceservices.serving.kserve.io "resnet18": the object has been modified; please apply your changes to the latest version and try again',
          ),
        ],
      },
    ),
    code: 'revision-image-unresolved',
    summary: /pytorch\/torchserve-kfs:0\.8\.2 for resnet18: it does not reach the registry .*i\/o timeout/,
    remedy: /registries-skipping-tag-resolving/,
  },
  {
    name: 'Knative cannot reach the registry, and KServe calls it a blocked load',
    evidence: knative([digest('Get "https://index.docker.io/v2/": context deadline exceeded'), missing], {
      deploymentMode: 'Knative',
      modelStatus: blocked,
    }),
    code: 'revision-image-unresolved',
    summary: /does not reach the registry/,
  },
  {
    name: 'Knative may not read the image for its digest',
    evidence: knative([
      digest(
        'GET https://ghcr.io/token?scope=repository%3Aacme%2Fserver%3Apull&service=ghcr.io: UNAUTHORIZED: authentication required',
      ),
      missing,
    ]),
    code: 'revision-image-unresolved',
    summary: /cannot look up the image .*authentication required/,
    remedy: /imagePullSecret.*deploy again/,
  },
  {
    name: 'the tag that Knative looks up does not exist',
    evidence: knative([
      digest(
        'HEAD https://index.docker.io/v2/pytorch/torchserve-kfs/manifests/0.8.2: unexpected status code 404 Not Found',
      ),
      missing,
    ]),
    code: 'revision-image-unresolved',
    summary: /404 Not Found/,
    remedy: /image or tag/,
  },
  {
    name: "the certificate of the registry is not one for Knative's controller",
    evidence: knative([
      digest(
        'Get "https://registry.acme.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      ),
      missing,
    ]),
    code: 'revision-image-unresolved',
    summary: /certificate signed by unknown authority/,
    remedy: /certificate authority/,
  },
  {
    name: 'a revision never reached its first scale',
    evidence: knative([failed('Initial scale was never achieved'), missing]),
    code: 'revision-not-started',
    summary: 'The new revision resnet18-predictor-00001 of resnet18 failed (Initial scale was never achieved).',
  },
  {
    name: 'a revision failed with the words of its container',
    evidence: knative([failed('Container failed with: ValueError: no weights'), missing]),
    code: 'revision-failed',
    summary: /ValueError: no weights/,
  },
  {
    name: 'a canary revision fails, and the earlier one answers',
    evidence: knative(
      [
        failed('Container failed with: OOM', 'resnet18-predictor-00003'),
        condition('PredictorReady', 'True'),
        condition('IngressReady', 'True'),
        condition('Ready', 'True'),
      ],
      {
        deploymentMode: 'Serverless',
        components: {
          predictor: {
            latestReadyRevision: 'resnet18-predictor-00002',
            latestCreatedRevision: 'resnet18-predictor-00003',
            traffic: [
              { latestRevision: true, percent: 20, revisionName: 'resnet18-predictor-00003' },
              { latestRevision: false, percent: 80, revisionName: 'resnet18-predictor-00002' },
            ],
          },
        },
      },
    ),
    code: 'out-of-memory',
    summary:
      'The new revision resnet18-predictor-00003 of resnet18 failed (Container failed with: OOM); the earlier revision resnet18-predictor-00002 goes on answering 80% of the requests.',
    remedy: /roll back/,
  },
  {
    name: "the pod of a Knative revision tells more than the revision's condition",
    evidence: knative(
      [failed('Container failed with: exit status 1'), missing],
      {},
      {
        pods: [
          a.pod(a.onNode([a.waiting('ImagePullBackOff', 'docker.io/x/y:1: not found')]), { spec: { nodeName: 'one' } }),
        ],
      },
    ),
    code: 'image-not-found',
    summary: /does not exist in its registry/,
  },
  {
    name: 'the network layer of Knative does not make the route ready',
    evidence: knative(
      [
        condition('PredictorConfigurationReady', 'True'),
        condition('PredictorReady', 'Unknown', 'Uninitialized', 'Waiting for load balancer to be ready'),
        condition('PredictorRouteReady', 'Unknown', 'Uninitialized', 'Waiting for load balancer to be ready'),
        condition('Ready', 'Unknown', 'Uninitialized', 'Waiting for load balancer to be ready'),
      ],
      {},
      { pods: [readyPod], now: Date.parse('2026-10-01T22:05:00Z') },
    ),
    code: 'knative-network',
    summary:
      "Knative's network layer (Istio, Kourier or Contour) has not made the route of resnet18 ready for 12 h: Waiting for load balancer to be ready; its pod itself is ready.",
  },
  {
    name: 'the ingress of Knative was not reconciled',
    evidence: knative(
      [
        condition('PredictorConfigurationReady', 'True'),
        condition('PredictorRouteReady', 'Unknown', 'IngressNotConfigured', 'Ingress has not yet been reconciled.'),
        condition('Ready', 'Unknown', 'IngressNotConfigured', 'Ingress has not yet been reconciled.'),
      ],
      {},
      { now: Date.parse('2026-10-01T10:15:00Z') },
    ),
    code: 'knative-network',
    summary: /for 10 min: Ingress has not yet been reconciled\.$/,
  },
  ...(
    [
      [
        'nodeSelector',
        'must not set the field(s): spec.template.spec.nodeSelector',
        /kubernetes\.podspec-nodeselector/,
      ],
      [
        'tolerations, affinity',
        'must not set the field(s): spec.template.spec.tolerations, spec.template.spec.affinity',
        /podspec-tolerations, kubernetes\.podspec-affinity/,
      ],
      ['an init container', 'must not set the field(s): spec.template.spec.initContainers', /podspec-init-containers/],
    ] as const
  ).map(([what, why, remedy]): Case => ({
    name: `Knative does not take ${what}`,
    evidence: refused(`validation failed: ${why}`),
    code: 'knative-feature-disabled',
    summary: /^Knative does not take /,
    remedy,
  })),
  {
    name: 'Knative mounts no claims for writing, as newer versions say it in several lines',
    evidence: refused(
      'validation failed: Persistent volume claim support is disabled, but found persistent volume claim models:\nPersistent volume write support is disabled, but found persistent volume claim models that is not read-only:\nmust not set the field(s): spec.template.spec.volumes[0].persistentVolumeClaim',
    ),
    code: 'knative-claim-disabled',
    summary: /does not let resnet18 mount a claim/,
    remedy: /kubernetes\.podspec-persistent-volume-write/,
  },
  {
    name: 'a field that Knative has no feature for is told in its own words',
    evidence: refused('validation failed: must not set the field(s): spec.template.spec.containers[0].lifecycle'),
    code: 'admission-denied',
    summary: /validation\.webhook\.serving\.knative\.dev does not admit resnet18: .*lifecycle/,
  },
  {
    name: 'a policy about claims in Knative mode is not that of Knative',
    evidence: knative(
      [],
      { deploymentMode: 'Knative', conditions: [condition('Ready', 'Unknown')] },
      {
        events: [
          serviceEvent(
            'InternalError',
            'fails to create knative service: admission webhook "policies.acme.example" denied the request: persistentVolumeClaim is not allowed',
          ),
        ],
      },
    ),
    code: 'admission-denied',
    summary: /^The webhook policies\.acme\.example does not admit resnet18/,
  },
  {
    name: 'what Knative says of a configuration without naming a revision',
    evidence: knative([
      condition(
        'PredictorConfigurationReady',
        'False',
        'ContainerMissing',
        'Unable to fetch image "pytorch/torchserve-kfs:0.8.2": failed to resolve image to digest: HEAD https://index.docker.io/v2/pytorch/torchserve-kfs/manifests/0.8.2: unexpected status code 401 Unauthorized (HEAD responses have no body, use GET for details)',
      ),
      missing,
    ]),
    code: 'revision-image-unresolved',
    summary: /401 Unauthorized/,
  },
  {
    name: 'Knative mounts no claims, told in an event',
    evidence: refused(
      'validation failed: must not set the field(s): spec.template.spec.volumes[0].persistentVolumeClaim',
    ),
    code: 'knative-claim-disabled',
    summary: /does not let resnet18 mount a claim/,
  },
];

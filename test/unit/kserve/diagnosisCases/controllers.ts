import type { Condition } from '../../../../src/kserve/resources/core.ts';
import type { InferenceServiceStatus } from '../../../../src/kserve/resources/inferenceService.ts';
import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import { log, serviceEvent, type Case } from './case.ts';

const condition = (type: string, status: Condition['status'], reason = '', message = ''): Condition => ({
  type,
  status,
  reason,
  message,
});
const reconcileFailed = (message: string, type = 'PredictorReady'): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service(
      {},
      {
        ...a.starting,
        conditions: [
          condition(type, 'False', 'ReconcileFailed', message),
          condition('Ready', 'False', 'ReconcileFailed'),
        ],
      },
    ),
  });
const ready = a.pod(a.onNode([a.running()]), { spec: { nodeName: 'n1' } });
const withIngress = (ingress: Condition, over: Partial<DiagnosisEvidence> = {}): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service(
      {},
      { conditions: [ingress, condition('PredictorReady', 'True'), condition('Ready', 'False', ingress.reason)] },
    ),
    pods: [ready],
    ...over,
  });
const scc =
  'pods "resnet18-predictor-1" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000660000, 1000669999]]';
const meshed = (status: InferenceServiceStatus): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service({ metadata: { annotations: { 'serving.kserve.io/deploymentMode': 'ModelMesh' } } }, status),
    now: Date.parse('2026-10-01T10:05:00Z'),
  });

export const controllers: readonly Case[] = [
  {
    name: 'no SecurityContextConstraints of OpenShift admit the pod',
    evidence: a.evidence({ replicaSets: [a.refusingReplicaSet(scc)], claims: [] }),
    code: 'security-context-constraint',
    summary: /under no SecurityContextConstraints .*anyuid.*restricted-v2: \.containers\[0\]\.runAsUser/,
    remedy: /oc adm policy add-scc-to-user anyuid -z default -n ml/,
  },
  {
    name: 'a policy about claims, in Standard mode: not Knative',
    evidence: a.evidence({
      replicaSets: [
        a.refusingReplicaSet(
          'admission webhook "validation.gatekeeper.sh" denied the request: [psp-volume-types] The volume type persistentVolumeClaim is not allowed, pod: resnet18-predictor-1. Allowed volume types: ["configMap", "emptyDir"]',
        ),
      ],
    }),
    code: 'admission-denied',
    summary: /^The webhook validation\.gatekeeper\.sh does not admit resnet18: \[psp-volume-types\]/,
  },
  {
    name: 'our own ServiceAccount has no right, and is no controller',
    evidence: a.evidence({
      refusals: [
        'inferenceservices.serving.kserve.io is forbidden: User "system:serviceaccount:ci:deployer" cannot create resource "inferenceservices" in API group "serving.kserve.io" in the namespace "ml"',
      ],
    }),
    code: 'forbidden',
    summary: 'The ServiceAccount deployer of the namespace ci may not create inferenceservices in the namespace ml.',
  },
  {
    name: 'a host name over 63 characters',
    evidence: reconcileFailed(
      'Ingress.networking.k8s.io "resnet18" is invalid: spec.rules[0].host: Invalid value: "resnet18-ml.a-very-long-domain": must be no more than 63 characters',
    ),
    code: 'name-too-long',
    summary: /longer than the 63 characters/,
    remedy: /shorter name/,
  },
  {
    name: 'a limit below the request of the runtime',
    evidence: reconcileFailed(
      'Deployment.apps "resnet18-predictor" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ),
    code: 'limit-below-request',
    summary: /asks for more cpu \(2\) than its limit/,
  },
  {
    name: 'a volumeMount without a volume',
    evidence: reconcileFailed(
      'Deployment.apps "resnet18-predictor" is invalid: spec.template.spec.containers[0].volumeMounts[0].name: Not found: "cache"',
    ),
    code: 'volume-mount-unknown',
    summary: 'A container of resnet18 mounts the volume cache, which the pod does not have.',
  },
  {
    name: 'KEDA is missing',
    evidence: reconcileFailed('no matches for kind "ScaledObject" in version "keda.sh/v1alpha1"'),
    code: 'autoscaler-missing',
    summary: /the cluster has no KEDA/,
  },
  {
    name: 'a kind is missing',
    evidence: reconcileFailed('no matches for kind "OpenTelemetryCollector" in version "opentelemetry.io/v1beta1"'),
    code: 'kind-missing',
    summary: /does not know the kind OpenTelemetryCollector/,
  },
  {
    name: 'KServe cannot make it, in words that nobody knows',
    evidence: reconcileFailed('the moon is full'),
    code: 'reconcile-failed',
    summary: "KServe's controller cannot make resnet18: the moon is full.",
  },
  {
    name: 'the transformer cannot be made, in words that nobody knows',
    evidence: reconcileFailed('the sun is out', 'TransformerReady'),
    code: 'reconcile-failed',
    summary: /the sun is out/,
  },
  {
    name: 'the cluster does not know VirtualServices, and the predictor is ready',
    evidence: withIngress(
      condition(
        'IngressReady',
        'False',
        'ReconcileIngressFailed',
        'no matches for kind "VirtualService" in version "networking.istio.io/v1beta1"',
      ),
      {
        events: [
          serviceEvent(
            'InternalError',
            'fails to reconcile ingress: no matches for kind "VirtualService" in version "networking.istio.io/v1beta1"',
          ),
        ],
      },
    ),
    code: 'ingress-kind-missing',
    summary: /cannot make the way in to resnet18: .*VirtualService .*its predictor itself is ready/,
    remedy: /disableIstioVirtualHost/,
  },
  {
    name: 'the cluster does not know HTTPRoutes',
    evidence: withIngress(
      condition(
        'IngressReady',
        'False',
        'Failed',
        'no matches for kind "HTTPRoute" in version "gateway.networking.k8s.io/v1"',
      ),
    ),
    code: 'ingress-kind-missing',
    summary: /HTTPRoute/,
    remedy: /Gateway API/,
  },
  {
    name: 'the cluster does not know VirtualServices, told in an event alone',
    evidence: withIngress(condition('IngressReady', 'Unknown'), {
      events: [
        serviceEvent(
          'InternalError',
          'fails to reconcile ingress: no matches for kind "VirtualService" in version "networking.istio.io/v1beta1"',
        ),
      ],
    }),
    code: 'ingress-kind-missing',
    summary: /VirtualService/,
  },
  {
    name: 'the host of the way in belongs to another service',
    evidence: withIngress(condition('IngressReady', 'Unknown'), {
      events: [
        serviceEvent(
          'InternalError',
          'fails to reconcile ingress: admission webhook "validate.nginx.ingress.kubernetes.io" denied the request: host "resnet18.example.com" and path "/" is already defined in ingress other/cats',
        ),
      ],
    }),
    code: 'admission-denied',
    summary: /is already defined in ingress other\/cats\.$/,
  },
  {
    name: 'no SecurityContextConstraints, as an older OpenShift says it',
    evidence: a.evidence({
      replicaSets: [
        a.refusingReplicaSet(
          'pods "resnet18-predictor-1" is forbidden: unable to validate against any security context constraint: [spec.containers[0].securityContext.runAsUser: Invalid value: 1000: must be in the ranges: [1000660000, 1000669999]]',
        ),
      ],
    }),
    code: 'security-context-constraint',
    summary: /runAsUser: Invalid value: 1000/,
    remedy: /oc adm policy add-scc-to-user nonroot-v2 -z default/,
  },
  {
    name: 'the way in cannot be made for another reason',
    evidence: withIngress(
      condition('IngressReady', 'False', 'Failed', 'HTTPRoute resnet18 was not accepted: no such gateway'),
    ),
    code: 'ingress-failed',
    summary: /was not accepted: no such gateway; its predictor itself is ready/,
  },
  {
    name: "ModelMesh's controller does not run",
    evidence: meshed({}),
    code: 'modelmesh-silent',
    summary: /to be served by ModelMesh .*for 5 min/,
  },
  {
    name: 'ModelMesh could not load the model',
    evidence: meshed({
      conditions: [condition('Ready', 'False')],
      modelStatus: {
        transitionStatus: 'BlockedByFailedLoad',
        states: { activeModelState: '', targetModelState: 'FailedToLoad' },
        lastFailureInfo: {
          reason: 'ModelLoadFailed',
          message: 'Failed to pull model\nno such object',
          location: 'triton-1',
        },
      },
    }),
    code: 'model-load-failed',
    summary: 'ModelMesh could not load the model of resnet18 on triton-1: no such object.',
  },
  {
    name: 'a ReplicaSet that cannot make pods, in words that nobody knows',
    evidence: a.evidence({ replicaSets: [a.refusingReplicaSet('the tide is high')] }),
    code: 'replica-failure',
    summary: 'The cluster cannot make what resnet18 needs: the tide is high.',
  },
  {
    name: 'nothing but a warning of the cluster',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), { spec: { nodeName: 'n1' } })],
      events: [
        a.event('Unhealthy', 'Readiness probe failed: connection refused'),
        a.event('FailedAcme', 'acme agent: the licence has run out', undefined, '2026-10-01T10:00:05Z'),
      ],
    }),
    code: 'cluster-warning',
    summary: /The newest warning of the cluster, about the Pod \S+: acme agent: the licence has run out\.$/,
  },
  {
    name: 'a worker of TorchServe that was killed without a word',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.running(false)]), { spec: { nodeName: 'n1' } })],
      logs: [
        log(
          '2024-11-27T16:39:43,312 [INFO ] W-9000-bloom_1.0-stdout MODEL_LOG - Torch worker started.\n2024-11-27T16:40:20,001 [INFO ] epollEventLoopGroup-5-1 org.pytorch.serve.wlm.WorkerThread - 9000 Worker disconnected. WORKER_STARTED\n2024-11-27T16:40:20,002 [ERROR] W-9000-bloom_1.0 org.pytorch.serve.wlm.WorkerThread - Backend worker monitoring thread interrupted or backend worker process died., responseTimeout:120sec\njava.lang.InterruptedException: null\n2024-11-27T16:40:20,010 [WARN ] W-9000-bloom_1.0 org.pytorch.serve.wlm.BatchAggregator - Load model failed: bloom, error: Worker died.\n',
        ),
      ],
    }),
    code: 'worker-killed',
    summary: /was ended from outside while it loaded the model, without an error of its own: most likely for memory\.$/,
    remedy: /Raise the memory/,
  },
];

const crash = (text: string): DiagnosisEvidence =>
  a.evidence({
    pods: [a.pod(a.onNode([a.crashing(1)]), { spec: { nodeName: 'n1' } })],
    logs: [log(text, { previous: true })],
  });

/** The rest of what TorchServe says, one for each code. */
export const serverWords: readonly Case[] = (
  [
    [
      'unknown-arguments',
      'torchserve: error: unrecognized arguments: --workers 3\n',
      /does not know the arguments --workers 3/,
    ],
    [
      'config-snapshot-broken',
      '  File "/home/model-server/kserve_wrapper/__main__.py", line 46, in parse_config\njson.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n',
      /is no JSON/,
    ],
    [
      'token-required',
      'Token Authorization failed. Token either incorrect, expired, or not provided correctly\n',
      /asks KServe's wrapper for a token/,
    ],
    [
      'handler-classes',
      "ValueError: Expected only one class in custom service code or a function entry point [<class 'a.One'>, <class 'a.Two'>]\n",
      /2 classes \(One, Two\)/,
    ],
    ['model-file-missing', 'RuntimeError: Missing the model.py file\n', /does not hold the model file/],
    [
      'import-failed',
      "ImportError: cannot import name 'Net' from 'model' (/home/model-server/tmp/model.py)\n",
      /cannot import name 'Net'/,
    ],
    ['disk-full', 'OSError: [Errno 28] No space left on device\n', /disk is full/],
    [
      'server-out-of-memory',
      'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB\n',
      /too little memory/,
    ],
    ['batch-mismatch', 'number of batch response mismatched, expect: 2, got: 1.\n', /cannot take apart/],
    [
      'python-error',
      '  File "/home/model-server/tmp/model.py", line 3\nSyntaxError: invalid syntax\n',
      /SyntaxError: invalid syntax/,
    ],
  ] as const
).map(([code, text, summary]) => ({ name: `a server that says ${code}`, evidence: crash(text), code, summary }));

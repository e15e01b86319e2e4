import { readFileSync } from 'node:fs';
import type { DiagnosisEvidence, LogTail } from '../../../src/kserve/index.ts';
import { runtimes } from './runtimes.ts';
import * as a from './objects.ts';

/** Evidence as a cluster gives it, and the sentence that a user has to get. */
export interface Case {
  readonly name: string;
  readonly evidence: DiagnosisEvidence;
  readonly code: string;
  readonly summary: string;
  readonly remedy?: RegExp;
}

const kserveWebhook = 'inferenceservice.kserve-webhook-server.defaulter';
const podWebhook = 'inferenceservice.kserve-webhook-server.pod-mutator';
const post =
  'Post "https://kserve-webhook-server-service.kserve.svc:443/mutate-serving-kserve-io-v1beta1-inferenceservice?timeout=10s"';
const forbiddenPod = `pods "${a.replicaSetName}-" is forbidden: `;

/** A log that a real TorchServe 0.9.0 wrote when it was made to fail. */
export function torchServeLog(name: string): string {
  return readFileSync(new URL(`../../fixtures/torchserve-logs/${name}.log`, import.meta.url), 'utf8');
}

export function log(text: string, over: Partial<LogTail> = {}): LogTail {
  return { pod: a.podName, container: 'kserve-container', previous: false, part: 'end', text, ...over };
}

const previousLog = (text: string): LogTail[] => [log(text, { previous: true })];
const s3 = { model: { storageUri: 's3://models/resnet18' } };
const isvcEvent = (reason: string, message: string): ReturnType<typeof a.event> =>
  a.event(reason, message, { kind: 'InferenceService', name: 'resnet18' });
const claimEvent = (reason: string, message: string): ReturnType<typeof a.event> =>
  a.event(reason, message, { kind: 'PersistentVolumeClaim', name: 'models' });

const refusals: Case[] = [
  {
    name: 'KServe is not there to admit the InferenceService',
    evidence: a.evidence({
      refusals: [
        `Internal error occurred: failed calling webhook "${kserveWebhook}": failed to call webhook: ${post}: no endpoints available for service "kserve-webhook-server-service"`,
      ],
    }),
    code: 'webhook-down',
    summary: `The webhook ${kserveWebhook} does not answer (no endpoints available), so that nothing can be admitted.`,
    remedy: /kserve-controller-manager/,
  },
  {
    name: 'KServe refuses connections',
    evidence: a.evidence({
      refusals: [
        `Internal error occurred: failed calling webhook "${kserveWebhook}": failed to call webhook: ${post}: dial tcp 10.96.12.7:443: connect: connection refused`,
      ],
    }),
    code: 'webhook-down',
    summary: `The webhook ${kserveWebhook} does not answer (connection refused), so that nothing can be admitted.`,
  },
  {
    name: "the webhook's Service is gone",
    evidence: a.evidence({
      refusals: [
        `Internal error occurred: failed calling webhook "${kserveWebhook}": failed to call webhook: ${post}: service "kserve-webhook-server-service" not found`,
      ],
    }),
    code: 'webhook-missing',
    summary: `The webhook ${kserveWebhook} cannot be called: its Service kserve-webhook-server-service does not exist.`,
  },
  {
    name: "the webhook's certificate has another authority",
    evidence: a.evidence({
      replicaSets: [
        a.refusingReplicaSet(
          `Internal error occurred: failed calling webhook "${podWebhook}": failed to call webhook: Post "https://kserve-webhook-server-service.kserve.svc:443/mutate-pods?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
        ),
      ],
    }),
    code: 'webhook-certificate',
    summary: `The API server does not trust the certificate of the webhook ${podWebhook}, so that nothing can be admitted.`,
  },
  {
    name: 'the user may not make InferenceServices',
    evidence: a.evidence({
      refusals: [
        'inferenceservices.serving.kserve.io is forbidden: User "anna" cannot create resource "inferenceservices" in API group "serving.kserve.io" in the namespace "ml"',
      ],
    }),
    code: 'forbidden',
    summary: 'anna may not create inferenceservices in the namespace ml.',
  },
  {
    name: "KServe's controller may not make Deployments",
    evidence: a.evidence({
      events: [
        isvcEvent(
          'InternalError',
          'fails to reconcile predictor: deployments.apps is forbidden: User "system:serviceaccount:kserve:kserve-controller-manager" cannot create resource "deployments" in API group "apps" in the namespace "ml"',
        ),
      ],
    }),
    code: 'controller-forbidden',
    summary:
      'The ServiceAccount kserve-controller-manager of a controller may not create deployments in the namespace ml.',
  },
  {
    name: 'the quota is used up',
    evidence: a.evidence({
      replicaSets: [
        a.refusingReplicaSet(
          `${forbiddenPod}exceeded quota: compute, requested: limits.memory=8Gi,requests.memory=8Gi, used: limits.memory=3Gi,requests.memory=3Gi, limited: limits.memory=8Gi,requests.memory=4Gi`,
        ),
      ],
    }),
    code: 'quota-exceeded',
    summary:
      'The quota compute of the namespace ml is used up (limits.memory: 8.0 GiB asked for, 3.0 GiB of 8.0 GiB used; requests.memory: 8.0 GiB asked for, 3.0 GiB of 4.0 GiB used).',
  },
  {
    name: 'the quota, as the Deployment and KServe pass it on',
    evidence: a.evidence({
      isvc: a.service(
        {},
        {
          ...a.starting,
          conditions: [
            {
              type: 'PredictorReady',
              status: 'False',
              reason: 'FailedCreate',
              message: `${forbiddenPod}exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4`,
            },
          ],
        },
      ),
    }),
    code: 'quota-exceeded',
    summary: 'The quota compute of the namespace ml is used up (pods: 1 asked for, 4 of 4 used).',
  },
  {
    name: 'the quota wants resources to be named',
    evidence: a.evidence({
      replicaSets: [
        a.refusingReplicaSet(`${forbiddenPod}failed quota: compute: must specify limits.cpu for: storage-initializer`),
      ],
    }),
    code: 'quota-needs-resources',
    summary: 'The quota compute of the namespace ml admits only pods that say limits.cpu for storage-initializer.',
  },
  {
    name: 'a LimitRange',
    evidence: a.evidence({
      replicaSets: [a.refusingReplicaSet(`${forbiddenPod}maximum memory usage per Container is 4Gi, but limit is 8Gi`)],
    }),
    code: 'limit-range',
    summary:
      'A LimitRange of the namespace ml allows at most 4.0 GiB of memory for each container, and 8.0 GiB is asked for.',
  },
  {
    name: 'pod security',
    evidence: a.evidence({
      replicaSets: [
        a.refusingReplicaSet(
          `${forbiddenPod}violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (containers "storage-initializer", "kserve-container" must set securityContext.allowPrivilegeEscalation=false), seccompProfile (pod or containers "storage-initializer", "kserve-container" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`,
        ),
      ],
    }),
    code: 'pod-security',
    summary:
      'Pod security "restricted:latest" of the namespace ml does not admit the pod: allowPrivilegeEscalation != false, seccompProfile.',
  },
  {
    name: 'the ServiceAccount is missing',
    evidence: a.evidence({
      replicaSets: [
        a.refusingReplicaSet(
          `${forbiddenPod}error looking up service account ml/s3-sa: serviceaccount "s3-sa" not found`,
        ),
      ],
    }),
    code: 'service-account-missing',
    summary: 'The ServiceAccount s3-sa does not exist in the namespace ml.',
  },
  {
    name: 'another webhook denies',
    evidence: a.evidence({
      refusals: ['admission webhook "policy.example.com" denied the request: images from docker.io are not allowed.'],
    }),
    code: 'admission-denied',
    summary: 'The webhook policy.example.com does not admit resnet18: images from docker.io are not allowed.',
  },
  {
    name: 'Knative mounts no claims',
    evidence: a.evidence({
      isvc: a.service(
        {},
        {
          deploymentMode: 'Knative',
          conditions: [
            {
              type: 'PredictorReady',
              status: 'False',
              reason: 'ReconcileFailed',
              message:
                'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: must not set the field(s): spec.template.spec.volumes[0].persistentVolumeClaim',
            },
          ],
        },
      ),
    }),
    code: 'knative-claim-disabled',
    summary:
      'Knative does not let resnet18 mount a claim: its feature kubernetes.podspec-persistent-volume-claim is off.',
  },
];

const specs: Case[] = [
  {
    name: 'onnx without a protocol',
    evidence: a.evidence({
      isvc: a.service(
        { model: { modelFormat: { name: 'onnx' }, protocolVersion: undefined } },
        a.failed('NoSupportingRuntime', 'No runtime found to support specified framework/version'),
      ),
      clusterServingRuntimes: runtimes,
    }),
    code: 'no-runtime',
    summary:
      'KServe finds no runtime for onnx with protocol v1. kserve-tritonserver speaks v2, grpc-v2, not v1 (which KServe takes when none is given).',
    remedy: /^Set protocolVersion: v2 /,
  },
  {
    name: 'a format that nobody serves, without knowing the runtimes',
    evidence: a.evidence({
      isvc: a.service(
        { model: { modelFormat: { name: 'caffe', version: '2' } } },
        a.failed('NoSupportingRuntime', 'No runtime found to support specified framework/version'),
      ),
    }),
    code: 'no-runtime',
    summary: 'KServe finds no runtime for caffe 2 with protocol v1.',
  },
  {
    name: 'a runtime that does not exist',
    evidence: a.evidence({
      isvc: a.service(
        { model: { runtime: 'torch' } },
        a.failed('RuntimeNotRecognized', 'Waiting for runtime to become available'),
      ),
    }),
    code: 'runtime-missing',
    summary: 'There is no ServingRuntime or ClusterServingRuntime with the name torch.',
  },
  {
    name: 'a runtime that is disabled',
    evidence: a.evidence({
      isvc: a.service(
        { model: { runtime: 'kserve-torchserve' } },
        a.failed('RuntimeDisabled', 'Specified runtime is disabled'),
      ),
    }),
    code: 'runtime-disabled',
    summary: 'The runtime kserve-torchserve that resnet18 names is disabled.',
  },
  {
    name: 'a runtime that speaks another protocol',
    evidence: a.evidence({
      isvc: a.service(
        { model: { runtime: 'kserve-mlserver', protocolVersion: 'v1', modelFormat: { name: 'sklearn' } } },
        a.failed('NoSupportingRuntime', 'Specified runtime does not support specified protocol version'),
      ),
      clusterServingRuntimes: runtimes,
    }),
    code: 'no-runtime',
    summary: 'kserve-mlserver speaks v2, not v1.',
  },
  {
    name: 'a predictor that cannot be merged with its runtime',
    evidence: a.evidence({
      isvc: a.service(
        {},
        a.failed('InvalidPredictorSpec', 'failed to find kserve-container in ServingRuntime containers'),
      ),
    }),
    code: 'invalid-spec',
    summary: 'KServe cannot make a workload of resnet18: failed to find kserve-container in ServingRuntime containers.',
  },
  {
    name: 'a storage URI that nobody fetches',
    evidence: a.evidence({
      isvc: a.service(
        { model: { storageUri: 'ftp://models/resnet18' } },
        { conditions: [{ type: 'Ready', status: 'Unknown' }] },
      ),
      events: [
        isvcEvent(
          'InternalError',
          'StorageURI not supported: storageUri, must be one of: [gs://, s3://, pvc://] or match https://{}.blob.core.windows.net/{}/{} or be an absolute or relative local path. StorageUri [ftp://models/resnet18] is not supported',
        ),
      ],
    }),
    code: 'storage-uri',
    summary:
      'KServe cannot fetch the model of resnet18 from ftp://models/resnet18: no storage container of the cluster takes such a URI.',
  },
  {
    name: 'Knative mode without Knative',
    evidence: a.evidence({
      events: [
        isvcEvent(
          'ServerlessModeRejected',
          'It is not possible to use Knative deployment mode when Knative Services are not available',
        ),
      ],
    }),
    code: 'knative-missing',
    summary: 'resnet18 is to run in Knative mode, and the cluster has no Knative Serving.',
  },
  {
    name: "KServe's controller does not run",
    evidence: a.evidence({ isvc: a.service({}, {}), now: Date.parse('2026-10-01T10:01:05Z') }),
    code: 'controller-silent',
    summary: "KServe's controller has not looked at resnet18 for 65 s.",
  },
  {
    name: 'a finalizer holds the deletion',
    evidence: a.evidence({
      isvc: a.service({ metadata: { deletionTimestamp: '2026-10-01T10:05:00Z' } }, a.ready),
      now: Date.parse('2026-10-01T10:06:00Z'),
    }),
    code: 'deletion-held',
    summary: 'The deletion of resnet18 has been held for 60 s by the finalizer inferenceservice.finalizers.',
  },
];

const nodes = [
  a.node('one', { cpu: '2', memory: '3905100Ki' }),
  a.node('two', { cpu: '2', memory: '4Gi' }),
  a.node('three', { cpu: '2', memory: '4Gi' }),
];

const placing: Case[] = [
  {
    name: 'the claim is missing',
    evidence: a.evidence({
      claims: [],
      pods: [
        a.pod(
          a.unschedulable(
            '0/1 nodes are available: persistentvolumeclaim "models" not found. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
          ),
        ),
      ],
    }),
    code: 'claim-missing',
    summary: 'The PersistentVolumeClaim models that resnet18 reads its model from does not exist in the namespace ml.',
  },
  {
    name: 'the claim is missing, as Kubernetes before 1.22 says it in an event',
    evidence: a.evidence({
      claims: [],
      pods: [a.pod()],
      events: [a.event('FailedScheduling', '0/3 nodes are available: 3 persistentvolumeclaim "models" not found.')],
    }),
    code: 'claim-missing',
    summary: 'The PersistentVolumeClaim models that resnet18 reads its model from does not exist in the namespace ml.',
  },
  {
    name: 'nobody makes a volume for the claim',
    evidence: a.evidence({
      claims: [a.claim('Pending', { storageClassName: '' })],
      pods: [
        a.pod(
          a.unschedulable(
            '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
          ),
        ),
      ],
      events: [
        claimEvent('FailedBinding', 'no persistent volumes available for this claim and no storage class is set'),
      ],
    }),
    code: 'no-provisioner',
    summary:
      'The PersistentVolumeClaim models has no volume: it names no StorageClass, the cluster has no default one, and no volume fits it.',
  },
  {
    name: "the claim's StorageClass does not exist",
    evidence: a.evidence({
      claims: [a.claim('Pending', { storageClassName: 'fast' })],
      pods: [a.pod(a.unschedulable('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'))],
      events: [claimEvent('ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found')],
    }),
    code: 'storage-class-missing',
    summary: 'The PersistentVolumeClaim models has no volume: its StorageClass fast does not exist.',
  },
  {
    name: 'the provisioner fails',
    evidence: a.evidence({
      claims: [a.claim('Pending')],
      pods: [a.pod(a.unschedulable('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'))],
      events: [
        claimEvent(
          'ProvisioningFailed',
          'failed to provision volume with StorageClass "standard": rpc error: code = ResourceExhausted desc = not enough free space in pool',
        ),
      ],
    }),
    code: 'claim-provisioning-failed',
    summary:
      'The PersistentVolumeClaim models has no volume: the provisioner of standard failed (not enough free space in pool).',
  },
  {
    name: 'the provisioner has not answered yet',
    evidence: a.evidence({
      claims: [a.claim('Pending')],
      pods: [a.pod(a.unschedulable('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'))],
      events: [
        claimEvent(
          'ExternalProvisioning',
          "Waiting for a volume to be created either by the external provisioner 'k8s.io/minikube-hostpath' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
        ),
      ],
    }),
    code: 'claim-provisioning',
    summary:
      'The PersistentVolumeClaim models has no volume: the provisioner k8s.io/minikube-hostpath has not made it yet.',
  },
  {
    name: 'the claim waits for a pod, and none comes',
    evidence: a.evidence({
      claims: [a.claim('Pending')],
      events: [claimEvent('WaitForFirstConsumer', 'waiting for first consumer to be created before binding')],
    }),
    code: 'claim-waits-for-pod',
    summary:
      'The PersistentVolumeClaim models gets its volume with the first pod that mounts it, and there is none yet.',
  },
  {
    name: 'no local volume is left for the class',
    evidence: a.evidence({
      claims: [a.claim('Pending', { storageClassName: 'local' })],
      pods: [
        a.pod(a.unschedulable("0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.")),
      ],
      events: [claimEvent('WaitForFirstConsumer', 'waiting for first consumer to be created before binding')],
    }),
    code: 'claim-pending',
    summary: 'The PersistentVolumeClaim models has no volume: none of the StorageClass local fits it.',
  },
  {
    name: 'the volume is on another node',
    evidence: a.evidence({
      pods: [
        a.pod(
          a.unschedulable(
            "0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) didn't match PersistentVolume's node affinity. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
          ),
        ),
      ],
    }),
    code: 'volume-node-conflict',
    summary:
      'No node can take the pod of resnet18: of 2, 1 has been cordoned, 1 has no access to the volume, which is on another node or in another zone.',
  },
  {
    name: 'the volume is on another node, as Kubernetes before 1.34 says it',
    evidence: a.evidence({
      pods: [a.pod(a.unschedulable('0/1 nodes are available: 1 node(s) had volume node affinity conflict.'))],
    }),
    code: 'volume-node-conflict',
    summary:
      'No node can take the pod of resnet18: the only one has no access to the volume, which is on another node or in another zone.',
  },
  {
    name: 'too little memory anywhere',
    evidence: a.evidence({
      nodes,
      pods: [
        a.pod(
          a.unschedulable(
            '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
          ),
        ),
      ],
    }),
    code: 'insufficient-memory',
    summary:
      'No node can take the pod of resnet18: of 3, 1 has a taint that the pod does not tolerate {node-role.kubernetes.io/control-plane}, 2 have too little memory (it asks for 8.0 GiB; the largest node has 4.0 GiB).',
    remedy: /^Ask for less memory/,
  },
  {
    name: 'no GPU',
    evidence: a.evidence({ pods: [a.pod(a.unschedulable('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.'))] }),
    code: 'insufficient-nvidia.com/gpu',
    summary: 'No node can take the pod of resnet18: the only one has too little nvidia.com/gpu.',
    remedy: /device plugin/,
  },
  {
    name: 'a taint of Kubernetes 1.34',
    evidence: a.evidence({
      pods: [a.pod(a.unschedulable('0/1 nodes are available: 1 node(s) had untolerated taint(s).'))],
    }),
    code: 'taint',
    summary: 'No node can take the pod of resnet18: the only one has a taint that the pod does not tolerate.',
  },
  {
    name: 'a full disk keeps the pod away',
    evidence: a.evidence({
      pods: [
        a.pod(
          a.unschedulable(
            '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
          ),
        ),
      ],
    }),
    code: 'pressure',
    summary: 'No node can take the pod of resnet18: the only one has disk pressure.',
  },
  {
    name: 'no node has the labels',
    evidence: a.evidence({
      pods: [a.pod(a.unschedulable("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."))],
    }),
    code: 'node-selector',
    summary:
      "No node can take the pod of resnet18: of 2, 2 have other labels than the pod's nodeSelector or affinity asks for.",
  },
  {
    name: 'no node at all',
    evidence: a.evidence({ pods: [a.pod(a.unschedulable('no nodes available to schedule pods'))] }),
    code: 'no-nodes',
    summary: 'The pod of resnet18 cannot be placed: the cluster has no node.',
  },
  {
    name: 'the node is lost',
    evidence: a.evidence({
      nodes: [a.node('one', {}, false)],
      pods: [a.pod(a.onNode([a.running(false)]), { spec: { nodeName: 'one' } })],
    }),
    code: 'node-not-ready',
    summary: 'The node one of resnet18 does not answer.',
  },
  {
    name: 'the node is lost, for who may not read nodes',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.running(false)]), { spec: { nodeName: 'one' } })],
      events: [a.event('NodeNotReady', 'Node is not ready')],
    }),
    code: 'node-not-ready',
    summary: 'The node one of resnet18 does not answer.',
  },
  {
    name: 'evicted for memory',
    evidence: a.evidence({
      pods: [
        a.pod(
          {
            phase: 'Failed',
            reason: 'Evicted',
            message:
              'The node was low on resource: memory. Threshold quantity: 100Mi, available: 88Mi. Container kserve-container was using 3Gi, request is 1Gi, has larger consumption of memory. ',
          },
          { spec: { nodeName: 'one' } },
        ),
      ],
    }),
    code: 'evicted-memory',
    summary:
      'The node one ran low on memory and evicted the pod of resnet18 (kserve-container used 3Gi, and had asked for 1Gi).',
  },
];

const volumes: Case[] = [
  {
    name: 'the claim is in use on another node',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), { spec: { nodeName: 'two' } })],
      events: [
        a.event(
          'FailedAttachVolume',
          'Multi-Attach error for volume "pvc-0d9c" Volume is already used by pod(s) model-deck-upload-x7k2p',
        ),
      ],
    }),
    code: 'multi-attach',
    summary:
      'The volume pvc-0d9c of the claim models can be attached to one node only (ReadWriteOnce), and is in use by the pod model-deck-upload-x7k2p on another node.',
  },
  {
    name: 'the folder is not on the claim',
    evidence: a.evidence({
      pods: [
        a.pod(
          a.onNode([
            a.waiting(
              'CreateContainerConfigError',
              'failed to create subPath directory for volumeMount "kserve-pvc-source" of container "kserve-container"',
            ),
          ]),
          { spec: { nodeName: 'one' } },
        ),
      ],
    }),
    code: 'model-folder-missing',
    summary: 'The folder of pvc://models/resnet18 is not on the claim, or is no folder.',
  },
  {
    name: 'a Secret is missing',
    evidence: a.evidence({
      pods: [
        a.pod(a.onNode([a.waiting('CreateContainerConfigError', 'secret "s3creds" not found')]), {
          spec: { nodeName: 'one' },
        }),
      ],
    }),
    code: 'secret-missing',
    summary: 'The Secret s3creds that the pod of resnet18 needs does not exist in the namespace ml.',
  },
  {
    name: 'a ConfigMap is missing',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), { spec: { nodeName: 'one' } })],
      events: [a.event('FailedMount', 'MountVolume.SetUp failed for volume "ca" : configmap "odh-ca" not found')],
    }),
    code: 'config-map-missing',
    summary: 'The ConfigMap odh-ca that the pod of resnet18 needs does not exist in the namespace ml.',
  },
  {
    name: 'a key of a Secret is missing',
    evidence: a.evidence({
      pods: [
        a.pod(
          a.onNode([
            a.waiting('CreateContainerConfigError', "couldn't find key AWS_ACCESS_KEY_ID in Secret ml/s3creds"),
          ]),
          {
            spec: { nodeName: 'one' },
          },
        ),
      ],
    }),
    code: 'key-missing',
    summary: 'The Secret s3creds that the pod of resnet18 needs has no key AWS_ACCESS_KEY_ID.',
  },
  {
    name: 'the NFS server does not answer',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), { spec: { nodeName: 'one' } })],
      events: [
        a.event(
          'FailedMount',
          'MountVolume.SetUp failed for volume "nfs-models" : mount failed: exit status 32\nMounting command: mount\nOutput: mount.nfs: Connection timed out\n',
        ),
      ],
    }),
    code: 'mount-failed',
    summary:
      'The volume nfs-models of resnet18 cannot be mounted: mount failed: exit status 32 Mounting command: mount Output: mount.nfs: Connection timed out.',
  },
];

const image = 'pytorch/torchserve-kfs:0.9.0';
const pulling = (message: string, reason = 'ImagePullBackOff'): DiagnosisEvidence =>
  a.evidence({ pods: [a.pod(a.onNode([a.waiting(reason, message)]), { spec: { nodeName: 'one' } })] });
const backOff = (answer: string): DiagnosisEvidence =>
  pulling(
    `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "docker.io/${image}": ${answer}`,
  );

const images: Case[] = [
  {
    name: 'no such tag',
    evidence: backOff(`failed to resolve reference "docker.io/${image}": docker.io/${image}: not found`),
    code: 'image-not-found',
    summary: `The image ${image} of the container kserve-container does not exist in its registry.`,
  },
  {
    name: 'no such repository, as Docker Hub puts it',
    evidence: backOff(
      `failed to resolve reference "docker.io/${image}": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ),
    code: 'image-unauthorized',
    summary: `The image ${image} of the container kserve-container is not given out: its registry wants a login, or does not know it.`,
  },
  {
    name: 'no way to the registry, in the midst of a login',
    evidence: backOff(
      'failed to resolve reference: failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token": dial tcp: lookup auth.docker.io on 10.96.0.10:53: no such host',
    ),
    code: 'image-registry-unreachable',
    summary: `The image ${image} of the container kserve-container cannot be fetched: the node does not reach its registry.`,
  },
  {
    name: 'too many pulls',
    evidence: backOff(
      'failed to copy: httpReadSeeker: failed open: unexpected status code 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
    ),
    code: 'image-rate-limit',
    summary: `The image ${image} of the container kserve-container was asked for too often: its registry limits how often it answers.`,
  },
  {
    name: 'another processor',
    evidence: backOff('no match for platform in manifest: not found'),
    code: 'image-platform',
    summary: `The image ${image} of the container kserve-container does not exist for the node's processor.`,
  },
  {
    name: 'a name that is none',
    evidence: pulling(
      'Failed to apply default image tag "pytorch/torchserve kfs": couldn\'t parse image name "pytorch/torchserve kfs": invalid reference format',
      'InvalidImageName',
    ),
    code: 'image-name-invalid',
    summary: `The image ${image} of the container kserve-container is no valid name of an image.`,
  },
  {
    name: 'an image that has to be there already',
    evidence: pulling(`Container image "${image}" is not present with pull policy of Never`, 'ErrImageNeverPull'),
    code: 'image-not-present',
    summary: `The image ${image} of the container kserve-container is not on the node, and must not be pulled (imagePullPolicy: Never).`,
  },
  {
    name: 'the storage initializer of a cluster without internet; an older kubelet tells why in the event only',
    evidence: a.evidence({
      isvc: a.service(s3),
      pods: [
        a.pod(
          a.onNode(
            [a.waiting('PodInitializing')],
            [
              a.waiting(
                'ImagePullBackOff',
                'Back-off pulling image "kserve/storage-initializer:v0.20.0"',
                'storage-initializer',
              ),
            ],
          ),
          { uri: 's3', spec: { nodeName: 'one' } },
        ),
      ],
      events: [
        a.event(
          'Failed',
          'Failed to pull image "kserve/storage-initializer:v0.20.0": rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "docker.io/kserve/storage-initializer:v0.20.0": failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp 3.94.224.37:443: i/o timeout',
        ),
      ],
    }),
    code: 'image-registry-unreachable',
    summary:
      'The image kserve/storage-initializer:v0.20.0 of the container storage-initializer cannot be fetched: the node does not reach its registry.',
  },
  {
    name: 'an image that runs as root',
    evidence: pulling(
      'container has runAsNonRoot and image will run as root (pod: "resnet18-predictor_ml(7a1c3c52)", container: kserve-container)',
      'CreateContainerConfigError',
    ),
    code: 'runs-as-root',
    summary:
      'The image of the container kserve-container of resnet18 would run as root, which its securityContext (runAsNonRoot) forbids.',
  },
];

const fetching = (message: string, over: { exitCode?: number; reason?: string } = {}): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service(s3),
    pods: [
      a.pod(
        a.onNode(
          [a.waiting('PodInitializing')],
          [a.crashing(over.exitCode ?? 1, over.reason ?? 'Error', message, 'storage-initializer')],
        ),
        { uri: 's3', spec: { nodeName: 'one' } },
      ),
    ],
  });
const initializing =
  "2026-10-01 10:00:05.001 1 kserve INFO [initializer-entrypoint:<module>():16] Initializing, args: (src_uri, dest_path): [('s3://models/resnet18', '/mnt/models')]\n";
const storageError = (text: string): DiagnosisEvidence =>
  fetching(
    `${initializing}2026-10-01 10:00:06.001 1 kserve ERROR [initializer-entrypoint:<module>():28] Storage initialization failed: ${text}\n`,
  );

const arriving: Case[] = [
  {
    name: 'no such bucket',
    evidence: storageError("S3 bucket 'models' does not exist."),
    code: 'storage-not-found',
    summary: 'There is no model at s3://models/resnet18.',
  },
  {
    name: 'nothing under the prefix',
    evidence: storageError('Failed to fetch model. No model found in s3://models/resnet18.'),
    code: 'storage-not-found',
    summary: 'There is no model at s3://models/resnet18.',
  },
  {
    name: 'no credentials',
    evidence: storageError(
      'S3 authentication failed. Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true.',
    ),
    code: 'storage-unauthorized',
    summary:
      'The server of s3://models/resnet18 does not accept the credentials of the storage initializer, or there are none.',
  },
  {
    name: 'credentials that may not read it',
    evidence: storageError("Access denied to S3 resource 'models'. Verify permissions."),
    code: 'storage-access-denied',
    summary: 'The storage initializer may not read s3://models/resnet18.',
  },
  {
    name: 'no way to the server',
    evidence: storageError("Failed to connect to S3 endpoint 'models'."),
    code: 'storage-unreachable',
    summary: 'The storage initializer does not reach the server of s3://models/resnet18.',
  },
  {
    name: 'a certificate of an own authority',
    evidence: storageError(
      'S3 error: SSL validation failed for https://minio.minio.svc:9000/models [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)',
    ),
    code: 'storage-certificate',
    summary: 'The storage initializer does not trust the certificate of the server of s3://models/resnet18.',
  },
  {
    name: 'more than its memory',
    evidence: fetching('', { exitCode: 137, reason: 'OOMKilled' }),
    code: 'storage-out-of-memory',
    summary:
      'The storage initializer of resnet18 was ended for using more than its 1.0 GiB of memory while it fetched s3://models/resnet18.',
  },
  {
    name: 'a failure of an unknown kind',
    evidence: fetching(`${initializing}Segmentation fault (core dumped)\n`, { exitCode: 139 }),
    code: 'storage-failed',
    summary: 'The storage initializer of resnet18 could not fetch s3://models/resnet18 (exit code 139).',
  },
  {
    name: 'a namespace that the webhook leaves alone',
    evidence: a.evidence({
      namespace: { metadata: { name: 'ml', labels: { 'control-plane': 'kserve-controller-manager' } } },
      pods: [a.pod(a.onNode([a.crashing(1)]), { uri: 'none', spec: { nodeName: 'one' } })],
      logs: previousLog('--ts-config file not found: /mnt/models/config/config.properties\n'),
    }),
    code: 'namespace-control-plane',
    summary:
      "The namespace ml has the label control-plane, so that KServe's webhook gives its pods no model: /mnt/models of resnet18 is empty.",
  },
  {
    name: 'a webhook that does not mutate pods',
    evidence: a.evidence({
      namespace: { metadata: { name: 'ml' } },
      pods: [a.pod(a.onNode([a.crashing(1)]), { uri: 'none', spec: { nodeName: 'one' } })],
    }),
    code: 'model-not-injected',
    summary: "KServe's pod webhook did not give the pod of resnet18 its model: /mnt/models is empty.",
  },
];

const crashingPod = a.pod(a.onNode([a.crashing(1)]), { spec: { nodeName: 'one' } });
const crash = (text: string): DiagnosisEvidence => a.evidence({ pods: [crashingPod], logs: previousLog(text) });
const wrapper =
  'Traceback (most recent call last):\n  File "/home/model-server/kserve_wrapper/__main__.py", line 122, in <module>\n';

const crashes: Case[] = [
  {
    name: 'arguments of a later TorchServe',
    evidence: crash(
      'usage: torchserve [-h] [-v | --start | --stop] [--ts-config TS_CONFIG]\n                  [--model-store MODEL_STORE]\ntorchserve: error: unrecognized arguments: --disable-token-auth --enable-model-api\n',
    ),
    code: 'token-auth-arguments',
    summary:
      'TorchServe of resnet18 does not know the arguments --disable-token-auth --enable-model-api: they came with version 0.11.1.',
  },
  {
    name: 'no config.properties',
    evidence: crash('--ts-config file not found: /mnt/models/config/config.properties\n'),
    code: 'config-missing',
    summary:
      'resnet18 has no /mnt/models/config/config.properties: the storage URI leads to a folder without config/config.properties.',
  },
  {
    name: 'a key that the wrapper needs',
    evidence: crash(`${wrapper}    model_names, model_store = parse_config()\nKeyError: 'model_snapshot'\n`),
    code: 'config-key-missing',
    summary: "The config.properties of resnet18 has no model_snapshot, which KServe's wrapper needs.",
  },
  {
    name: 'no model-store',
    evidence: crash('--model-store directory not found: /mnt/models/model-store\n'),
    code: 'model-store-missing',
    summary: 'resnet18 has no folder /mnt/models/model-store: the storage URI leads elsewhere.',
  },
  {
    name: 'an archive that is not there, with the error of the wrapper that follows from it',
    evidence: crash(
      `${torchServeLog('archive-missing')}${wrapper}kserve.errors.ModelMissingError: /mnt/models/model-store\n`,
    ),
    code: 'archive-missing',
    summary:
      'The archive of model resnet18 1.0 is not in the model-store of resnet18, though its config.properties names it.',
  },
  {
    name: 'a name with dots',
    evidence: crash(`${wrapper}    model.load()\nkserve.errors.ModelMissingError: /mnt/models/model-store\n`),
    code: 'archive-not-accepted',
    summary:
      "KServe's wrapper finds no .mar file in the model-store of resnet18; from version 0.10 on, it takes none with another dot in its name.",
  },
  {
    name: 'a version that the archive does not have',
    evidence: crash(
      'org.pytorch.serve.http.ModelVersionNotFoundException: Model version: 2.0 does not exist for model: resnet18\n',
    ),
    code: 'version-mismatch',
    summary: 'The config.properties of resnet18 asks for version 2.0 of resnet18, and the archive is of another one.',
  },
  {
    name: 'a port in use',
    evidence: crash(
      'java.io.IOException: Failed to bind to address: http://0.0.0.0:8080\n\tat org.pytorch.serve.ModelServer.initializeServer(ModelServer.java:351)\nCaused by: io.netty.channel.unix.Errors$NativeIoException: bind(..) failed: Address already in use\n',
    ),
    code: 'port-in-use',
    summary:
      "TorchServe of resnet18 cannot listen at http://0.0.0.0:8080: the port is in use, by another address of config.properties or by KServe's wrapper (8080, 8081).",
  },
  {
    name: 'no permission to write',
    evidence: crash("PermissionError: [Errno 13] Permission denied: '/home/model-server/logs/model_log.log'\n"),
    code: 'no-write-permission',
    summary: 'The server of resnet18 may not write to /home/model-server/logs/model_log.log.',
  },
  {
    name: 'more than its memory',
    evidence: a.evidence({ pods: [a.pod(a.onNode([a.crashing(137, 'OOMKilled')]), { spec: { nodeName: 'one' } })] }),
    code: 'out-of-memory',
    summary: 'The container kserve-container of resnet18 was ended for using more memory than its limit of 8.0 GiB.',
  },
  {
    name: 'an error of its own code',
    evidence: crash(`${wrapper}ValueError: model.onnx has opset 22, and 17 is the newest that is known.\n`),
    code: 'crash-loop',
    summary:
      'The container kserve-container of resnet18 ended with exit code 1, 3 times by now: ValueError: model.onnx has opset 22, and 17 is the newest that is known.',
  },
];

const silent = (name: string): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service({}, a.ready),
    modelDoesNotAnswer: true,
    pods: [a.pod(a.onNode([a.running()]), { spec: { nodeName: 'one' } })],
    logs: [log(torchServeLog(name), { part: 'beginning' })],
  });

const workers: Case[] = [
  {
    name: 'two classes in the model file',
    evidence: silent('two-classes'),
    code: 'model-classes',
    summary: 'The model file of resnet18 has 2 classes (Net, Other), and TorchServe takes exactly one.',
  },
  {
    name: 'a handler that is not in the archive',
    evidence: silent('handler-missing'),
    code: 'handler-missing',
    summary: 'The archive of resnet18 does not hold its handler my_handler.py.',
  },
  {
    name: 'a module that the handler imports',
    evidence: silent('local-module-missing'),
    code: 'module-missing',
    summary: 'The code of resnet18 imports helper_code, which is neither in the image nor in the archive.',
  },
  {
    name: 'a library that the model imports',
    evidence: silent('library-missing'),
    code: 'module-missing',
    summary: 'The code of resnet18 imports nosuchlib, which is neither in the image nor in the archive.',
  },
  {
    name: 'weights of another model',
    evidence: silent('weights-do-not-fit'),
    code: 'weights-do-not-fit',
    summary: 'The weights of resnet18 do not fit its model Net: their layers have other names or sizes.',
  },
  {
    name: 'weights that need a model file',
    evidence: silent('weights-without-model'),
    code: 'weights-unusable',
    summary: 'The weights of resnet18 cannot be read: they are of another format, or cut off.',
  },
  {
    name: 'requirements that cannot be installed',
    evidence: silent('requirements'),
    code: 'requirements-not-installed',
    summary: 'The requirements of resnet18 cannot be installed: there is no no-such-distribution==9.9 for it.',
  },
  {
    name: 'a file that is no archive',
    evidence: silent('no-archive'),
    code: 'archive-broken',
    summary: 'The archive of resnet18 has no manifest, or is no archive at all.',
  },
  {
    name: 'an error of the model file, though KServe believes it ready',
    evidence: a.evidence({
      isvc: a.service({}, a.ready),
      pods: [a.pod(a.onNode([a.running()]), { spec: { nodeName: 'one' } })],
      logs: [
        log(
          '2026-10-01T10:00:30,128 [INFO ] W-9000-resnet18_1.0-stdout MODEL_LOG - Backend worker process died.\n2026-10-01T10:00:30,129 [INFO ] W-9000-resnet18_1.0-stdout MODEL_LOG - ZeroDivisionError: division by zero\n2026-10-01T10:00:30,256 [WARN ] W-9000-resnet18_1.0 org.pytorch.serve.wlm.BatchAggregator - Load model failed: resnet18, error: Worker died.\n',
        ),
      ],
    }),
    code: 'worker-died',
    summary:
      'TorchServe of resnet18 cannot load the model though its pod is ready: ZeroDivisionError: division by zero.',
  },
];

const late: Case[] = [
  {
    name: 'nothing but time',
    evidence: a.evidence({
      isvc: a.service(
        {},
        {
          ...a.starting,
          conditions: [
            {
              type: 'PredictorReady',
              status: 'False',
              reason: 'ProgressDeadlineExceeded',
              message: `ReplicaSet "${a.replicaSetName}" has timed out progressing.`,
            },
          ],
        },
      ),
      pods: [a.pod(a.onNode([a.running(false)]), { spec: { nodeName: 'one' } })],
      events: [a.event('Unhealthy', 'Readiness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused')],
    }),
    code: 'deadline-exceeded',
    summary:
      'resnet18 did not become ready in time: Readiness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused.',
  },
];

export const cases: readonly Case[] = [
  ...refusals,
  ...specs,
  ...placing,
  ...volumes,
  ...images,
  ...arriving,
  ...crashes,
  ...workers,
  ...late,
];

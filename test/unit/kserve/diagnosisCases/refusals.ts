import * as a from '../objects.ts';
import { serviceEvent, type Case } from './case.ts';

const kserveWebhook = 'inferenceservice.kserve-webhook-server.defaulter';
const podWebhook = 'inferenceservice.kserve-webhook-server.pod-mutator';
const post =
  'Post "https://kserve-webhook-server-service.kserve.svc:443/mutate-serving-kserve-io-v1beta1-inferenceservice?timeout=10s"';
const forbiddenPod = `pods "${a.replicaSetName}-" is forbidden: `;

export const refusals: readonly Case[] = [
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
        serviceEvent(
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

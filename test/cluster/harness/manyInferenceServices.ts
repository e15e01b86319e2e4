import type { ApiClient } from './apiClient.ts';
import { applyAll } from './applyManifests.ts';
import type { InferenceServicesOrder } from './cluster.ts';
import type { Manifest } from './kserveManifests.ts';
import { createNamespace } from './namespaces.ts';

const atOnce = 32;
const webhookKinds = [
  ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'],
  ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'],
] as const;
const webhookName = 'inferenceservice.serving.kserve.io';

/**
 * Puts many InferenceServices into the cluster, with the status that KServe would have written. Its webhooks are taken away
 * meanwhile: they would be asked about each, and refuse while KServe is stopped.
 */
export async function createInferenceServices(api: ApiClient, order: InferenceServicesOrder): Promise<void> {
  const { count, namespaces = 1 } = order;
  const names = Array.from({ length: namespaces }, (_, index) => `many-${index}`);
  for (const name of names) await createNamespace(api, name);
  const group = '/apis/admissionregistration.k8s.io/v1';
  const webhooks: Manifest[] = [];
  for (const [resource, kind] of webhookKinds) {
    const path = `${group}/${resource}/${webhookName}`;
    const { webhooks: rules } = await api.get<Manifest>(path);
    webhooks.push({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name: webhookName },
      webhooks: rules,
    });
    await api.remove(path);
  }
  try {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) {
        const index = next++;
        await createOne(api, names[index % namespaces] ?? '', index);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    await applyAll(api, webhooks);
  }
}

async function createOne(api: ApiClient, namespace: string, index: number): Promise<void> {
  const name = `model-${String(index).padStart(5, '0')}`;
  const path = `/apis/serving.kserve.io/v1beta1/namespaces/${namespace}/inferenceservices`;
  const isReady = index % 10 !== 9;
  await api.post(path, {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name, namespace, labels: { team: `team-${index % 7}` } },
    spec: {
      predictor: {
        minReplicas: 1,
        model: {
          modelFormat: { name: 'pytorch' },
          protocolVersion: index % 2 === 0 ? 'v1' : 'v2',
          runtime: 'kserve-torchserve',
          storageUri: `pvc://models/${name}`,
        },
      },
    },
  });
  await api.patch(`${path}/${name}/status`, 'merge', { status: status(namespace, name, isReady) });
}

function status(namespace: string, name: string, isReady: boolean): object {
  const lastTransitionTime = '2026-01-02T03:04:05Z';
  const ready = { status: isReady ? 'True' : 'False', lastTransitionTime };
  const reason = isReady
    ? {}
    : { reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
  const url = `http://${name}-${namespace}.example.com`;
  return {
    url,
    address: { url: `http://${name}-predictor.${namespace}.svc.cluster.local` },
    clusterServingRuntimeName: 'kserve-torchserve',
    deploymentMode: 'Standard',
    components: { predictor: { url: `http://${name}-predictor-${namespace}.example.com` } },
    conditions: [
      { type: 'IngressReady', ...ready },
      { type: 'PredictorReady', ...ready, ...reason },
      { type: 'Ready', ...ready, ...reason },
      { type: 'Stopped', status: 'False', lastTransitionTime },
    ],
    modelStatus: {
      copies: { failedCopies: 0, totalCopies: 1 },
      states: { activeModelState: isReady ? 'Loaded' : '', targetModelState: isReady ? 'Loaded' : 'Pending' },
      transitionStatus: isReady ? 'UpToDate' : 'InProgress',
    },
  };
}

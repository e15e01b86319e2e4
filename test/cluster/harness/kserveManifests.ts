import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import type { Binaries } from './binaries.ts';

/** A manifest: what matters here, and whatever else it has. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** KServe's own manifests for a controller outside of the cluster, in the order in which they are applied. */
export interface KServeManifests {
  readonly definitions: readonly Manifest[];
  /** Service accounts, roles, configuration, the storage container. */
  readonly base: readonly Manifest[];
  /** Only when the controller listens: the API server asks it about everything from then on. */
  readonly webhooks: readonly Manifest[];
  readonly runtimes: readonly Manifest[];
}

/** What runs in the cluster elsewhere, and here beside it; and certificates, which we make. */
const leftOut = new Set([
  'Deployment',
  'DaemonSet',
  'Service',
  'Secret',
  'Certificate',
  'Issuer',
  'LLMInferenceServiceConfig',
]);
/** Parts of KServe with controllers of their own. */
const otherControllers = /llm|localmodel|inferencepools|inferencemodelrewrites|inferenceobjectives/;

export async function readKServeManifests(
  binaries: Binaries,
  webhook: { readonly url: string; readonly caBundle: string },
): Promise<KServeManifests> {
  const manifests = await readManifests(binaries.kserveYaml);
  const isDefinition = ({ kind }: Manifest): boolean => kind === 'CustomResourceDefinition';
  const isWebhook = ({ kind }: Manifest): boolean => kind.endsWith('WebhookConfiguration');
  const base = manifests.filter((manifest) => !isDefinition(manifest) && !isWebhook(manifest));
  return {
    definitions: manifests.filter(isDefinition),
    base: base.map((manifest) => (manifest.kind === 'ConfigMap' ? withoutGateway(manifest) : manifest)),
    webhooks: manifests.filter(isWebhook).map((manifest) => outside(manifest, webhook)),
    runtimes: await readManifests(binaries.kserveRuntimesYaml),
  };
}

/** Documents are chosen by their text: reading the five megabytes of the others as YAML would take seconds. */
async function readManifests(file: string): Promise<readonly Manifest[]> {
  const documents = (await readFile(file, 'utf8')).split(/^---$/m);
  return documents.filter(isWanted).map((document) => load(document) as Manifest);
}

function isWanted(document: string): boolean {
  const kind = /^kind: (\S+)$/m.exec(document)?.[1];
  const name = /^metadata:\n(?: .*\n)*? {2}name: (\S+)$/m.exec(document)?.[1] ?? '';
  return kind !== undefined && !leftOut.has(kind) && !otherControllers.test(name);
}

/** There is neither Knative nor Istio nor a gateway here. */
function withoutGateway(configMap: Manifest): Manifest {
  const data = configMap['data'] as Readonly<Record<string, string>>;
  const ingress = JSON.parse(data['ingress'] ?? '{}') as object;
  const settings = { disableIstioVirtualHost: true, disableIngressCreation: true, enableGatewayApi: false };
  return {
    ...configMap,
    data: {
      ...data,
      deploy: JSON.stringify({ defaultDeploymentMode: 'Standard' }),
      ingress: JSON.stringify({ ...ingress, ...settings }),
    },
  };
}

interface Webhook {
  readonly clientConfig: { readonly service: { readonly path: string } };
}

function outside(manifest: Manifest, { url, caBundle }: { readonly url: string; readonly caBundle: string }): Manifest {
  const webhooks = manifest['webhooks'] as readonly Webhook[];
  return {
    ...manifest,
    webhooks: webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { url: `${url}${webhook.clientConfig.service.path}`, caBundle },
      admissionReviewVersions: ['v1'],
    })),
  };
}

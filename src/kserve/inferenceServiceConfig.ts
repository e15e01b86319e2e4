import { isRecord, jsonIn, type JsonObject } from '../foundation/json.ts';
import type { ConfigMap } from './resources/core.ts';

/** Where KServe keeps its settings. The namespace is that of its controller, `kserve` unless it was installed elsewhere. */
export const inferenceServiceConfigMap = { namespace: 'kserve', name: 'inferenceservice-config' } as const;

/** How KServe runs a service: by a Deployment of its own, or by another system. */
export type DeploymentMode = 'Standard' | 'Knative' | 'ModelMesh';

/** What of KServe's settings decides how services run and are reached. What is not set is left out. */
export interface InferenceServiceConfig {
  /** What an InferenceService without the annotation gets. KServe v0.20 as it comes: Knative. */
  readonly defaultDeploymentMode?: DeploymentMode;
  readonly storageInitializerImage?: string;
  readonly ingress: {
    readonly className?: string;
    readonly domain?: string;
    /** Go templates of the host name, and of the path under the one host name of the domain (Knative alone). */
    readonly domainTemplate?: string;
    readonly pathTemplate?: string;
    readonly urlScheme?: string;
    readonly isDisabled: boolean;
    readonly usesGatewayApi: boolean;
    /** Host name of the Service behind Istio's gateway, for example `istio-ingressgateway.istio-system.svc.cluster.local`. */
    readonly ingressService?: string;
    /** `<namespace>/<name>` of Gateways. */
    readonly istioGateway?: string;
    readonly kserveGateway?: string;
  };
}

/** Reads the ConfigMap `inferenceservice-config` (KServe v0.20, `config/configmap`). What cannot be read counts as not set. */
export function readInferenceServiceConfig(configMap: ConfigMap): InferenceServiceConfig {
  const [deploy, storage, ingress] = ['deploy', 'storageInitializer', 'ingress'].map((key) => section(configMap, key));
  const mode = parseDeploymentMode(text(deploy, 'defaultDeploymentMode'));
  const image = text(storage, 'image');
  const optional = {
    className: text(ingress, 'ingressClassName'),
    domain: text(ingress, 'ingressDomain'),
    domainTemplate: text(ingress, 'domainTemplate'),
    pathTemplate: text(ingress, 'pathTemplate'),
    urlScheme: text(ingress, 'urlScheme'),
    ingressService: text(ingress, 'ingressService'),
    istioGateway: text(ingress, 'ingressGateway'),
    kserveGateway: text(ingress, 'kserveIngressGateway'),
  };
  return {
    ...(mode !== undefined && { defaultDeploymentMode: mode }),
    ...(image !== undefined && { storageInitializerImage: image }),
    ingress: {
      ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as object),
      isDisabled: ingress?.['disableIngressCreation'] === true,
      usesGatewayApi: ingress?.['enableGatewayApi'] === true,
    },
  };
}

/** KServe's own name of a mode, given in any of the names that it had (`ParseDeploymentMode`). */
export function parseDeploymentMode(mode: string | undefined): DeploymentMode | undefined {
  switch (mode) {
    case 'Standard':
    case 'RawDeployment':
      return 'Standard';
    case 'Knative':
    case 'Serverless':
      return 'Knative';
    case 'ModelMesh':
      return 'ModelMesh';
    default:
      return undefined;
  }
}

function section({ data }: ConfigMap, key: string): JsonObject | undefined {
  const value = jsonIn(data?.[key] ?? '');
  return isRecord(value) ? value : undefined;
}

function text(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

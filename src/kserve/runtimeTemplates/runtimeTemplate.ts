import { kserveAnnotations, modelDeckLabels } from '../annotations.ts';
import type { Container } from '../resources/core.ts';
import type { ServingRuntime, SupportedModelFormat } from '../resources/servingRuntime.ts';
import { serverContainerName } from '../serverContainer.ts';

/** A ServingRuntime that Model Deck can make in a namespace where nothing serves a model. */
export interface RuntimeTemplate {
  /** Of its `ModelServer`; a template is told by it. */
  readonly server: string;
  /** Name of the ServingRuntime. */
  readonly name: string;
  /** That the cluster has to be able to pull. */
  readonly image: string;
  readonly formats: readonly SupportedModelFormat[];
  readonly protocols: readonly string[];
  /** The rest of its container: arguments, environment, probes, resources. */
  readonly container: Omit<Container, 'name' | 'image'>;
  /** Where Prometheus finds its metrics. */
  readonly metricsPort: number;
}

/** The ServingRuntime of a template, for server-side apply. @param image instead of the template's own */
export function runtimeOfTemplate(
  { server, name, image: usual, formats, protocols, container, metricsPort }: RuntimeTemplate,
  namespace: string,
  image: string = usual,
): ServingRuntime {
  return {
    apiVersion: 'serving.kserve.io/v1alpha1',
    kind: 'ServingRuntime',
    metadata: {
      name,
      namespace,
      labels: { [modelDeckLabels.managedBy]: modelDeckLabels.managedByValue },
      annotations: { [kserveAnnotations.serverType]: server },
    },
    spec: {
      annotations: { 'prometheus.kserve.io/port': String(metricsPort), 'prometheus.kserve.io/path': '/metrics' },
      supportedModelFormats: formats,
      protocolVersions: protocols,
      containers: [{ name: serverContainerName, image, ...container }],
    },
  };
}

/** As in KServe's own runtimes: nothing that a restricted namespace refuses. */
export const restricted = {
  allowPrivilegeEscalation: false,
  privileged: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
};

/** As in KServe's own runtimes. */
export const usualResources = {
  requests: { cpu: '1', memory: '2Gi' },
  limits: { cpu: '1', memory: '2Gi' },
};

/** Ready when the models are, for servers with the V2 protocol at KServe's port; KServe alone looks at the port only. */
export const readyWhenModelIs = {
  readinessProbe: { httpGet: { path: '/v2/health/ready', port: 8080 }, periodSeconds: 5, failureThreshold: 3 },
};

import { hasEntries } from '../foundation/json.ts';
import type { KubeObject } from '../cluster/objects/resource.ts';
import type { Quantity } from './resources/core.ts';
import type { InferenceService, PredictorModel, ProtocolVersion } from './resources/inferenceService.ts';

/** What a manifest that we write is made of. What is undefined is left to KServe's defaults. */
export interface ManifestInput {
  readonly name: string;
  readonly namespace: string;
  readonly modelFormat: { readonly name: string; readonly version?: string | undefined };
  readonly storageUri: string;
  readonly protocolVersion?: ProtocolVersion | undefined;
  readonly runtime?: string | undefined;
  /** Replaces the tag of the runtime's image. */
  readonly runtimeVersion?: string | undefined;
  /** Kubernetes quantities, requested and granted alike, so that the pod is evicted last. */
  readonly resources?: Readonly<Record<string, Quantity>> | undefined;
  readonly minReplicas?: number | undefined;
  readonly maxReplicas?: number | undefined;
  readonly serviceAccountName?: string | undefined;
  /** Must succeed before Kubernetes asks whether the container is ready. */
  readonly startupProbe?: HttpProbe | undefined;
  /** Appended to the runtime's own arguments. */
  readonly args?: readonly string[] | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** The part of Kubernetes' `Probe` that we write. Times are in seconds. */
export interface HttpProbe {
  readonly httpGet: { readonly path: string; readonly port: number };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** The `serving.kserve.io/v1beta1` InferenceService, with nothing in it that was not asked for; for server-side apply. */
export function inferenceServiceManifest(input: ManifestInput): InferenceService {
  const { annotations, labels, resources } = input;
  const model: PredictorModel = {
    modelFormat: withoutUndefined({ name: input.modelFormat.name, version: input.modelFormat.version }),
    ...withoutUndefined({
      runtime: input.runtime,
      runtimeVersion: input.runtimeVersion,
      protocolVersion: input.protocolVersion,
    }),
    storageUri: input.storageUri,
    ...(input.args !== undefined && input.args.length > 0 && { args: input.args }),
    ...(hasEntries(resources) && { resources: { requests: { ...resources }, limits: { ...resources } } }),
    ...(input.startupProbe && { startupProbe: input.startupProbe }),
  };
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name: input.name,
      namespace: input.namespace,
      ...(hasEntries(labels) && { labels }),
      ...(hasEntries(annotations) && { annotations }),
    },
    spec: {
      predictor: {
        ...withoutUndefined({
          minReplicas: input.minReplicas,
          maxReplicas: input.maxReplicas,
          serviceAccountName: input.serviceAccountName,
        }),
        model,
      },
    },
  };
}

/** The fields of a live object that a user edits: without status, managed fields, and what the server alone writes. */
export function editableManifest(object: KubeObject): KubeObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const kept = Object.entries(annotations ?? {}).filter(
    ([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration',
  );
  const { apiVersion, kind } = object;
  const rest = Object.entries(object).filter(([key]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(key));
  return {
    ...withoutUndefined({ apiVersion, kind }),
    metadata: {
      ...withoutUndefined({ namespace }),
      name,
      ...(hasEntries(labels) && { labels }),
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    },
    ...Object.fromEntries(rest),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

function withoutUndefined<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
}

import type { KubeObject } from '../cluster/objects/resource.ts';

/**
 * Our annotations and labels, and those of KServe that we read or write, in one place.
 *
 * KServe copies every annotation and label of an InferenceService into the pods that it makes (`buildObjectMeta` in
 * `components/predictor.go`), so that a pod tells which version it serves, and so that **any change of them begins a new
 * rollout**. KServe's webhooks only add annotations, they take none away.
 */
const prefix = 'model-deck.dev/';

export const modelDeckAnnotations = {
  modelName: `${prefix}model-name`,
  modelVersion: `${prefix}model-version`,
  /** Of the archive (`.mar`, `.onnx`…) as it was uploaded, in hexadecimal. */
  archiveSha256: `${prefix}archive-sha256`,
  weightsSha256: `${prefix}weights-sha256`,
  /** Where the model comes from: a URL or `owner/name`. */
  source: `${prefix}source`,
  revision: `${prefix}revision`,
  licence: `${prefix}licence`,
  extensionVersion: `${prefix}extension-version`,
  /** JSON list of {@link EarlierVersion}, newest first. */
  earlierVersions: `${prefix}earlier-versions`,
  /** JSON of the spec that the answers of the last deploy made: what differs from it, the user has edited. */
  askedFor: `${prefix}asked-for`,
} as const;

/** Whether Model Deck writes an annotation. */
export function isOwnAnnotation(key: string): boolean {
  return key.startsWith(prefix);
}

/** Labels of what we make beside InferenceServices, so that it can be found and swept. */
export const modelDeckLabels = {
  managedBy: 'app.kubernetes.io/managed-by',
  managedByValue: 'model-deck',
  /** On an upload pod: `upload`. */
  purpose: `${prefix}purpose`,
} as const;

/** The pods that carry uploads, as a label selector. */
export const uploadPodLabels: Readonly<Record<string, string>> = {
  [modelDeckLabels.managedBy]: modelDeckLabels.managedByValue,
  [modelDeckLabels.purpose]: 'upload',
};

/** KServe v0.20, `pkg/constants/constants.go`. */
export const kserveAnnotations = {
  /** `true` removes the workload and keeps the InferenceService. */
  stop: 'serving.kserve.io/stop',
  /** `Standard`, `Knative`, `ModelMesh`; older: `RawDeployment`, `Serverless`. Cannot change after creation. */
  deploymentMode: 'serving.kserve.io/deploymentMode',
  /** `hpa`, `keda`, `external`, `none`. */
  autoscalerClass: 'serving.kserve.io/autoscalerClass',
  /** `false` mounts a claim for writing. */
  storageReadonly: 'storage.kserve.io/readonly',
  /** `true` keeps a ready service as it is when its runtime changes. */
  disableAutoUpdate: 'serving.kserve.io/disable-auto-update',
  /** On a runtime: what kind of server it is, for example `torchserve`. */
  serverType: 'serving.kserve.io/server-type',
  /** Set by the webhook from the model format. */
  modelFormat: 'modelFormat',
  /** On pods: the `storageUri` that they were made for. */
  storageSourceUri: 'internal.serving.kserve.io/storage-initializer-sourceuri',
} as const;

/** KServe v0.20, `pkg/constants/constants.go`. */
export const kserveLabels = {
  inferenceService: 'serving.kserve.io/inferenceservice',
  component: 'component',
  /** On a namespace: KServe's pod webhook leaves such namespaces alone (`config/webhook/manifests.yaml`). */
  controlPlane: 'control-plane',
  /** `cluster-local`: no way from outside. */
  visibility: 'networking.kserve.io/visibility',
} as const;

/** What `deploy` knows of a model, and what a cluster then tells about it. All of it is text. */
export interface Provenance {
  readonly modelName?: string | undefined;
  readonly modelVersion?: string | undefined;
  readonly archiveSha256?: string | undefined;
  readonly weightsSha256?: string | undefined;
  readonly source?: string | undefined;
  readonly revision?: string | undefined;
  readonly licence?: string | undefined;
  readonly extensionVersion?: string | undefined;
}

const provenanceKeys = [
  'modelName',
  'modelVersion',
  'archiveSha256',
  'weightsSha256',
  'source',
  'revision',
  'licence',
  'extensionVersion',
] as const satisfies readonly (keyof Provenance)[];

/** Fields that are undefined or empty are left out. */
export function provenanceAnnotations(provenance: Provenance): Record<string, string> {
  const annotations: Record<string, string> = {};
  for (const key of provenanceKeys) {
    const value = provenance[key];
    if (value !== undefined && value !== '') annotations[modelDeckAnnotations[key]] = value;
  }
  return annotations;
}

/** Of an InferenceService, or of one of its pods. */
export function readProvenance(object: KubeObject): Provenance {
  const annotations = object.metadata.annotations ?? {};
  const found = provenanceKeys.flatMap((key) => {
    const value = annotations[modelDeckAnnotations[key]];
    return typeof value === 'string' && value !== '' ? [[key, value] as const] : [];
  });
  return Object.fromEntries(found);
}

/** `serving.kserve.io/stop: "true"`, in any case of letters (`GetForceStopRuntime`). */
export function isStopRequested(object: KubeObject): boolean {
  return object.metadata.annotations?.[kserveAnnotations.stop]?.toLowerCase() === 'true';
}

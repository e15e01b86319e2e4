import type { KubeObject, ResourceType } from '../../cluster/objects/resource.ts';
import type { Condition, Container, ResourceRequirements } from './core.ts';

/** `serving.kserve.io/v1beta1` InferenceService, the part that we read or write (KServe v0.20, `pkg/apis/serving/v1beta1`). */
export interface InferenceService extends KubeObject {
  readonly spec: InferenceServiceSpec;
  readonly status?: InferenceServiceStatus;
}

export interface InferenceServiceSpec {
  readonly predictor: Predictor;
  readonly transformer?: Component;
  readonly explainer?: Component;
  readonly [field: string]: unknown;
}

export interface Component {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly serviceAccountName?: string;
  readonly containers?: readonly Container[];
  readonly [field: string]: unknown;
}

export interface Predictor extends Component {
  readonly model?: PredictorModel;
}

export interface PredictorModel {
  readonly modelFormat: { readonly name: string; readonly version?: string };
  readonly runtime?: string;
  readonly protocolVersion?: ProtocolVersion;
  readonly runtimeVersion?: string;
  readonly storageUri?: string;
  readonly storage?: { readonly key?: string; readonly path?: string; readonly [field: string]: unknown };
  readonly resources?: ResourceRequirements;
  readonly args?: readonly string[];
  readonly [field: string]: unknown;
}

export type ProtocolVersion = 'v1' | 'v2' | 'grpc-v1' | 'grpc-v2';

export interface InferenceServiceStatus {
  /** Lists and objects may be null: a Go program writes an empty one so. */
  readonly conditions?: readonly Condition[] | null;
  readonly url?: string;
  readonly address?: { readonly url?: string };
  readonly components?: Readonly<Record<string, ComponentStatus>> | null;
  readonly deploymentMode?: string;
  readonly servingRuntimeName?: string;
  readonly clusterServingRuntimeName?: string;
  readonly observedGeneration?: number;
  readonly modelStatus?: ModelStatus | null;
  readonly canaryStatuses?: readonly { readonly name: string; readonly ready?: boolean }[] | null;
}

export interface ComponentStatus {
  readonly latestReadyRevision?: string;
  readonly latestCreatedRevision?: string;
  /** Of Knative: which revision gets how much. */
  readonly traffic?:
    | null
    | readonly {
        readonly revisionName?: string;
        readonly percent?: number;
        readonly latestRevision?: boolean;
      }[];
  readonly url?: string;
  readonly restUrl?: string;
  readonly address?: { readonly url?: string };
}

export interface ModelStatus {
  readonly transitionStatus?: '' | 'UpToDate' | 'InProgress' | 'BlockedByFailedLoad' | 'InvalidSpec';
  readonly states?: { readonly activeModelState?: string; readonly targetModelState?: string };
  readonly lastFailureInfo?: null | {
    readonly reason?: string;
    readonly message?: string;
    readonly location?: string;
    readonly modelRevisionName?: string;
    readonly exitCode?: number;
    readonly time?: string;
  };
  readonly copies?: { readonly failedCopies?: number; readonly totalCopies?: number };
}

export const inferenceServices: ResourceType<InferenceService> = {
  group: 'serving.kserve.io',
  version: 'v1beta1',
  kind: 'InferenceService',
  plural: 'inferenceservices',
  namespaced: true,
};

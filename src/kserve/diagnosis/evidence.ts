import type { KubeObject } from '../../cluster/objects/resource.ts';
import type {
  Deployment,
  KubeEvent,
  Node,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  ResourceQuota,
} from '../resources/core.ts';
import type { InferenceService } from '../resources/inferenceService.ts';
import type { ServingRuntime } from '../resources/servingRuntime.ts';

/**
 * What is known of an InferenceService that may be in trouble. Everything that is left out was not asked for (or was
 * not allowed to be read): a diagnosis then says less, but nothing wrong.
 */
export interface DiagnosisEvidence {
  readonly isvc: InferenceService;
  /** Those with the label `serving.kserve.io/inferenceservice=<name>`. */
  readonly pods: readonly Pod[];
  /** Of the namespace. Those about other services' objects are put aside. */
  readonly events: readonly KubeEvent[];
  /** Of the namespace. */
  readonly claims: readonly PersistentVolumeClaim[];
  /** Of the namespace. */
  readonly replicaSets?: readonly ReplicaSet[];
  /** Of the predictor. */
  readonly deployment?: Deployment;
  readonly quotas?: readonly ResourceQuota[];
  readonly nodes?: readonly Node[];
  /** The namespace itself, for its labels. */
  readonly namespace?: KubeObject;
  readonly servingRuntimes?: readonly ServingRuntime[];
  readonly clusterServingRuntimes?: readonly ServingRuntime[];
  /** Tails, as {@link wantsLogsOf} asked for them. */
  readonly logs?: readonly LogTail[];
  /** What the API server answered to our own requests about this service, when it refused. */
  readonly refusals?: readonly string[];
  /** Whether the model itself was asked and did not answer, though the pod is ready. */
  readonly modelDoesNotAnswer?: boolean;
  /** What the server itself says of a model that it could not load, in answer to `POST /v2/repository/index`. */
  readonly serverSays?: string;
  /** Milliseconds since 1970; without it nothing is said that depends on waiting. */
  readonly now?: number;
  /** Of the kubeconfig, for the buttons. */
  readonly context?: string;
}

export interface LogRequest {
  readonly pod: string;
  readonly container: string;
  /** Of the container's life before this one. */
  readonly previous: boolean;
  /**
   * The last 200 lines or more (`tailLines`), or the first 128 KiB or more (`limitBytes`): a TorchServe whose worker
   * fails says why once, and goes on trying in other words.
   */
  readonly part: 'end' | 'beginning';
}

export interface LogTail extends LogRequest {
  readonly text: string;
}

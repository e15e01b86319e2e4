import type { ModelContract } from '../contract/modelContract.ts';
import type { ErrorCategory } from '../foundation/error.ts';
import type { Task } from '../foundation/task.ts';
import type { Endpoint } from '../inference/endpoint.ts';
import type { Serves } from '../packaging/modelPackage.ts';
import type { StoredModel } from '../stores/modelStore.ts';

/** Where a model can be served: `ThisComputer`, or a namespace of a KServe cluster. */
export interface Target {
  readonly id: string;
  readonly kind: 'this-computer' | 'kserve';
  readonly label: string;
  /** Whether a start that fails stays, as `failed` with its log, unless the user takes it back. */
  readonly keepsFailed: boolean;
  /**
   * Why it cannot read a model from there, one sentence; undefined when it can, as far as that is known without asking.
   * @param storageUri as `ModelStore.locate` says it
   */
  storageProblem(storageUri: string): string | undefined;
  /** What is known now. A cluster is not contacted for it: it knows what its views or commands have read. */
  deployments(): readonly Deployment[];
  /** Called after any change of `deployments()`. Returns the function that ends the subscription. */
  onDidChangeDeployments(listener: () => void): () => void;
  /**
   * What deploying would do and what stands in its way, without doing it.
   * @throws ModelDeckError when it cannot work, for example `missing-tool` for PyTorch weights without TorchServe
   */
  plan(request: DeployRequest, task?: Task): Promise<DeployPlan>;
  /** Starts serving and resolves when the model itself answers. On failure the deployment stays, as `failed`, with its reason. */
  deploy(request: DeployRequest, task?: Task<DeployStep>): Promise<Deployment>;
  start(deploymentId: string, task?: Task<DeployStep>): Promise<Deployment>;
  stop(deploymentId: string): Promise<void>;
  /** Stops and forgets the deployment. The model stays in its store. */
  remove(deploymentId: string): Promise<void>;
  /**
   * Where to ask it. On this computer a stopped one is started first; in a cluster a way to it is opened and kept until
   * the target is closed or {@link closeRoutes} is called.
   * @throws ModelDeckError when it failed, or cannot be started or reached
   */
  endpoint(deploymentId: string, route?: RouteKind, task?: Task): Promise<Endpoint>;
  /** The ways to a deployment, the one that `endpoint` takes by itself first. */
  routes(deploymentId: string, task?: Task): Promise<readonly Route[]>;
  closeRoutes(deploymentId: string): void;
  /** The newest part of the deployment's log, as text. */
  log(deploymentId: string): Promise<string>;
  /** Remembers what is there under a name now, so that a deploy that comes to nothing can be taken back. */
  restorePoint(name: string, task?: Task): Promise<RestorePoint>;
}

/** What was there under a name before a deploy. */
export interface RestorePoint {
  /**
   * Puts back what was there, or removes what was not. Never touches what somebody else has deployed in the meantime.
   * @param model the one that the deploy meant to serve
   */
  restore(model: StoredModel, task?: Task<DeployStep>): Promise<Restoration>;
}

export interface Restoration {
  /** What could not be taken back, one sentence each; empty when everything is as it was. */
  readonly remains: readonly string[];
  /** Something still serves that model, so that its store has to keep it. */
  readonly modelInUse: boolean;
}

export type DeployStep =
  | 'plan'
  | 'upload'
  | 'verify'
  | 'start-server'
  | 'load-model'
  | 'wait-ready'
  // in a cluster
  | 'start-upload-pod'
  | 'apply'
  | 'wait-scheduled'
  | 'wait-containers'
  | 'undo';

export interface DeployRequest {
  /** Name of the deployment; `[a-z]([-a-z0-9]*[a-z0-9])?`, KServe's rule for an InferenceService. */
  readonly name: string;
  readonly model: StoredModel;
  readonly protocol: 'v1' | 'v2';
  /** For a cluster. */
  readonly cluster?: ClusterDeployOptions | undefined;
  /** Where the model comes from; a cluster keeps it in annotations. */
  readonly provenance?: ModelProvenance | undefined;
}

/** What is known of a model beyond name, version and the hash of its archive. */
export interface ModelProvenance {
  /** A URL or `owner/name`. */
  readonly source?: string | undefined;
  readonly revision?: string | undefined;
  readonly licence?: string | undefined;
  /** 64 hex digits. */
  readonly weightsSha256?: string | undefined;
}

/** What can be said about a deployment to a cluster beyond name and protocol. */
export interface ClusterDeployOptions {
  /** ServingRuntime or ClusterServingRuntime; KServe chooses when left out. */
  readonly runtime?: string;
  /** KServe's name of the format; that of the package when left out. */
  readonly modelFormat?: string;
  /** Kubernetes quantities, for example `{ cpu: '1', memory: '2Gi' }`; requests and limits alike. */
  readonly resources?: Readonly<Record<string, string>>;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** The InferenceService as the user edited it (YAML); everything above then only pre-filled it. */
  readonly manifest?: string;
  /** Take fields that other managers own. */
  readonly force?: boolean;
  /** `DeployPlan.basis` of the plan that was looked at: when the cluster has moved on since, nothing is changed. */
  readonly basis?: string | undefined;
}

export interface DeployPlan {
  /** The runtime that will serve it, and why that one; one sentence each. */
  readonly runtime: string;
  readonly reason: string;
  readonly warnings: readonly string[];
  /** For a cluster: every object that will be made or changed, in the order of doing. */
  readonly objects?: readonly PlannedObject[];
  /** For a cluster: a mark of what was there when the plan was made. */
  readonly basis?: string;
}

export interface PlannedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly action: 'create' | 'change' | 'unchanged';
  /** What will be applied, as YAML. */
  readonly yaml: string;
  /** The same fields as they are in the cluster now, as YAML; for the diff. Left out for `create`. */
  readonly liveYaml?: string;
  /** What the server says of it, having checked and admitted it without writing. */
  readonly dryRun:
    | { readonly ok: true }
    | {
        readonly ok: false;
        readonly reason: string;
        readonly remedy?: string;
        readonly category?: ErrorCategory;
      };
  /** Fields that somebody else manages and that would be taken. */
  readonly conflicts?: readonly { readonly manager: string; readonly field: string }[];
}

export type DeploymentState = 'starting' | 'ready' | 'stopped' | 'failed';

export interface Deployment {
  /** Stable over sessions: `<target id>/<name>`. */
  readonly id: string;
  readonly name: string;
  readonly targetId: string;
  readonly state: DeploymentState;
  /** For `failed`: what happened and what to do, one or two sentences. */
  readonly reason?: string;
  readonly model: ServedModel;
  /** What computes, for the reader: `ONNX Runtime`, `TorchServe`, or the name of a serving runtime. */
  readonly runtime: string;
  readonly protocol: 'v1' | 'v2';
  /** When ready. */
  readonly url?: string;
}

/** What is known of the model that a deployment serves; an InferenceService of somebody else may say little. */
export interface ServedModel {
  readonly name: string;
  readonly version?: string;
  readonly storageUri: string;
  readonly sha256?: string;
  /** Folder and archive on this computer's file system, for stores that have one. */
  readonly path?: string;
  readonly archivePath?: string;
  /** Of its `PackageKind`, where the target knows it. */
  readonly kind?: string;
  readonly serves?: Serves;
  readonly contract?: ModelContract;
}

export type RouteKind = 'loopback' | 'port-forward' | 'ingress' | 'node-port' | 'api-proxy';

/** A way to a deployment. */
export interface Route {
  readonly kind: RouteKind;
  /** For the reader, for example `Port forward to resnet18-predictor-5f…`. */
  readonly label: string;
  /** Why it cannot be taken now. */
  readonly unavailable?: string;
}

import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { ModelContract } from '../contract/modelContract.ts';
import type { ErrorCategory, ModelDeckError } from '../foundation/error.ts';
import type { Task } from '../foundation/task.ts';
import type { Endpoint } from '../inference/endpoint.ts';
import type { EarlierVersion } from '../kserve/earlierVersions.ts';
import type { Quantity } from '../kserve/resources/core.ts';
import type { Serves } from '../packaging/modelPackage.ts';
import type { StoredModel } from '../stores/modelStore.ts';
import type { NamespaceRef } from './kserve/serviceRef.ts';

/**
 * A place where models are served: what every such place can do, and what only some can. Whoever needs one of the optional
 * capabilities asks whether it is there, and never what kind of place it is.
 */
export interface Target extends TargetCapabilities, NameRule {
  /** Stable over sessions. */
  readonly id: string;
  readonly label: string;
  /** A few words on where it serves, for the list of targets, for example `a server on 127.0.0.1`. */
  readonly summary: string;
  /** What it is good for, a sentence or two; the summary has to do when left out. */
  readonly about?: string;
  /** Whether a network lies between us and its servers: these may have to be woken, ask for credentials, or break away. */
  readonly isRemote: boolean;
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
   * @throws ModelDeckError when it cannot work, for example `missing-tool` for weights that nothing here can load
   */
  plan(request: DeployRequest, task?: Task): Promise<DeployPlan>;
  /** Starts serving and resolves when the model itself answers. On failure the deployment stays, as `failed`, with its reason. */
  deploy(request: DeployRequest, task?: Task<DeployStep>): Promise<Deployment>;
  /** Stops and forgets the deployment. The model stays in its store. */
  remove(deploymentId: string): Promise<void>;
  /**
   * Where to ask it. What was stopped may be started for it; a way that has to be opened is kept until the target is closed
   * or {@link Routes.close} is called.
   * @param route of {@link Routes}; the first that can be taken when left out
   * @throws ModelDeckError when it failed, or cannot be started or reached
   */
  endpoint(deploymentId: string, route?: RouteKind, task?: Task): Promise<Endpoint>;
  /** Remembers what is there under a name now, so that a deploy that comes to nothing can be taken back. */
  restorePoint(name: string, task?: Task): Promise<RestorePoint>;
}

/** What a deployment may be called. The rule belongs to the target, and a suggestion is always allowed by it. */
export interface NameRule {
  /** One sentence that says what is wrong with a name, or nothing. */
  checkName(name: string): string | undefined;
  /** The nearest name that is allowed, for a model of any name. */
  suggestName(modelName: string): string;
}

/** What a target can do beyond serving; each is left out where it cannot be done. */
export interface TargetCapabilities {
  readonly lifecycle?: Lifecycle;
  readonly logs?: Logs;
  readonly routes?: Routes;
  readonly versions?: Versions;
  readonly manifests?: Manifests;
  /** Sets the bounds of the number of servers of a deployment. @returns what of it has no effect, one sentence */
  scale?(deploymentId: string, minReplicas: number, maxReplicas: number, task?: Task): Promise<string | undefined>;
  /** Looks now, and says what keeps a deployment from being ready; undefined when nothing is found. */
  explain?(deploymentId: string, task?: Task): Promise<ModelDeckError | undefined>;
  /** Reads the deployments and follows them until the returned function is called. Without it, they are always up to date. */
  follow?(): () => void;
  /** The cluster whose objects the deployments are, so that their pods and events can be shown. */
  readonly cluster?: ClusterPlace;
}

/** Starting and stopping a deployment that stays in the list. */
export interface Lifecycle {
  start(deploymentId: string, task?: Task<DeployStep>): Promise<Deployment>;
  stop(deploymentId: string): Promise<void>;
}

/** A log that the target keeps itself. */
export interface Logs {
  /** The newest part, as text. */
  read(deploymentId: string): Promise<string>;
}

/** Several ways to a deployment, of which the user may choose. Without them there is one, which needs no opening. */
export interface Routes {
  /** The one that `endpoint` takes by itself first. */
  of(deploymentId: string, task?: Task): Promise<readonly Route[]>;
  close(deploymentId: string): void;
}

export interface Versions {
  /** Those that a deployment had before, newest first. */
  earlier(deploymentId: string, task?: Task): Promise<readonly EarlierVersion[]>;
  /** Serves an earlier version again; the present one keeps answering until that one is ready. */
  rollBack(deploymentId: string, version: EarlierVersion, task?: Task<DeployStep>): Promise<Deployment>;
}

/** Deployments that are described by a manifest in YAML. */
export interface Manifests {
  /** Without managed fields and status for editing, or whole. */
  read(deploymentId: string, form: 'edit' | 'whole', task?: Task): Promise<string>;
  /** Applies an edited manifest, checked by a dry run first. Waits for nothing. */
  apply(yaml: string, options?: { readonly force?: boolean }, task?: Task): Promise<void>;
}

export interface ClusterPlace extends NamespaceRef {
  readonly connection: ClusterConnection;
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
  | 'wait-controller'
  | 'wait-scheduled'
  | 'wait-containers'
  | 'undo';

export interface DeployRequest {
  /** Name of the deployment, as {@link NameRule.checkName} allows it. */
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
  /** Makes a ServingRuntime of a template in the namespace, and serves with it; one of its name that is there is taken. */
  readonly newRuntime?: {
    /** `RuntimeTemplate.server`. */
    readonly server: string;
    /** Instead of the template's own. */
    readonly image?: string;
  };
  /** KServe's name of the format; that of the model's package when left out. */
  readonly modelFormat?: string;
  /** Kubernetes quantities, for example `{ cpu: '1', memory: '2Gi' }`; requests and limits alike. */
  readonly resources?: Readonly<Record<string, Quantity>>;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** The InferenceService as the user edited it (YAML); everything above then only pre-filled it. */
  readonly manifest?: string;
  /** Take fields that other managers own. */
  readonly force?: boolean;
  /** `DeployPlan.planRevision` of the plan that was looked at: when the cluster has moved on since, nothing is changed. */
  readonly planRevision?: string | undefined;
}

export interface DeployPlan {
  /** The runtime that will serve it, and why that one; one sentence each. */
  readonly runtime: string;
  readonly reason: string;
  /** What else could serve it, and why nothing else does; one sentence each. */
  readonly alternatives?: readonly string[];
  readonly warnings: readonly string[];
  /** For a cluster: every object that will be made or changed, in the order of doing. */
  readonly objects?: readonly PlannedObject[];
  /** For a cluster: a mark of what was there when the plan was made. */
  readonly planRevision?: string;
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
  /** Fields that are in the cluster now and would be taken away, as `.spec.predictor.tolerations`. */
  readonly removes?: readonly string[];
  /** Fields that somebody else manages and that would be taken. */
  readonly conflicts?: readonly { readonly manager: string; readonly field: string }[];
}

export type DeploymentState = 'starting' | 'ready' | 'stopped' | 'failed';

export interface Deployment {
  /** Stable over sessions: {@link formatDeploymentRef} makes it of target and name. */
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
  /** Of a deploy that has just ended: what could not be checked, one sentence. */
  readonly unverified?: string;
}

/** What is known of the model that a deployment serves; an InferenceService of somebody else may say little. */
export interface ServedModel {
  readonly name: string;
  readonly version?: string;
  readonly storageUri: string;
  /** Where else the deployment takes models from: canaries, a transformer, several stores at once. */
  readonly otherPlaces?: readonly string[];
  readonly sha256?: string;
  /** Folder and archive on this computer's file system, for stores that have one. */
  readonly path?: string;
  readonly archivePath?: string;
  /** Of its `PackageKind`, where the target knows it. */
  readonly kind?: string;
  readonly serves?: Serves;
  readonly contract?: ModelContract;
}

/** `url`: the service's own address, by a name that this computer knows. */
export type RouteKind = 'port-forward' | 'url' | 'ingress' | 'node-port' | 'api-proxy';

/** A way to a deployment. */
export interface Route {
  readonly kind: RouteKind;
  /** For the reader, for example `Port forward to resnet18-predictor-5f…`. */
  readonly label: string;
  /** Why it cannot be taken now. */
  readonly unavailable?: string;
}

import type { Task } from '../foundation/task.ts';
import type { Endpoint } from '../inference/endpoint.ts';
import type { StoredModel } from '../stores/modelStore.ts';

/** Where a model can be served. `ThisComputer` is one; a KServe cluster's namespace will be another. */
export interface Target {
  readonly id: string;
  readonly label: string;
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
  /** Where to ask it. A stopped one is started first. @throws ModelDeckError when it failed, or cannot be started */
  endpoint(deploymentId: string): Promise<Endpoint>;
  /** The newest part of the deployment's log, as text. */
  log(deploymentId: string): Promise<string>;
}

export type DeployStep = 'plan' | 'upload' | 'verify' | 'start-server' | 'load-model' | 'wait-ready';

export interface DeployRequest {
  /** Name of the deployment; `[a-z]([-a-z0-9]*[a-z0-9])?`, KServe's rule for an InferenceService. */
  readonly name: string;
  readonly model: StoredModel;
  readonly protocol: 'v1' | 'v2';
}

export interface DeployPlan {
  /** The runtime that will serve it, and why that one; one sentence each. */
  readonly runtime: string;
  readonly reason: string;
  readonly warnings: readonly string[];
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
  readonly model: StoredModel;
  readonly runtime: 'onnx' | 'torchserve';
  readonly protocol: 'v1' | 'v2';
  /** When ready. */
  readonly url?: string;
}

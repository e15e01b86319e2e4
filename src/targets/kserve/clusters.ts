import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import type { KubeContext } from '../../cluster/kubeconfig/kubeconfig.ts';
import type { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import type { EarlierVersion } from '../../kserve/index.ts';
import type { DeployStep, Deployment, Target } from '../target.ts';

export type { EarlierVersion };

/** The clusters of the kubeconfig. Opens a connection at the first question about a context and keeps it. */
export interface Clusters {
  /** Reads files only. */
  contexts(): Promise<readonly KubeContext[]>;
  /** @throws ModelDeckError `not-found` for a context that the kubeconfig does not have; what opening throws */
  connect(contextName: string): Promise<ClusterConnection>;
  /** The same object for the same place. */
  target(contextName: string, namespace: string): Promise<KServeTarget>;
  /** Those that were asked for so far: nobody else's clusters are contacted. */
  openTargets(): readonly KServeTarget[];
  /** Called when a target is opened, closed, or its deployments change. Returns the function that ends the subscription. */
  onDidChange(listener: () => void): () => void;
  /**
   * For a changed kubeconfig: closes the connections of contexts that are another cluster or user now, or gone. What runs on
   * the others goes on.
   */
  reset(): Promise<void>;
  close(): void;
}

/** A namespace of a cluster with KServe. Its id is `kserve:<context>/<namespace>`. */
export interface KServeTarget extends Target {
  readonly kind: 'kserve';
  readonly contextName: string;
  readonly namespace: string;
  readonly connection: ClusterConnection;
  /** Reads the InferenceServices and follows them until the returned function is called. */
  follow(): () => void;
  /** The manifest of an InferenceService as YAML: without managed fields and status for editing, or whole. */
  manifest(deploymentId: string, form: 'edit' | 'whole', task?: Task): Promise<string>;
  /** Server-side apply of an edited manifest, checked by a dry run first. Waits for nothing. */
  applyManifest(yaml: string, options?: { readonly force?: boolean }, task?: Task): Promise<void>;
  scale(deploymentId: string, minReplicas: number, maxReplicas: number, task?: Task): Promise<void>;
  /** Versions that this InferenceService had before, newest first; from what `deploy` keeps in an annotation. */
  earlierVersions(deploymentId: string, task?: Task): Promise<readonly EarlierVersion[]>;
  /** Serves an earlier version again; the present one keeps answering until that one is ready. */
  rollBack(deploymentId: string, version: EarlierVersion, task?: Task<DeployStep>): Promise<Deployment>;
  /** What deleting will take along and what holds it back, for the question before. */
  deletionNotes(deploymentId: string, task?: Task): Promise<readonly string[]>;
  /** Reads pods, events and logs, and says what keeps it from being ready; undefined when nothing is found. */
  explain(deploymentId: string, task?: Task): Promise<ModelDeckError | undefined>;
}

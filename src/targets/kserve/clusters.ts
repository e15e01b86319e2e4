import type { ClusterConnection } from '../../cluster/clusterConnection.ts';
import type { ContextList } from '../../cluster/kubeconfig/kubeconfig.ts';
import type { Task } from '../../foundation/task.ts';
import type { Target, TargetCapabilities } from '../target.ts';

/** The clusters of the kubeconfig. Opens a connection at the first question about a context and keeps it. */
export interface Clusters {
  /** The contexts, the current one first, and an error for each file or entry that cannot be read. Reads files only. */
  kubeconfig(): Promise<ContextList>;
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

/** A namespace of a cluster with KServe. {@link formatNamespaceRef} makes its id. */
export type KServeTarget = Target &
  Required<Omit<TargetCapabilities, 'logs'>> & {
    /** What deleting will take along and what holds it back, for the question before. */
    deletionNotes(deploymentId: string, task?: Task): Promise<readonly string[]>;
    /** What else uses it, with its kind, for example `InferenceGraph router`. */
    users(deploymentId: string, task?: Task): Promise<readonly string[]>;
    /** ServiceAccounts that may sign in to what guards an endpoint. */
    readonly serviceAccounts: {
      /** Those that may be meant for a deployment, the likeliest first. @returns undefined for who may not list them */
      list(name: string, task?: Task): Promise<readonly string[] | undefined>;
      /** @throws ModelDeckError when the user cannot have a token of it */
      check(account: string, task?: Task): Promise<void>;
    };
  };

/** A context as the kubeconfig names it. Nothing of it is a secret: credentials are never read into it. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user?: string;
  readonly namespace?: string;
  /** The cluster's address, when a file defines the cluster. */
  readonly server?: string;
  readonly isCurrent: boolean;
  /** The file that defines the context. */
  readonly file: string;
}

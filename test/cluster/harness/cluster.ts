import type { RunningTorchServe } from './kubelet/torchServe.ts';

/** What a contributor's own cluster, chosen by MODEL_DECK_TEST_KUBECONFIG, does not have. */
export const hooks = [
  'claimFolder', // a claim's folder on this machine, on a certain node, or of a certain size
  'clientCertificates',
  'expiredToken',
  'restartApiServer',
  'stopKServe',
  'proxy',
  'torchServeOf',
  'playedFailures', // images that are not there, missing models and so on, told within seconds
  'manyInferenceServices',
] as const;
export type Hook = (typeof hooks)[number];

/**
 * A real cluster with KServe. Everything in it is a real Kubernetes' and a real KServe's, but for the kubelet: pods run as
 * `kubelet/kubelet.ts` says.
 */
export interface Cluster {
  /** Absolute path of the administrator's kubeconfig. Its one context is `model-deck-test`. */
  readonly kubeconfig: string;
  /** Address of the API server. */
  readonly url: string;
  /** Names of the nodes. */
  readonly nodeNames: readonly string[];
  /**
   * The same administrator through a TCP proxy whose connections can be cut, see {@link Cluster.dropConnections}. Undefined
   * where there is no proxy.
   */
  readonly proxiedKubeconfig: string | undefined;
  /** Folder for files of the tests' own, gone with the cluster. */
  readonly folder: string;
  /** Absolute path of the kubectl that belongs to the cluster. */
  readonly kubectlPath: string;

  /** Why the cluster cannot do something, as node:test takes it: `{ skip: cluster.cannot('proxy') }`. */
  readonly cannot: (hook: Hook) => string | false;

  /**
   * Runs kubectl as the administrator, or with another kubeconfig, and gives what it prints.
   *
   * @throws KubectlError with what it says on standard error
   */
  readonly kubectl: (args: readonly string[], options?: KubectlOptions) => Promise<string>;
  /** Makes a namespace and waits until pods can be made in it. */
  readonly createNamespace: (name: string) => Promise<void>;
  /** Deletes a namespace; what is in it goes in its own time. */
  readonly deleteNamespace: (name: string) => Promise<void>;
  /** Makes a PersistentVolumeClaim and, unless it is to stay unbound, a volume for it, and waits until it is bound. */
  readonly createClaim: (order: ClaimOrder) => Promise<Claim>;
  /** Kubeconfig of somebody who may only do what the rules say. */
  readonly userKubeconfig: (order: UserOrder) => Promise<string>;
  /** Stops the API server and starts it again at the same address; resolves when it is ready. */
  readonly restartApiServer: () => Promise<void>;
  /** Ends KServe's controller: nothing is reconciled, and its webhooks refuse the connection. */
  readonly stopKServe: () => Promise<void>;
  readonly startKServe: () => Promise<void>;
  /** Cuts every connection through the proxy now, and refuses new ones for so long. */
  readonly dropConnections: (options?: DropOptions) => Promise<void>;
  /** Cuts every connection through the proxy as soon as so many more bytes have gone up through it, once. */
  readonly dropAfter: (order: DropOptions & { readonly bytes: number }) => Promise<void>;
  /** How many bytes have gone up through the proxy to the API server. */
  readonly bytesUp: () => Promise<number>;
  /** The TorchServe that runs for a predictor's pod; undefined when there is none (yet). */
  readonly torchServeOf: (namespace: string, pod: string) => Promise<RunningTorchServe | undefined>;
  /** Makes many InferenceServices as fast as the API server takes them; best with KServe stopped. */
  readonly createInferenceServices: (order: InferenceServicesOrder) => Promise<void>;
}

/** A cluster in the hands of who started it. */
export interface StartedCluster extends Cluster {
  /** Ends all processes, and removes all files. In a contributor's own cluster, deletes the namespaces that were made. */
  readonly stop: () => Promise<void>;
}

export interface KubectlOptions {
  readonly input?: string | Uint8Array;
  /** Another kubeconfig than the administrator's. */
  readonly kubeconfig?: string;
  readonly signal?: AbortSignal;
}

export interface ClaimOrder {
  readonly namespace: string;
  readonly name: string;
  /** `1Gi` when left out. */
  readonly size?: string;
  /** `ReadWriteOnce` when left out. */
  readonly accessModes?: readonly string[];
  /** The volume is on this node only. */
  readonly nodeName?: string;
  /** Makes no volume: the claim stays pending, as with a storage class that does not provision. */
  readonly unbound?: boolean;
  /** The volume takes this many bytes and no more. */
  readonly fullAt?: number;
}

export interface Claim {
  /** Where its files are on this machine; undefined for an unbound claim and in a cluster that is not ours. */
  readonly folder: string | undefined;
}

export interface UserOrder {
  readonly name: string;
  /** Rights in this namespace; in the whole cluster when left out. It is the context's namespace too. */
  readonly namespace?: string;
  /** Rules as in a Role; none when left out. */
  readonly rules?: readonly object[];
  /**
   * How the user is known: by a client certificate, by a service account's token, or by one that was good once. What the
   * cluster can do when left out.
   */
  readonly by?: 'certificate' | 'token' | 'expired-token';
}

export interface DropOptions {
  /** For how long new connections are refused, in milliseconds; not at all when left out. */
  readonly refuseFor?: number;
}

export interface InferenceServicesOrder {
  readonly count: number;
  /** They are spread over this many namespaces, `many-0` and so on. */
  readonly namespaces?: number;
}

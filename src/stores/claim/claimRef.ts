import type { StoreRef } from '../modelStore.ts';

/** A store in a PersistentVolumeClaim. */
export interface ClaimRef extends StoreRef {
  readonly kind: 'claim';
  /** Context of the kubeconfig; may have slashes, as that of an EKS cluster has. */
  readonly context: string;
  readonly namespace: string;
  readonly claim: string;
}

export function claimRef(context: string, namespace: string, claim: string): ClaimRef {
  return { kind: 'claim', context, namespace, claim };
}

/** For example `claim:minikube/ml/models`. */
export function formatClaimRef({ context, namespace, claim }: Omit<ClaimRef, 'kind'>): string {
  return `claim:${context}/${namespace}/${claim}`;
}

/** Undefined for the id of another kind of store. Earlier versions wrote `pvc:`, and files of users hold that. */
export function parseClaimRef(id: string): ClaimRef | undefined {
  const [, context, namespace, claim] = /^(?:claim|pvc):(?!\/\/)(.+)\/([^/]+)\/([^/]+)$/.exec(id) ?? [];
  if (context === undefined || namespace === undefined || claim === undefined) return undefined;
  return claimRef(context, namespace, claim);
}

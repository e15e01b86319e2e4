import type { ResourceRequirements } from '../../kserve/resources/core.ts';

/** The claim that is written to, and as whom; for the pod and for sentences. */
export interface ClaimPlace {
  readonly context: string;
  readonly namespace: string;
  readonly claim: string;
  /** The user of the upload pod; undefined when the cluster chooses it. */
  readonly uid: number | undefined;
}

/** Kubernetes quantities of a pod: `{ requests: { cpu: '100m' }, limits: { memory: '256Mi' } }`. */
export type UploadResources = ResourceRequirements;

/** Names of the settings that the remedies point to. */
export const uploadSettings = {
  image: 'modelDeck.upload.image',
  uid: 'modelDeck.upload.runAsUser',
  resources: 'modelDeck.upload.resources',
} as const;

/** The claim that is written to, and as whom; for the pod and for sentences. */
export interface ClaimPlace {
  readonly context: string;
  readonly namespace: string;
  readonly claim: string;
  /** The user of the upload pod; undefined when the cluster chooses it. */
  readonly uid: number | undefined;
}

/** Names of the settings that the remedies point to. */
export const uploadSettings = {
  image: 'modelDeck.upload.image',
  uid: 'modelDeck.upload.runAsUser',
} as const;

import { record, text } from './validate.ts';

/** Why something did not work, in words for the user. Never markup. */
export interface Failure {
  readonly reason: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** The deployment whose log says more. */
  readonly deploymentId?: string;
  /** The endpoint that wants credentials. */
  readonly credentialsFor?: string;
}

export const longestSentence = 4000;
export const isFailure = record<Failure>(
  { reason: text(longestSentence) },
  { remedy: text(longestSentence), deploymentId: text(500), credentialsFor: text(500) },
);

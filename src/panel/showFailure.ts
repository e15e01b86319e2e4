import { ModelDeckError } from '../foundation/error.ts';
import { longestSentence, type Failure } from './messages/shownFailure.ts';

/** An error in words for the page. */
export function describeFailure(error: unknown): Failure {
  if (!ModelDeckError.is(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      reason: clip(`Something went wrong inside Model Deck: ${message}`, longestSentence),
      remedy: 'Run "Model Deck: Show Log" for the details.',
    };
  }
  const { nextStep } = error;
  return {
    reason: clip(error.message, longestSentence),
    ...(error.remedy !== undefined && { remedy: clip(error.remedy, longestSentence) }),
    ...(nextStep?.kind === 'show-deployment-log' && { deploymentId: nextStep.deploymentId }),
    ...(nextStep?.kind === 'set-credentials' && { credentialsFor: nextStep.endpointId }),
  };
}

/** Cuts what a server or file system may have made too long for the contract. @param longest in UTF-16 units */
export function clip(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

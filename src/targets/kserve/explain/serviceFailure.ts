import { ModelDeckError } from '../../../foundation/error.ts';
import { diagnose, type Diagnosis } from '../../../kserve/index.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';

/** A diagnosis as an error: its cause in one sentence, its remedy, its button. */
export function diagnosisError(diagnosis: Diagnosis): ModelDeckError {
  const { category, summary, remedy, nextStep } = diagnosis;
  return new ModelDeckError(category, summary, { remedy, ...(nextStep && { nextStep }), cause: diagnosis });
}

/**
 * What the API server has against an object, in the words of a diagnosis where there is one: a webhook that is down, a
 * quota, missing rights. Its own words otherwise.
 */
export function refusalError(manifest: InferenceService, context: string, error: ModelDeckError): ModelDeckError {
  if (error.category === 'unreachable') return error;
  const diagnosis = diagnose({ isvc: manifest, pods: [], events: [], claims: [], refusals: [error.message], context });
  if (!diagnosis) return error;
  const { summary, remedy } = diagnosis;
  return new ModelDeckError(error.category, summary, {
    remedy,
    ...(error.nextStep && { nextStep: error.nextStep }),
    cause: error,
  });
}

/** The diagnosis that an error was made of. */
export function diagnosisOf(error: unknown): Diagnosis | undefined {
  if (!ModelDeckError.is(error)) return undefined;
  const cause = error.cause as Partial<Diagnosis> | undefined;
  return typeof cause?.code === 'string' && Array.isArray(cause.evidence) ? (cause as Diagnosis) : undefined;
}

/** Whether an explanation names a failure, and not what is still on its way. */
export function isFailure(explanation: ModelDeckError): boolean {
  return diagnosisOf(explanation)?.severity === 'error';
}

import { oneLine, showEvents, showManifest, type Facts, type Refusal } from './facts.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';

/** A message of the API server (or of an admission controller in it) and what it means. */
interface RefusalCause {
  readonly code: string;
  readonly pattern: RegExp;
  readonly summary: (match: RegExpExecArray, facts: Facts, refusal: Refusal) => string;
  readonly remedy: (match: RegExpExecArray, facts: Facts) => string;
  readonly step?: (facts: Facts, refusal: Refusal) => Diagnosis['nextStep'];
}

/** Gives the cause that finds the message of a table in what was refused. The table's order is that of precedence. */
export function refusedFor(table: readonly RefusalCause[]): Cause {
  return (facts) => {
    for (const { code, pattern, summary, remedy, step } of table) {
      for (const refusal of facts.refusals) {
        const match = pattern.exec(refusal.message);
        if (match === null) continue;
        const nextStep = (step ?? defaultStep)(facts, refusal);
        return {
          code,
          summary: summary(match, facts, refusal),
          remedy: remedy(match, facts),
          ...(nextStep && { nextStep }),
          severity: 'error',
          object: refusal.object,
          evidence: [oneLine(refusal.message, 600)],
        };
      }
    }
    return undefined;
  };
}

function defaultStep(facts: Facts, { object }: Refusal): Diagnosis['nextStep'] {
  return object.kind === 'InferenceService' ? showManifest(facts) : showEvents(facts, object);
}

import type { ErrorCategory } from '../../foundation/error.ts';
import type { DiagnosisCode } from './codes.ts';
import { oneLine, showEvents, showManifest, type Facts, type Refusal } from './facts.ts';
import { matchPhrase } from './phrase.ts';
import type { Cause } from './cause.ts';
import type { Diagnosis, Healing } from './diagnosis.ts';

/** A message of the API server (or of an admission controller in it) and what it means. */
interface RefusalCause {
  readonly code: DiagnosisCode;
  readonly category: ErrorCategory;
  /** Left out for what stays as it is. */
  readonly mayHeal?: Healing;
  /** Of the error's own phrase: names are covered when it is tried (`phrase.ts`), and may only be captured. */
  readonly pattern: RegExp;
  /** Whether it is meant: by whom it was said, in which mode, about what. */
  readonly fits?: (match: RegExpExecArray, facts: Facts, refusal: Refusal) => boolean;
  readonly summary: (match: RegExpExecArray, facts: Facts, refusal: Refusal) => string;
  readonly remedy: (match: RegExpExecArray, facts: Facts) => string;
  readonly step?: (facts: Facts, refusal: Refusal) => Diagnosis['nextStep'];
}

/** Gives the cause that finds the message of a table in what was refused. The table's order is that of precedence. */
export function refusedFor(table: readonly RefusalCause[]): Cause {
  return (facts) => {
    for (const { code, category, mayHeal = false, pattern, fits, summary, remedy, step } of table) {
      for (const refusal of facts.refusals) {
        const match = matchPhrase(pattern, facts.phrase(refusal.message));
        if (match === undefined || fits?.(match, facts, refusal) === false) continue;
        const nextStep = (step ?? defaultStep)(facts, refusal);
        return {
          code,
          category,
          mayHeal,
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

import type { NextStep } from '../../foundation/error.ts';

/** Why a service does not work, as the reader wants it: the cause, not its consequences. */
export interface Diagnosis {
  /** Stable: `image-not-found`, `insufficient-memory`… */
  readonly code: string;
  /** One sentence that names the object and what is wrong with it. */
  readonly summary: string;
  /** One imperative sentence. */
  readonly remedy: string;
  readonly nextStep?: NextStep;
  /** A `warning` may mend itself by waiting. */
  readonly severity: 'error' | 'warning';
  readonly object: { readonly kind: string; readonly name: string; readonly namespace?: string };
  /** Lines of logs and messages of the cluster that it stands on, most telling first. */
  readonly evidence: readonly string[];
}

import type { DiagnosisCode } from './codes.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Facts } from './facts.ts';

/** One reason for trouble: gives its diagnosis when the facts show it. */
export type Cause<Code extends string = DiagnosisCode> = (facts: Facts) => Diagnosis<Code> | undefined;

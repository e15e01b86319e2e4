import type { Diagnosis } from './diagnosis.ts';
import type { DiagnosisEvidence, LogRequest } from './evidence.ts';

/** Undefined for a healthy service, and when nothing is found. */
export function diagnose(evidence: DiagnosisEvidence): Diagnosis | undefined {
  void evidence;
  return undefined;
}

/** The containers whose log tails would tell more. */
export function wantsLogsOf(evidence: DiagnosisEvidence): readonly LogRequest[] {
  void evidence;
  return [];
}

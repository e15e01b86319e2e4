import { readFileSync } from 'node:fs';
import type { DiagnosisEvidence, LogTail } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';

/** Evidence as a cluster gives it, and the sentence that a user has to get. */
export interface Case {
  readonly name: string;
  readonly evidence: DiagnosisEvidence;
  readonly code: string;
  readonly summary: string | RegExp;
  readonly remedy?: RegExp;
}

/** A log that a real TorchServe 0.9.0 wrote when it was made to fail. */
export function torchServeLog(name: string): string {
  return readFileSync(new URL(`../../../fixtures/torchserve-logs/${name}.log`, import.meta.url), 'utf8');
}

export function log(text: string, over: Partial<LogTail> = {}): LogTail {
  return { pod: a.podName, container: 'kserve-container', previous: false, part: 'end', text, ...over };
}

export const previousLog = (text: string): LogTail[] => [log(text, { previous: true })];

export const fromS3 = { model: { storageUri: 's3://models/resnet18' } };

export const serviceEvent = (reason: string, message: string): ReturnType<typeof a.event> =>
  a.event(reason, message, { kind: 'InferenceService', name: 'resnet18' });

export const claimEvent = (reason: string, message: string): ReturnType<typeof a.event> =>
  a.event(reason, message, { kind: 'PersistentVolumeClaim', name: 'models' });

/** A log that a real Triton 2.51 or MLServer 1.7.1 wrote when it was made to fail, with paths as in a container. */
export function serverLog(name: string): string {
  return readFileSync(new URL(`../../../fixtures/server-logs/${name}.log`, import.meta.url), 'utf8');
}

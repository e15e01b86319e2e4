import type { ErrorCategory, NextStep } from '../../foundation/error.ts';
import type { DiagnosisCode } from './codes.ts';

/**
 * Whether a trouble may pass without anybody doing something: `false`, or by whom. `scheduling` looks again when a claim is
 * bound or a pod has gone; `nodes` is scheduling that a new node of an autoscaler would help; `retry` is tried again by
 * kubelets and controllers; `restart` is a container that failed, and that the kubelet is about to start again;
 * `controller` is KServe's, which has much to do, or is being started.
 */
export type Healing = false | 'scheduling' | 'nodes' | 'retry' | 'restart' | 'controller';

/** Why a service does not work, as the reader wants it: the cause, not its consequences. */
export interface Diagnosis<Code extends string = DiagnosisCode> {
  readonly code: Code;
  /** What kind of error it is for a command that ends with it. */
  readonly category: ErrorCategory;
  /** How long a deploy waits before it believes it depends on this. */
  readonly mayHeal: Healing;
  /** One sentence that names the object and what is wrong with it. */
  readonly summary: string;
  /** One imperative sentence. */
  readonly remedy: string;
  readonly nextStep?: NextStep;
  /** A `warning` does not end a deploy: it is still on its way, or the evidence does not decide. */
  readonly severity: 'error' | 'warning';
  readonly object: { readonly kind: string; readonly name: string; readonly namespace?: string };
  /** Lines of logs and messages of the cluster that it stands on, most telling first. */
  readonly evidence: readonly string[];
}

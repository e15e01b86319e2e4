import {
  admissionDenied,
  forbidden,
  limitRange,
  podSecurity,
  quotaExceeded,
  serviceAccountMissing,
} from './admission.ts';
import { claimMissing, claimPending, claimWaitsForPod } from './claims.ts';
import { containerConfig } from './containerConfig.ts';
import { controllerSilent } from './controllerSilent.ts';
import { crashLoop, outOfMemory } from './crash.ts';
import { deadlineExceeded } from './deadline.ts';
import { imagePull } from './imagePull.ts';
import { invalidPredictor, knativeMissing, storageUriRefused } from './invalidSpec.ts';
import { evicted, nodeNotReady } from './nodes.ts';
import { notInjected } from './notInjected.ts';
import { runtimeMissing } from './runtimeMissing.ts';
import { storageInitializer } from './storageInitializer.ts';
import { unschedulable } from './unschedulable.ts';
import { volumeProblem } from './volumes.ts';
import { webhookDown } from './webhookDown.ts';
import { workerDied } from './workerDied.ts';
import type { Cause } from './cause.ts';

/**
 * The causes in the order of a service's life, so that a cause comes before its consequences: what is refused before a
 * pod exists, then node and volumes, then images, then the model's arrival, then the server.
 */
export const causes: readonly Cause[] = [
  webhookDown,
  forbidden,
  knativeMissing,
  runtimeMissing,
  storageUriRefused,
  invalidPredictor,
  serviceAccountMissing,
  quotaExceeded,
  limitRange,
  podSecurity,
  admissionDenied,
  claimMissing,
  claimPending,
  unschedulable,
  nodeNotReady,
  evicted,
  volumeProblem,
  imagePull,
  containerConfig,
  notInjected,
  storageInitializer,
  outOfMemory,
  crashLoop,
  workerDied,
  controllerSilent,
  claimWaitsForPod,
  deadlineExceeded,
];

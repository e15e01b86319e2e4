import { admissionDenied, limitRange, podSecurity, quotaExceeded, serviceAccountMissing } from './admission.ts';
import { claimMissing, claimPending, claimWaitsForPod } from './claims.ts';
import { containerConfig } from './containerConfig.ts';
import { controllerSilent } from './controllerSilent.ts';
import { crashLoop, execFormat, knownCrash, outOfMemory, probeKilled, startedAgain } from './crash.ts';
import { deadlineExceeded } from './deadline.ts';
import { forbidden } from './forbidden.ts';
import { imagePull } from './imagePull.ts';
import { ingress } from './ingress.ts';
import { invalidPredictor, knativeMissing, storageUriRefused } from './invalidSpec.ts';
import { knativeNetwork, revisionFailed, revisionImage } from './knativeRevision.ts';
import { knativeRefused } from './knativeRefused.ts';
import { clusterWarning, replicaFailure } from './lastWords.ts';
import { modelLoadFailed, modelMeshSilent } from './modelMesh.ts';
import { evicted, nodeNotReady, podEnded } from './nodes.ts';
import { notInjected } from './notInjected.ts';
import { podSandbox } from './podSandbox.ts';
import { queued } from './queued.ts';
import { reconcileFailed, reconcileFailedOtherwise } from './reconcileFailed.ts';
import { runtimeMissing } from './runtimeMissing.ts';
import { securityContextConstraint } from './securityContextConstraint.ts';
import { storageInitializer } from './storageInitializer.ts';
import { unschedulable } from './unschedulable.ts';
import { volumeBinding } from './volumeBinding.ts';
import { volumeProblem } from './volumes.ts';
import { webhookDown } from './webhookDown.ts';
import { loadRefused, workerDied } from './workerDied.ts';
import type { Cause } from './cause.ts';

/**
 * The causes in the order of a service's life, so that a cause comes before its consequences: what is refused before a
 * pod exists, then node and volumes, then images, then the model's arrival, then the server, then the way in; what the
 * cluster merely says comes last.
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
  securityContextConstraint,
  knativeRefused,
  admissionDenied,
  reconcileFailed,
  reconcileFailedOtherwise,
  revisionImage,
  claimMissing,
  claimPending,
  volumeBinding,
  queued,
  unschedulable,
  nodeNotReady,
  evicted,
  podEnded,
  podSandbox,
  volumeProblem,
  imagePull,
  containerConfig,
  notInjected,
  storageInitializer,
  outOfMemory,
  execFormat,
  knownCrash,
  probeKilled,
  crashLoop,
  workerDied,
  loadRefused,
  startedAgain,
  revisionFailed,
  knativeNetwork,
  ingress,
  modelMeshSilent,
  controllerSilent,
  claimWaitsForPod,
  modelLoadFailed,
  replicaFailure,
  deadlineExceeded,
  clusterWarning,
];

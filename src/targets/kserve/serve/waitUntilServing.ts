import { messageOf, ModelDeckError } from '../../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { diagnose, eventTimeMs, isNamedForCanary, type Diagnosis } from '../../../kserve/index.ts';
import type { KubeEvent, Pod } from '../../../kserve/resources/core.ts';
import type { InferenceServiceStatus } from '../../../kserve/resources/inferenceService.ts';
import type { DeployStep } from '../../target.ts';
import type { DeploymentWatch } from './deploymentWatch.ts';
import { gatherEvidence } from '../explain/gatherEvidence.ts';
import { diagnosisError } from '../explain/serviceFailure.ts';
import type { ModelAsker } from './modelAsker.ts';
import type { ModelAnswer } from './modelReadiness.ts';
import { canonicalJson, sameJson } from '../plan/ownedFields.ts';
import { patienceFor } from './loadingPatience.ts';
import type { Place } from '../place.ts';
import { serverWorkers, type SeenWorkers } from './serverWorkers.ts';
import { newPods, servingState, type Awaited, type DeploymentView, type ServingState } from './servingState.ts';

export interface ServingWait {
  readonly awaited: Awaited;
  readonly watch: DeploymentWatch;
  readonly asker: ModelAsker;
  /** Left out for a server that speaks gRPC alone: its pod's readiness has to do. */
  readonly asksModel: boolean;
  /** By which the server is asked. */
  readonly modelName: string;
  /** Status before the apply: KServe takes a moment to write a new one. */
  readonly statusBefore?: InferenceServiceStatus | undefined;
}

/** Milliseconds. */
export const waitingTimes = {
  /** Between two looks while nothing is reported: a model that loads reports nothing. */
  lookMs: 1000,
  /** The cause is looked for again after so long, even if nothing has changed. */
  examineMs: 5000,
  /** How long an old status may be shown after an apply. */
  staleMs: 2000,
  /** How long a ready pod may keep silent about its model before its log is read. */
  silenceMs: 15_000,
  /** How long a server may take until its log tells of a worker. */
  silentLogMs: 60_000,
  /** Without any change in the cluster for so long, waiting ends: a large image is pulled by then. */
  stallMs: 20 * 60_000,
};

/**
 * Waits until the model itself answers in a pod of the new version, and the old pods are leaving.
 *
 * @returns the pod, and what it said; undefined when the service is scaled to zero
 * @throws ModelDeckError the diagnosis of a failure that waiting does not heal; `timeout` when nothing moves any more;
 *   `conflict` or `not-found` when somebody else replaced or deleted it; `cancelled`
 */
export async function waitUntilServing(
  place: Place,
  wait: ServingWait,
  task: Task<DeployStep>,
): Promise<Answered | undefined> {
  const { watch, awaited, asker } = wait;
  const failures = new FailureWatch(place, wait);
  const { signal } = task;
  let saidSince: number | undefined;
  await watch.listed({ signal });
  for (;;) {
    throwIfCancelled(task);
    const view = watch.view();
    const state = servingState(view, awaited);
    if (state.kind === 'asleep') return undefined;
    if (state.kind === 'running') {
      const answer: ModelAnswer = wait.asksModel ? await ask(asker, state.pod, { signal }) : { kind: 'mute' };
      const says = answer.kind === 'ready' || (answer.kind === 'mute' && state.isReady);
      if (says) saidSince ??= Date.now();
      const asked = answer.kind === 'ready' ? answer.modelName : wait.modelName;
      const workers = says ? await serverWorkers(place, state.pod, asked, { signal }) : undefined;
      const answers = says && isSure(workers, saidSince);
      if (answers && state.isReady) return { pod: state.pod, answer, ...whatIsUnverified(wait, answer, workers) };
      task.onProgress?.({ step: answers ? 'wait-ready' : 'load-model' });
      failures.answered(answers, workers === 'failed', answer);
    } else {
      const { step, done, total } = state;
      task.onProgress?.({ step, ...(total !== undefined && { done: done ?? 0, total }) });
    }
    await failures.examine(view, state, { signal });
    await watch.changed(waitingTimes.lookMs, { signal });
  }
}

export interface Answered {
  readonly pod: Pod;
  readonly answer: ModelAnswer;
  /** What could not be checked, one sentence. */
  readonly unverified?: string;
}

/** Ready is what was checked: what the server could only be believed is said. */
function whatIsUnverified(
  { asksModel, awaited: { name } }: ServingWait,
  answer: ModelAnswer,
  workers: SeenWorkers | undefined,
): Pick<Answered, 'unverified'> {
  if (!asksModel) {
    return { unverified: `${name} speaks gRPC alone: its pod is ready, and the model itself was not asked.` };
  }
  if (workers === 'unverified' || workers === 'unknown') {
    return {
      unverified: `The server of ${name} says that it is ready; whether its worker has loaded the model could not be seen, since you may not read its log (pods/log), or it tells nothing of it.`,
    };
  }
  if (answer.kind !== 'mute') return {};
  return {
    unverified: `The server of ${name} has no question for its model: that its pod is ready is all that is known.`,
  };
}

/** A server that tells nothing of its workers, or may not be asked, is believed after a while. */
function isSure(workers: SeenWorkers | undefined, saidSince: number | undefined): boolean {
  if (workers === undefined || workers === 'loaded') return true;
  const isSilent = workers === 'unknown' || workers === 'unverified';
  return isSilent && Date.now() - (saidSince ?? Date.now()) > waitingTimes.silentLogMs;
}

/** A forward that does not come about says as little as a server that does not answer. */
async function ask(asker: ModelAsker, pod: Pod, task: Task): Promise<ModelAnswer> {
  try {
    return await asker.ask(pod, task.signal);
  } catch (error) {
    throwIfCancelled(task);
    return { kind: 'loading', reason: messageOf(error) };
  }
}

/** Looks for the cause while it is waited, and ends the waiting when there is one. */
class FailureWatch {
  private seen = '';
  private changedAt = Date.now();
  private examinedAt = 0;
  private readonly startedAt = Date.now();
  private silentSince: number | undefined;
  private serverSays: string | undefined;
  private suspicion: { readonly code: string; readonly since: number } | undefined;

  constructor(
    private readonly place: Place,
    private readonly wait: ServingWait,
  ) {}

  /** @param hasFailed its log says so, so that there is nothing to wait for, as where its answer does */
  answered(answers: boolean, hasFailed: boolean, answer: ModelAnswer): void {
    this.serverSays = answer.kind === 'refused' ? answer.reason : undefined;
    if (hasFailed || this.serverSays !== undefined) this.silentSince = 0;
    else this.silentSince = answers ? undefined : (this.silentSince ?? Date.now());
  }

  async examine(view: DeploymentView, state: ServingState, task: Task): Promise<void> {
    const { service } = view;
    if (!service) return;
    const now = Date.now();
    this.note(view, now);
    const isNews = this.changedAt > this.examinedAt || this.suspicion !== undefined;
    if (now - this.examinedAt < (isNews ? waitingTimes.lookMs : waitingTimes.examineMs)) return;
    this.examinedAt = now;
    if (sameJson(service.status, this.wait.statusBefore) && now - this.startedAt < waitingTimes.staleMs) return;
    const isSilent = this.silentSince !== undefined && now - this.silentSince > waitingTimes.silenceMs;
    const isOfCanary = ({ involvedObject }: KubeEvent): boolean =>
      isNamedForCanary(service, involvedObject?.name ?? '');
    const events = view.events.filter((event) => this.isRecent(event) && !isOfCanary(event));
    const pods = newPods(service, view.pods, this.wait.awaited);
    const evidence = await gatherEvidence(
      this.place,
      service,
      { pods, events },
      isSilent && state.kind === 'running'
        ? { modelDoesNotAnswer: true, ...(this.serverSays !== undefined && { serverSays: this.serverSays }) }
        : {},
      task,
    );
    const diagnosis = diagnose(evidence);
    await this.judge(diagnosis, { events, pods }, now, task);
    if (now - this.changedAt > waitingTimes.stallMs) {
      throw diagnosis ? diagnosisError(diagnosis) : this.stalled();
    }
  }

  /** @throws ModelDeckError when the failure has stood long enough */
  private async judge(
    diagnosis: Diagnosis | undefined,
    seen: Pick<DeploymentView, 'events' | 'pods'>,
    now: number,
    task: Task,
  ): Promise<void> {
    if (diagnosis?.severity !== 'error') {
      this.suspicion = undefined;
      return;
    }
    if (this.suspicion?.code !== diagnosis.code) this.suspicion = { code: diagnosis.code, since: now };
    const patience = await patienceFor(this.place, diagnosis, seen, task);
    if (now - this.suspicion.since >= patience) throw diagnosisError(diagnosis);
  }

  private note(view: DeploymentView, now: number): void {
    const seen = canonicalJson([view.service?.status, view.pods.map(({ status }) => status), view.events.length]);
    if (seen !== this.seen) this.changedAt = now;
    this.seen = seen;
  }

  /** Events of earlier deploys are told again for an hour. */
  private isRecent(event: KubeEvent): boolean {
    const { since } = this.wait.awaited;
    const at = eventTimeMs(event);
    return since === undefined || at === 0 || at >= Date.parse(since);
  }

  private stalled(): ModelDeckError {
    const minutes = Math.round(waitingTimes.stallMs / 60_000);
    return new ModelDeckError(
      'timeout',
      `${this.wait.awaited.name} is not ready, and nothing has happened for ${minutes} minutes.`,
      { remedy: 'Look at its pods and events; deploy it again when the cause is found.' },
    );
  }
}

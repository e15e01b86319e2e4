import type { Task } from '../../../foundation/task.ts';
import { readProvenance, servedModelOf } from '../../../kserve/index.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { DeployStep } from '../../target.ts';
import { applyDeployment, type ApplyRequest, type Journal } from './applyDeployment.ts';
import { watchDeployment } from './deploymentWatch.ts';
import { ModelAsker } from './modelAsker.ts';
import { fieldManager } from '../plan/ownedFields.ts';
import type { Place } from '../place.ts';
import { markOf, modelNameOf } from '../plan/prepareDeployment.ts';
import { waitUntilServing } from './waitUntilServing.ts';

/** The InferenceService as it is when its model answers. */
export interface Served {
  readonly service: InferenceService;
  /** What could not be checked of it, one sentence. */
  readonly unverified?: string;
}

/** Applies, and waits until the model answers. */
export async function applyAndServe(
  place: Place,
  request: ApplyRequest,
  journal: Journal,
  task: Task<DeployStep>,
): Promise<Served> {
  task.onProgress?.({ step: 'apply' });
  const applied = await applyDeployment(place, request, journal, { signal: task.signal });
  return serve(place, applied, journal.applied?.before, task);
}

/** Waits until the model of an InferenceService answers. */
export async function serve(
  place: Place,
  service: InferenceService,
  before: InferenceService | undefined,
  task: Task<DeployStep>,
): Promise<Served> {
  const { name, uid = '' } = service.metadata;
  const protocol = protocolOf(service);
  const watch = watchDeployment(place, name);
  const modelName = modelNameOf(service);
  const asker = new ModelAsker(place, service, { modelName, protocol: protocol === 'v2' ? 'v2' : 'v1' });
  try {
    const answered = await waitUntilServing(
      place,
      {
        awaited: { name, uid, mark: markOf(service), ...(before !== undefined && { since: appliedAt(service) }) },
        watch,
        asker,
        asksModel: !protocol.startsWith('grpc'),
        modelName,
        statusBefore: before?.status,
      },
      task,
    );
    const { modelVersion } = readProvenance(service);
    const what = answered?.answer.kind === 'ready' ? answered.answer.modelName : 'its server';
    place.log(
      `${name}: ${what} answers in ${answered?.pod.metadata.name ?? 'no pod'} (version ${modelVersion ?? '?'})`,
    );
    const unverified = answered?.unverified;
    if (unverified !== undefined) place.log(unverified);
    return { service: watch.view().service ?? service, ...(unverified !== undefined && { unverified }) };
  } finally {
    watch.close();
    asker.close();
  }
}

function protocolOf(service: InferenceService): string {
  return servedModelOf(service)?.protocolVersion ?? 'v1';
}

/** The server's time of our last apply: it is compared with other times of the server only. */
function appliedAt({ metadata }: InferenceService): string | undefined {
  const entries = (metadata.managedFields ?? []).filter(({ manager }) => manager === fieldManager);
  return entries
    .map(({ time }) => time)
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
}

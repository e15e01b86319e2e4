import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import { parsePvcUri, planWarnings, runtimeRequestOf, selectRuntime, toYaml } from '../../../kserve/index.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { ServingRuntime } from '../../../kserve/resources/servingRuntime.ts';
import type { DeployPlan, DeployRequest, PlannedObject } from '../../target.ts';
import { deploymentMode, readClusterFacts, type ClusterFacts } from './clusterFacts.ts';
import { inOrderOf, ownedFields, sameFields, united } from './ownedFields.ts';
import { inPlace, type Place } from '../place.ts';
import { planRevisionOf, prepare, wantedManifest, withoutBookkeeping, type Prepared } from './prepareDeployment.ts';

/**
 * What deploying would do: the object as it would be applied and as it is, the runtime that KServe would take and why,
 * what the server says to it, and what may go wrong.
 *
 * @throws ModelDeckError `unsupported` without KServe, `forbidden`, `not-found` without a namespace or a fitting runtime,
 *   `invalid-input` for a manifest that cannot be read
 */
export async function planDeployment(place: Place, request: DeployRequest, task: Task): Promise<DeployPlan> {
  const first = wantedManifest(place, request, undefined);
  const facts = await readClusterFacts(place, request.name, first.spec.predictor.model?.storageUri, task);
  const { chosen, ...runtime } = chooseRuntime(wantedManifest(place, request, facts.live), facts);
  const mode = deploymentMode(facts.live, facts.config);
  const wanted = wantedManifest(place, request, facts.live, { mode, runtime: chosen });
  const prepared = await prepare(place, wanted, facts.live, request.cluster?.force ?? false, task);
  if (prepared.refusal?.category === 'forbidden') throw prepared.refusal;
  return {
    ...runtime,
    warnings: warningsOf(request, prepared.manifest, facts, chosen),
    objects: [plannedObject(place, prepared)],
    planRevision: planRevisionOf(facts.live),
  };
}

/** The runtime that KServe will take, as far as it can be known. */
export function takenRuntime(
  service: InferenceService,
  { namespaced = [], clusterWide = [] }: Pick<ClusterFacts, 'namespaced' | 'clusterWide'>,
): ServingRuntime | undefined {
  const request = runtimeRequestOf(service);
  return request && selectRuntime(request, namespaced, clusterWide).chosen?.runtime;
}

function chooseRuntime(
  wanted: InferenceService,
  { namespaced, clusterWide }: ClusterFacts,
): Pick<DeployPlan, 'runtime' | 'reason'> & { readonly chosen?: ServingRuntime } {
  const request = runtimeRequestOf(wanted);
  if (!request) {
    return { runtime: 'its own container', reason: 'The predictor brings a container, so that no runtime is needed.' };
  }
  const { chosen, problem } = selectRuntime(request, namespaced ?? [], clusterWide ?? []);
  if (chosen) return { runtime: chosen.runtime.metadata.name, reason: chosen.sentence, chosen: chosen.runtime };
  const unread = [namespaced ? [] : 'ServingRuntimes', clusterWide ? [] : 'ClusterServingRuntimes'].flat();
  if (unread.length > 0) {
    const reason = `You may not list ${unread.join(' and ')}, so that only KServe knows which one it takes.`;
    return { runtime: request.runtime ?? 'chosen by KServe', reason };
  }
  throw new ModelDeckError('not-found', problem?.sentence ?? 'No runtime can serve this model.', {
    remedy: 'Name a runtime that serves this format, or ask who runs the cluster to install one.',
  });
}

function warningsOf(
  { model }: DeployRequest,
  service: InferenceService,
  { claim, ...facts }: ClusterFacts,
  runtime: ServingRuntime | undefined,
): readonly string[] {
  const archive = model.archivePath?.split(/[\\/]/).at(-1) ?? `${model.name}.mar`;
  const isMissing = claim === 'missing';
  const name = parsePvcUri(service.spec.predictor.model?.storageUri ?? '')?.claim ?? '';
  return [
    ...(isMissing ? [`There is no PersistentVolumeClaim ${name} in ${service.metadata.namespace ?? ''}.`] : []),
    ...planWarnings({ ...facts, service, runtime, archiveName: archive, ...(!isMissing && { claim }) }),
  ];
}

function plannedObject(place: Place, prepared: Prepared): PlannedObject {
  const { manifest, live, action, refusal, conflicts, removes } = prepared;
  const shown = withoutBookkeeping(manifest);
  // What we own and no longer want is taken away by applying, so it belongs to the comparison.
  const before = live && sameFields(live, united(ownedFields(live), manifest) as InferenceService);
  return {
    kind: 'InferenceService',
    ...(inPlace(place, manifest.metadata.name) as { name: string; namespace: string }),
    action,
    yaml: toYaml(shown),
    ...(before && { liveYaml: toYaml(inOrderOf(withoutBookkeeping(before), shown) as InferenceService) }),
    dryRun: refusal ? refused(refusal) : { ok: true },
    ...(removes.length > 0 && { removes }),
    ...(conflicts.length > 0 && { conflicts }),
  };
}

function refused({ message, remedy, category }: ModelDeckError): PlannedObject['dryRun'] {
  return { ok: false, reason: message, category, ...(remedy !== undefined && { remedy }) };
}

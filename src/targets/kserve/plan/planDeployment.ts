import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import {
  inferenceServiceNameProblem,
  parsePvcUri,
  planWarnings,
  runtimeRequestOf,
  selectRuntime,
  toYaml,
} from '../../../kserve/index.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { ServingRuntime } from '../../../kserve/resources/servingRuntime.ts';
import type { DeployPlan, DeployRequest, PlannedObject } from '../../target.ts';
import { deploymentMode, readClusterFacts, type ClusterFacts } from './clusterFacts.ts';
import { inOrderOf, ownedFields, sameFields, united } from './ownedFields.ts';
import { inPlace, type Place } from '../place.ts';
import { plannedRuntime } from './newRuntime.ts';
import { planServing } from './planServing.ts';
import { planRevisionOf, prepare, wantedManifest, withoutBookkeeping, type Prepared } from './prepareDeployment.ts';

/**
 * What deploying would do: the object as it would be applied and as it is, the runtime that KServe would take and why,
 * what the server says to it, and what may go wrong.
 *
 * @throws ModelDeckError `unsupported` without KServe, `forbidden`, `not-found` without a namespace or a fitting runtime,
 *   `invalid-input` for a manifest that cannot be read
 */
export async function planDeployment(place: Place, asked: DeployRequest, task: Task): Promise<DeployPlan> {
  const first = wantedManifest(place, asked, undefined);
  const facts = await readClusterFacts(place, asked.name, first.spec.predictor.model?.storageUri, task);
  const { request, chosen, newRuntime, cautions, ...serving } = await planServing(place, asked, facts);
  const { manifest, newRuntime: isMade } = asked.cluster ?? {};
  if (manifest !== undefined && isMade === undefined) checkWritten(first, facts);
  const mode = deploymentMode(facts.live, facts.config);
  const wanted = wantedManifest(place, request, facts.live, { mode, runtime: chosen });
  const [checked, runtime] = await Promise.all([
    prepare(place, wanted, facts.live, request.cluster?.force ?? false, task),
    newRuntime && plannedRuntime(place, newRuntime, task),
  ]);
  const prepared = { ...checked, refusal: checked.refusal ?? unworkableName(wanted, facts) };
  if (prepared.refusal?.category === 'forbidden') throw prepared.refusal;
  return {
    ...serving,
    warnings: [
      ...cautions,
      ...(newRuntime ? [imageHasToCome(newRuntime)] : []),
      ...warningsOf(request, prepared.manifest, facts, chosen),
    ],
    objects: [...(runtime ? [runtime] : []), plannedObject(place, prepared)],
    planRevision: planRevisionOf(facts.live),
  };
}

/** What a user wrote is applied as it is: another runtime cannot be named in its place. @throws ModelDeckError `not-found` */
function checkWritten(service: InferenceService, { namespaced, clusterWide }: ClusterFacts): void {
  const request = runtimeRequestOf(service);
  if (!request || !namespaced || !clusterWide) return;
  const { problem } = selectRuntime(request, namespaced, clusterWide);
  if (!problem) return;
  throw new ModelDeckError('not-found', problem.sentence, {
    remedy: 'Correct format, protocol or runtime in the manifest, or ask who runs the cluster to install a runtime.',
  });
}

function imageHasToCome({ metadata, spec }: ServingRuntime): string {
  const image = spec.containers?.[0]?.image ?? '';
  return `The ServingRuntime ${metadata.name} will be made, and taken away again if the deploy fails: the nodes have to be able to pull ${image}.`;
}

/** The API server takes a name that KServe's controller then can make nothing of. What is there already has a name that works. */
function unworkableName(
  { metadata, spec }: InferenceService,
  { live, config }: ClusterFacts,
): ModelDeckError | undefined {
  if (live) return undefined;
  const predictorName = spec.predictor['name'];
  const problem = inferenceServiceNameProblem(metadata.name, {
    namespace: metadata.namespace,
    hasTransformer: spec.transformer !== undefined,
    predictorName: typeof predictorName === 'string' ? predictorName : undefined,
    domainTemplate: config?.ingress.domainTemplate,
  });
  return problem === undefined
    ? undefined
    : new ModelDeckError('invalid-input', problem, { remedy: 'Choose a shorter name.' });
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

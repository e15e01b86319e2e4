import { ModelDeckError } from '../../../foundation/error.ts';
import { runtimeRequestOf, selectRuntime, type ChosenRuntime } from '../../../kserve/index.ts';
import type { ListedRuntimes } from '../../../kserve/choices/otherRuntimes.ts';
import {
  alternatives,
  chooseServing,
  optionWords,
  type ServingChoice,
  type ServingOption,
} from '../../../kserve/choices/servingChoice.ts';
import type { InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { ServingRuntime } from '../../../kserve/resources/servingRuntime.ts';
import { runtimeTemplates } from '../../../kserve/runtimeTemplates/index.ts';
import { runtimeOfTemplate } from '../../../kserve/runtimeTemplates/runtimeTemplate.ts';
import type { ClusterDeployOptions, DeployPlan, DeployRequest } from '../../target.ts';
import type { Place } from '../place.ts';
import type { ClusterFacts } from './clusterFacts.ts';
import { wayOfPackage } from './packagingWays.ts';
import { wantedManifest } from './prepareDeployment.ts';

/** Who will serve what is asked for, and what the manifest has to say so that KServe takes that one. */
export interface PlannedServing extends Pick<DeployPlan, 'runtime' | 'reason' | 'alternatives'> {
  /** The request with what the choice adds to it. */
  readonly request: DeployRequest;
  /** That KServe will take; undefined where only KServe knows, or a container of the user's own serves. */
  readonly chosen?: ServingRuntime;
  /** To be made before the service. */
  readonly newRuntime?: ServingRuntime;
  readonly cautions: readonly string[];
}

type Known = ListedRuntimes & Pick<ClusterFacts, 'live' | 'processors'>;

/**
 * Chooses the runtime for a model that is packaged already. What KServe takes by itself is left to it, as long as that can
 * load the package; else the best one is named.
 *
 * @throws ModelDeckError `not-found` where nothing fits; `unsupported` for a runtime that was named and cannot load it
 */
export async function planServing(place: Place, asked: DeployRequest, known: Known): Promise<PlannedServing> {
  const { request, namespaced, newRuntime } = withNewRuntime(place, asked, known);
  const { clusterWide } = known;
  const wanted = wantedManifest(place, request, known.live);
  const selection = runtimeRequestOf(wanted);
  if (!selection) {
    const reason = 'The predictor brings a container, so that no runtime is needed.';
    return { request, runtime: 'its own container', reason, cautions: [] };
  }
  const { chosen, problem } = selectRuntime(selection, namespaced ?? [], clusterWide ?? []);
  const choice = await choiceFor(asked, wanted, { namespaced, clusterWide }, known);
  const option = choice.options.find(({ runtime }) => runtime === chosen?.runtime);
  if (chosen && option) {
    const planned = taken(request, choice, option, `${chosen.sentence} ${soon(option)}`.trim());
    return { ...planned, ...(newRuntime && { newRuntime }) };
  }
  const unread = [namespaced ? [] : 'ServingRuntimes', clusterWide ? [] : 'ClusterServingRuntimes'].flat();
  if (!chosen && unread.length > 0) {
    const reason = `You may not list ${unread.join(' and ')}, so that only KServe knows which one it takes.`;
    return { request, runtime: selection.runtime ?? 'chosen by KServe', reason, cautions: [] };
  }
  if (chosen && asked.cluster?.manifest !== undefined) return asWritten(request, chosen, choice);
  return otherThan({ request, chosen, choice, named: selection.runtime, problem: problem?.sentence });
}

/** Whoever writes the manifest may know better: what stands against the runtime is said, and not refused. */
function asWritten(
  request: DeployRequest,
  { runtime, sentence }: ChosenRuntime,
  { others }: ServingChoice,
): PlannedServing {
  const cautions = others.filter((other) => other.runtime === runtime).map((other) => other.sentence);
  return { request, runtime: runtime.metadata.name, reason: sentence, chosen: runtime, cautions };
}

interface Mistaken {
  readonly request: DeployRequest;
  /** What KServe would take, which cannot load the package; undefined when it finds none. */
  readonly chosen: ChosenRuntime | undefined;
  readonly choice: ServingChoice;
  /** By the user. */
  readonly named: string | undefined;
  /** KServe's own complaint. */
  readonly problem: string | undefined;
}

/** The runtime that can load the package, instead of what KServe would take. @throws ModelDeckError where there is none */
function otherThan({ request, chosen, choice, named, problem }: Mistaken): PlannedServing {
  const against = choice.others.find(({ runtime }) => runtime === chosen?.runtime)?.sentence;
  if (named !== undefined) {
    const same = choice.options.find(({ runtime }) => runtime.metadata.name === named);
    if (same) return taken(naming(request, same), choice, same, choice.reason);
    throw namedCannot(against ?? problem ?? `${named} cannot serve it.`, chosen !== undefined, choice);
  }
  if (choice.best === undefined) throw nothingFits(problem, choice);
  const other = chosen?.runtime.metadata.name ?? 'another one';
  const passed = against === undefined ? '' : ` KServe by itself would take ${other}, which cannot load it. ${against}`;
  return taken(naming(request, choice.best), choice, choice.best, `${choice.reason}${passed}`);
}

async function choiceFor(
  { model, protocol }: DeployRequest,
  wanted: InferenceService,
  listed: ListedRuntimes,
  { processors }: Known,
): Promise<ServingChoice> {
  const { packageKinds } = await import('../../../packaging/index.ts');
  const way = wayOfPackage(model, packageKinds.all);
  const { modelFormat, resources } = wanted.spec.predictor.model ?? { modelFormat: { name: way.modelFormat } };
  const ways = [{ ...way, modelFormat: modelFormat.name, protocols: [protocol] }];
  return chooseServing(ways, listed, { resources: resources?.limits, processors });
}

function taken(request: DeployRequest, choice: ServingChoice, option: ServingOption, reason: string): PlannedServing {
  const { runtime, cautions } = option;
  return {
    request,
    runtime: runtime.metadata.name,
    reason,
    alternatives: alternatives(choice, runtime),
    chosen: runtime,
    cautions,
  };
}

/** How soon it answers, as a sentence. */
function soon(option: ServingOption): string {
  const words = optionWords({ ...option, cautions: [] });
  return words === '' ? '' : `${option.server?.label ?? ''}: ${words}.`;
}

/** The request that makes KServe take an option. */
function naming(request: DeployRequest, { runtime, modelFormat, isAutomatic }: ServingOption): DeployRequest {
  const options: ClusterDeployOptions = {
    ...request.cluster,
    modelFormat,
    ...(!isAutomatic && { runtime: runtime.metadata.name }),
  };
  return { ...request, cluster: options };
}

function namedCannot(sentence: string, isThere: boolean, { best, reason }: ServingChoice): ModelDeckError {
  const remedy = best ? `Choose ${best.runtime.metadata.name}, or let it be chosen.` : reason;
  return new ModelDeckError(isThere ? 'unsupported' : 'not-found', sentence, { remedy });
}

function nothingFits(sentence: string | undefined, { others, reason, makeable }: ServingChoice): ModelDeckError {
  const near = others.filter(({ isNear }) => isNear).map((each) => each.sentence);
  const why = near.length > 0 ? near.join(' ') : (sentence ?? reason);
  const images = makeable.map(({ image }) => image ?? '').join(' or ');
  return new ModelDeckError('not-found', why, {
    remedy:
      makeable.length > 0
        ? `Let a ServingRuntime be made in the namespace, if the cluster can pull ${images}; or name a runtime that serves this format.`
        : 'Name a runtime that serves this format, or ask who runs the cluster to install one.',
  });
}

/** Makes the runtime that is asked for part of what there is, as if it were there. One of its name that is there is taken. */
function withNewRuntime(
  { namespace }: Place,
  request: DeployRequest,
  { namespaced }: Known,
): Pick<ListedRuntimes, 'namespaced'> & {
  readonly request: DeployRequest;
  readonly newRuntime?: ServingRuntime;
} {
  const asked = request.cluster?.newRuntime;
  if (asked === undefined) return { request, namespaced };
  const template = runtimeTemplates.find(({ server }) => server === asked.server);
  if (!template) throw new ModelDeckError('internal', `There is no template of a runtime for ${asked.server}.`);
  const filled = { ...request, cluster: { ...request.cluster, runtime: template.name } };
  if (namespaced?.some(({ metadata }) => metadata.name === template.name) === true)
    return { request: filled, namespaced };
  const newRuntime = runtimeOfTemplate(template, namespace, asked.image);
  return { request: filled, namespaced: [...(namespaced ?? []), newRuntime], newRuntime };
}

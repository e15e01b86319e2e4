import { selectRuntime, type RuntimeSelection } from '../runtimeSelection.ts';
import type { ServingRuntime } from '../resources/servingRuntime.ts';
import type { ListedRuntimes } from './otherRuntimes.ts';
import { formatResources } from './sizeTexts.ts';

export type Protocol = 'v1' | 'v2';

const protocols: readonly Protocol[] = ['v1', 'v2'];

/** The runtimes as the user chooses among them. */
export interface RuntimeChoices {
  /** What KServe would choose, and why; or why nothing. */
  readonly automatic: Readonly<Record<Protocol, { readonly name?: string; readonly sentence: string }>>;
  readonly runtimes: readonly RuntimeChoice[];
}

export interface RuntimeChoice {
  readonly name: string;
  readonly scope: 'namespace' | 'cluster';
  readonly protocols: readonly Protocol[];
  /** Why it cannot serve the model. */
  readonly unusable?: string;
  /** What its container gets when nothing is said, for example `cpu=1, memory=2Gi`. */
  readonly resources?: string;
}

/**
 * What can serve a model of a format, what KServe would take by itself, and why not the others.
 * @param modelFormat KServe's name of it, for example `pytorch`
 */
export function runtimeChoices(
  modelFormat: string,
  { namespaced = [], clusterWide = [] }: ListedRuntimes,
): RuntimeChoices {
  const format = { name: modelFormat };
  const automatic = (protocolVersion: Protocol): RuntimeChoices['automatic'][Protocol] => {
    const { chosen, problem } = selectRuntime({ modelFormat: format, protocolVersion }, namespaced, clusterWide);
    if (!chosen) return { sentence: problem?.sentence ?? 'No runtime can serve it.' };
    return { name: chosen.runtime.metadata.name, sentence: chosen.sentence };
  };
  const choice = (runtime: ServingRuntime, scope: RuntimeChoice['scope']): RuntimeChoice => {
    const { name } = runtime.metadata;
    // One of the namespace hides one of the cluster that has the same name.
    const others = scope === 'namespace' ? namespaced : [];
    const select = (protocolVersion: Protocol): RuntimeSelection =>
      selectRuntime({ modelFormat: format, runtime: name, protocolVersion }, others, clusterWide);
    const spoken = protocols.filter((protocol) => select(protocol).chosen !== undefined);
    const resources = formatResources(runtime.spec.containers?.find(isMain)?.resources?.requests);
    return {
      name,
      scope,
      protocols: spoken,
      ...(spoken.length === 0 && { unusable: select('v1').problem?.sentence ?? `${name} cannot serve it.` }),
      ...(resources !== '' && { resources }),
    };
  };
  const own = namespaced.map((runtime) => choice(runtime, 'namespace'));
  const hidden = new Set(own.map(({ name }) => name));
  const shared = clusterWide
    .filter(({ metadata }) => !hidden.has(metadata.name))
    .map((runtime) => choice(runtime, 'cluster'));
  const byName = (a: RuntimeChoice, b: RuntimeChoice): number => a.name.localeCompare(b.name);
  return {
    automatic: { v1: automatic('v1'), v2: automatic('v2') },
    runtimes: [...own.sort(byName), ...shared.sort(byName)],
  };
}

/** KServe merges what an InferenceService says into the container of this name. */
function isMain({ name }: { readonly name: string }): boolean {
  return name === 'kserve-container';
}

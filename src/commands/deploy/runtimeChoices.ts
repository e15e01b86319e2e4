import type { selectRuntime as SelectRuntime } from '../../kserve/runtimeSelection.ts';
import type { ServingRuntime } from '../../kserve/resources/servingRuntime.ts';
import type { Protocol, RuntimeChoice, RuntimeChoices } from './deploySteps.ts';
import { formatResources } from './deployTexts.ts';

const protocols: readonly Protocol[] = ['v1', 'v2'];
/** KServe's name of what a `.mar` is served as. */
const archiveFormat = { name: 'pytorch' };

/** What can serve an archive, what KServe would take by itself, and why not the others. */
export function runtimeChoices(
  selectRuntime: typeof SelectRuntime,
  namespaced: readonly ServingRuntime[],
  clusterWide: readonly ServingRuntime[],
): RuntimeChoices {
  const automatic = (protocolVersion: Protocol): RuntimeChoices['automatic'][Protocol] => {
    const { chosen, problem } = selectRuntime({ modelFormat: archiveFormat, protocolVersion }, namespaced, clusterWide);
    if (!chosen) return { sentence: problem?.sentence ?? 'No runtime can serve it.' };
    return { name: chosen.runtime.metadata.name, sentence: chosen.sentence };
  };
  const choice = (runtime: ServingRuntime, scope: RuntimeChoice['scope']): RuntimeChoice => {
    const { name } = runtime.metadata;
    // One of the namespace hides one of the cluster that has the same name.
    const others = scope === 'namespace' ? namespaced : [];
    const select = (protocolVersion: Protocol): ReturnType<typeof SelectRuntime> =>
      selectRuntime({ modelFormat: archiveFormat, runtime: name, protocolVersion }, others, clusterWide);
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

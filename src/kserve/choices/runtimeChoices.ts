import type { ServingRuntime } from '../resources/servingRuntime.ts';
import { serverContainerOf } from '../serverContainer.ts';
import type { ListedRuntimes } from './otherRuntimes.ts';
import { optionWords, type Protocol, type ServingChoice, type ServingOption } from './servingChoice.ts';
import { formatResources } from './sizeTexts.ts';

export type { Protocol };

/** The runtimes as the user chooses among them. */
export interface RuntimeChoices {
  /** What is taken when nobody chooses, and why. Without a name KServe chooses, where it alone may know; else `unusable` says why nothing can. */
  readonly automatic: {
    readonly name?: string;
    readonly sentence: string;
    readonly protocols: readonly Protocol[];
    readonly unusable?: string;
  };
  /** Those that can serve it, the best first, then the others. */
  readonly runtimes: readonly RuntimeChoice[];
  /** What could be made in the namespace, the best first. */
  readonly makeable: readonly MakeableRuntime[];
}

export interface RuntimeChoice {
  readonly name: string;
  readonly scope: 'namespace' | 'cluster';
  readonly protocols: readonly Protocol[];
  /** The server, and how soon it answers. */
  readonly detail?: string;
  /** Why it cannot serve the model. */
  readonly unusable?: string;
  /** What its container gets when nothing is said, for example `cpu=1, memory=2Gi`. */
  readonly resources?: string;
}

/** A runtime that could be made. */
export interface MakeableRuntime {
  /** `RuntimeTemplate.server`. */
  readonly server: string;
  readonly label: string;
  readonly name: string;
  /** That the nodes have to be able to pull. */
  readonly image: string;
  readonly protocols: readonly Protocol[];
  readonly detail: string;
}

const both: readonly Protocol[] = ['v1', 'v2'];

/** What can serve a model, what is taken by itself, and why not the others. */
export function runtimeChoices(
  { best, options, others, makeable, reason }: ServingChoice,
  { namespaced, clusterWide }: ListedRuntimes,
): RuntimeChoices {
  const unread = namespaced === undefined && clusterWide === undefined;
  const unknown = 'You may not list the serving runtimes, so that only KServe knows which one it takes.';
  return {
    automatic: best
      ? { name: best.runtime.metadata.name, sentence: reason, protocols: best.protocols }
      : { sentence: unread ? unknown : reason, protocols: both, ...(!unread && { unusable: reason }) },
    runtimes: [
      ...options.map(usable),
      ...others.map(({ runtime, scope, sentence }) => ({
        name: runtime.metadata.name,
        scope,
        protocols: [],
        unusable: sentence,
        ...resourcesOf(runtime),
      })),
    ],
    makeable: makeable.flatMap((option) => {
      const { template, protocols, server } = option;
      if (template === undefined) return [];
      const { name, image } = template;
      const label = server?.label ?? template.server;
      return [{ server: template.server, label, name, image, protocols, detail: optionWords(option) }];
    }),
  };
}

function usable(option: ServingOption): RuntimeChoice {
  const { runtime, scope, protocols, server, way } = option;
  const words = optionWords(option);
  const detail = [server?.label, `as a ${way.label}`].filter(Boolean).join(', ');
  return {
    name: runtime.metadata.name,
    scope: scope === 'namespace' ? 'namespace' : 'cluster',
    protocols,
    detail: words === '' ? detail : `${detail}: ${words}.`,
    ...resourcesOf(runtime),
  };
}

function resourcesOf(runtime: ServingRuntime): Pick<RuntimeChoice, 'resources'> {
  const resources = formatResources(serverContainerOf(runtime)?.resources?.requests);
  return resources === '' ? {} : { resources };
}

import type { Quantity } from '../resources/core.ts';
import { asksForGpu, runtimeImage } from '../runtimeImage.ts';
import type { ServingRuntime } from '../resources/servingRuntime.ts';
import { runtimeOfTemplate, type RuntimeTemplate } from '../runtimeTemplates/runtimeTemplate.ts';
import { runtimeTemplates } from '../runtimeTemplates/index.ts';
import { selectRuntime } from '../runtimeSelection.ts';
import { modelServers, serverOfRuntime } from '../servers/index.ts';
import type { ModelServer, StartUp } from '../servers/modelServer.ts';
import type { ListedRuntimes } from './otherRuntimes.ts';

export type Protocol = 'v1' | 'v2';

/** A way in which a model can be packaged, as far as serving it has to know. */
export interface PackagingWay {
  /** Tells it from the others: the kind of the package. */
  readonly kind: string;
  /** For the reader, for example `Triton model repository`. */
  readonly label: string;
  /** KServe's name of the format. */
  readonly modelFormat: string;
  readonly protocols: readonly Protocol[];
  /** `ModelServer.type` of the server that mounts it; undefined for a package of a time when nobody wrote it down. */
  readonly server?: string | undefined;
  /** What stands against it on a server with this image. */
  readonly verdict: (image: string | undefined) => Verdict;
}

export interface Verdict {
  /** Why it cannot be packaged or loaded, and what it would need; sentences. */
  readonly whyNot?: string;
  /** What is not known, or to be kept in mind; sentences. */
  readonly cautions: readonly string[];
}

/** What else decides. */
export interface ServingWishes {
  /** Resources that the user asks for. */
  readonly resources?: Readonly<Record<string, Quantity>> | undefined;
  /** Processors of the nodes, by Kubernetes' names; undefined where the nodes may not be listed. */
  readonly processors?: readonly string[] | undefined;
}

/** A runtime with the way of packaging that it takes. */
export interface ServingOption {
  readonly way: PackagingWay;
  readonly runtime: ServingRuntime;
  readonly scope: 'namespace' | 'cluster' | 'new';
  /** For `new`: what the runtime is made of. */
  readonly template?: RuntimeTemplate;
  /** What the runtime calls the format. */
  readonly modelFormat: string;
  /** That both speak, the first one first. */
  readonly protocols: readonly Protocol[];
  /** Undefined where neither its declaration nor its image tells. */
  readonly server?: ModelServer | undefined;
  readonly image?: string | undefined;
  /** Whether KServe takes it by itself for that format. */
  readonly isAutomatic: boolean;
  readonly cautions: readonly string[];
  readonly startUp?: StartUp | undefined;
}

export interface ServingChoice {
  /** What is taken when nobody chooses; undefined where nothing of the cluster fits. */
  readonly best?: ServingOption;
  /** All that fits, the best first. */
  readonly options: readonly ServingOption[];
  /** The runtimes that cannot serve it, those of a fitting server first. */
  readonly others: readonly {
    readonly runtime: ServingRuntime;
    readonly scope: 'namespace' | 'cluster';
    readonly sentence: string;
    /** Whether its server mounts such packages, and something else stands against it. */
    readonly isNear: boolean;
  }[];
  /** What could be made in the namespace, the best first. */
  readonly makeable: readonly ServingOption[];
  /** Why the best one; or why nothing fits, and what can be done. */
  readonly reason: string;
}

/** What is registered; tests register their own. */
export interface ServingRegistry {
  readonly servers: readonly ModelServer[];
  readonly templates: readonly RuntimeTemplate[];
}

const registry: ServingRegistry = { servers: modelServers, templates: runtimeTemplates };

/**
 * Which runtime of a cluster serves a model best, and packaged how: of those that can load it, the one that is known best and
 * starts quickest; where two are alike, the one that KServe takes by itself.
 *
 * @param ways in which the model can be packaged; one, where it is packaged already
 */
export function chooseServing(
  ways: readonly PackagingWay[],
  listed: ListedRuntimes,
  wishes: ServingWishes = {},
  { servers, templates }: ServingRegistry = registry,
): ServingChoice {
  const { namespaced = [], clusterWide = [] } = listed;
  const hidden = new Set(namespaced.map(({ metadata }) => metadata.name));
  const present = [
    ...namespaced.map((runtime) => ({ runtime, scope: 'namespace' as const })),
    ...clusterWide
      .filter(({ metadata }) => !hidden.has(metadata.name))
      .map((runtime) => ({ runtime, scope: 'cluster' as const })),
  ];
  const options: ServingOption[] = [];
  const others: ServingChoice['others'][number][] = [];
  for (const { runtime, scope } of present) {
    const judged = judge(ways, runtime, scope, { listed: { namespaced, clusterWide }, wishes, servers });
    if ('sentence' in judged) others.push({ runtime, scope, ...judged });
    else options.push(judged);
  }
  const makeable = templates
    .filter(({ name }) => !namespaced.some(({ metadata }) => metadata.name === name))
    .flatMap((template): readonly ServingOption[] => {
      const runtime = runtimeOfTemplate(template, '');
      const judged = judge(ways, runtime, 'new', { listed: { namespaced: [runtime] }, wishes, servers });
      return 'sentence' in judged ? [] : [{ ...judged, template }];
    });
  const sorted = [...options].sort(better);
  const [best] = sorted;
  return {
    ...(best && { best }),
    options: sorted,
    others: [...others].sort((a, b) => Number(b.isNear) - Number(a.isNear)),
    makeable: [...makeable].sort(better),
    reason: best ? whyBest(best, sorted) : whyNothing(ways, others, makeable.length > 0),
  };
}

interface Around {
  readonly listed: Partial<ListedRuntimes>;
  readonly wishes: ServingWishes;
  readonly servers: readonly ModelServer[];
}

type Rejected = Pick<ServingChoice['others'][number], 'sentence' | 'isNear'>;
type Judged = ServingOption | Rejected;

/** The first way that a runtime takes; else why it takes none, the reason that comes nearest. */
function judge(
  ways: readonly PackagingWay[],
  runtime: ServingRuntime,
  scope: ServingOption['scope'],
  around: Around,
): Judged {
  const { name } = runtime.metadata;
  const server = serverOfRuntime(runtime, undefined, around.servers);
  const fitting = ways.filter((way) => way.server === undefined || server === undefined || way.server === server.type);
  if (fitting.length === 0) {
    const what = ways.length === 1 ? `a ${ways[0]?.label ?? 'package'}` : 'this model';
    return { sentence: `${name} is ${server?.label ?? 'a server'}, for which ${what} is not made.`, isNear: false };
  }
  let nearest: Rejected | undefined;
  for (const way of fitting) {
    const judged = judgeWay(way, runtime, scope, server, around);
    if (!('sentence' in judged)) return judged;
    if (nearest === undefined || (judged.isNear && !nearest.isNear)) nearest = judged;
  }
  return nearest ?? { sentence: `${name} cannot serve it.`, isNear: false };
}

function judgeWay(
  way: PackagingWay,
  runtime: ServingRuntime,
  scope: ServingOption['scope'],
  server: ModelServer | undefined,
  { listed: { namespaced = [], clusterWide = [] }, wishes }: Around,
): Judged {
  const { name } = runtime.metadata;
  const own = runtime.spec.supportedModelFormats?.map((format) => format.name) ?? [];
  // A known server reads what is in the package, whatever the format is called.
  const isSure = server !== undefined && way.server === server.type;
  const [other] = own;
  const modelFormat = own.includes(way.modelFormat) || !isSure || other === undefined ? way.modelFormat : other;
  const select = (protocolVersion: Protocol, named?: string): ReturnType<typeof selectRuntime> =>
    selectRuntime({ modelFormat: { name: modelFormat }, runtime: named, protocolVersion }, namespaced, clusterWide);
  const protocols = way.protocols.filter((protocol) => select(protocol, name).chosen?.runtime === runtime);
  const [first] = way.protocols;
  if (protocols.length === 0) return { sentence: notTaken(first && select(first, name), name), isNear: isSure };
  const limits = wishes.resources ?? {};
  const image = runtimeImage(runtime, { modelFormat: { name: modelFormat }, resources: { limits } });
  const verdict = way.verdict(image);
  const whyNot = verdict.whyNot ?? notOnThese(server, image, wishes);
  if (whyNot !== undefined) {
    const which = server === undefined ? name : `${name} (${server.label})`;
    return { sentence: `${which}: ${whyNot}`, isNear: isSure };
  }
  const unknown = `Which server ${name} runs is not known: it has to take a ${way.label} where KServe mounts models.`;
  return {
    way,
    runtime,
    scope,
    modelFormat,
    protocols,
    server,
    image,
    isAutomatic: protocols.every((protocol) => select(protocol).chosen?.runtime === runtime),
    cautions: [...(server === undefined && way.server !== undefined ? [unknown] : []), ...verdict.cautions],
    startUp: server?.startUp?.(image),
  };
}

function notTaken(selection: ReturnType<typeof selectRuntime> | undefined, name: string): string {
  return selection?.problem?.sentence ?? `${name} cannot serve it.`;
}

/** What its image cannot do on the nodes that there are. */
function notOnThese(
  server: ModelServer | undefined,
  image: string | undefined,
  { resources = {}, processors }: ServingWishes,
): string | undefined {
  const what = image ?? 'its image';
  if (server !== undefined && asksForGpu(resources) && server.usesGpu !== true) {
    return `${what} computes on the processor only, and a GPU is asked for. Ask for none, or choose another runtime.`;
  }
  const built = image === undefined ? undefined : server?.builtFor?.(image);
  if (built === undefined || processors === undefined || processors.length === 0) return undefined;
  if (processors.some((each) => built.includes(each))) return undefined;
  return `${what} is built for ${built.join(', ')}, and the nodes have ${processors.join(', ')}. It needs an image that is built for them.`;
}

/** What is known before what is not, then what starts sooner, then what KServe takes by itself, then the namespace's own. */
function better(a: ServingOption, b: ServingOption): number {
  const rank = (option: ServingOption): readonly number[] => [
    option.cautions.length,
    option.startUp?.seconds ?? Number.MAX_SAFE_INTEGER,
    option.isAutomatic ? 0 : 1,
    option.scope === 'namespace' ? 0 : 1,
  ];
  const [first, second] = [rank(a), rank(b)];
  const at = first.findIndex((value, index) => value !== second[index]);
  return at === -1
    ? a.runtime.metadata.name.localeCompare(b.runtime.metadata.name)
    : (first[at] ?? 0) - (second[at] ?? 0);
}

/** What is known of an option, for the reader: its server, and how soon it answers. */
export function optionWords({ server, startUp, cautions }: ServingOption): string {
  const soon =
    startUp === undefined
      ? undefined
      : `answers about ${startUp.seconds} s after its container has started (${startUp.measured})`;
  const how = server === undefined ? undefined : soon === undefined ? 'how soon it answers was not measured' : soon;
  return [how, ...cautions.map((caution) => caution.replace(/\.$/, ''))].filter(Boolean).join('. ');
}

function whyBest(best: ServingOption, all: readonly ServingOption[]): string {
  const { metadata } = best.runtime;
  const which = best.server === undefined ? metadata.name : `${metadata.name} (${best.server.label})`;
  const [, second] = all;
  const why =
    second === undefined
      ? 'is the only runtime here that can load it'
      : `was chosen of ${all.length} that can load it: ${whyBefore(best, second)}`;
  const words = optionWords(best);
  return `${which} ${why}.${words === '' ? '' : ` ${which} ${words}.`}`;
}

function whyBefore(best: ServingOption, second: ServingOption): string {
  if (best.cautions.length < second.cautions.length) return 'most is known of it';
  if ((best.startUp?.seconds ?? Infinity) < (second.startUp?.seconds ?? Infinity)) return 'it starts the soonest';
  if (best.isAutomatic && !second.isAutomatic) return 'KServe takes it by itself';
  return best.scope === second.scope ? 'it comes first by its name' : 'it is of this namespace';
}

function whyNothing(ways: readonly PackagingWay[], others: ServingChoice['others'], canMake: boolean): string {
  const unpackaged = ways.map(({ verdict }) => verdict(undefined).whyNot);
  const why = others.length === 0 ? 'The cluster has no serving runtime.' : 'No runtime of the cluster can serve it.';
  if (ways.length > 0 && unpackaged.every((each) => each !== undefined)) {
    return `It cannot be packaged for any server. ${unpackaged.join(' ')}`;
  }
  return canMake ? `${why} One can be made in the namespace.` : why;
}

/** One sentence for each runtime that is not taken: those that could, then why not the others. */
export function alternatives({ options, others }: ServingChoice, taken: ServingRuntime | undefined): readonly string[] {
  const could = options.filter(({ runtime }) => runtime !== taken);
  return [
    ...could.map((option) => {
      const { runtime, way, server } = option;
      const words = optionWords(option);
      const which = server === undefined ? '' : ` (${server.label})`;
      return `${runtime.metadata.name}${which} could serve it as a ${way.label}${words === '' ? '' : `: ${words}`}.`;
    }),
    ...others.map(({ sentence }) => sentence),
  ];
}

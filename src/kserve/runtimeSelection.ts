import { servedModelOf } from './servedModel.ts';
import type { InferenceService, ProtocolVersion } from './resources/inferenceService.ts';
import type { ServingRuntime } from './resources/servingRuntime.ts';
import { declaredServer } from './servers/index.ts';

/** What of an InferenceService decides its runtime. */
export interface RuntimeRequest {
  readonly modelFormat: { readonly name: string; readonly version?: string | undefined };
  readonly protocolVersion?: string | undefined;
  /** Named by the user; KServe then only checks it. */
  readonly runtime?: string | undefined;
  /** With `workerSpec`: only runtimes with workers. */
  readonly multiNode?: boolean | undefined;
}

export type RejectionReason =
  | 'disabled'
  | 'multi-model'
  | 'multi-node'
  | 'format'
  | 'version'
  | 'auto-select'
  | 'protocol'
  | 'lower-priority'
  | 'cluster-scope'
  | 'not-named';

export interface RejectedRuntime {
  readonly runtime: ServingRuntime;
  readonly reason: RejectionReason;
  /** One sentence that begins with the runtime's name. */
  readonly sentence: string;
}

export interface ChosenRuntime {
  readonly runtime: ServingRuntime;
  readonly scope: 'namespace' | 'cluster';
  /** One sentence that begins with the runtime's name. */
  readonly sentence: string;
  /** What the service will speak; empty when neither request nor runtime says. */
  readonly protocolVersion: ProtocolVersion | '';
}

export interface RuntimeSelection {
  readonly chosen?: ChosenRuntime;
  /** When nothing is chosen: KServe's `lastFailureInfo.reason`, and one sentence for the reader. */
  readonly problem?: {
    readonly reason: 'NoSupportingRuntime' | 'RuntimeNotRecognized' | 'RuntimeDisabled';
    readonly sentence: string;
  };
  /** Every other runtime, in KServe's order. */
  readonly rejected: readonly RejectedRuntime[];
}

export function runtimeRequestOf(service: InferenceService): RuntimeRequest | undefined {
  const workerSpec = service.spec.predictor['workerSpec'];
  const model = servedModelOf(service);
  if (model === undefined) return undefined;
  return {
    modelFormat: model.modelFormat,
    protocolVersion: model.protocolVersion,
    runtime: model.runtime,
    multiNode: workerSpec !== undefined,
  };
}

/**
 * Chooses a runtime as KServe v0.20 does: `GetSupportingRuntimes` in `pkg/apis/serving/v1beta1/predictor_model.go` and
 * `reconcileModel` in `components/predictor.go`. Runtimes of the namespace come before those of the cluster, whatever
 * their priority; within each, the higher priority, then the lowest protocol, then the newer, then the name.
 *
 * @param namespaced ServingRuntimes of the service's namespace
 * @param clusterWide ClusterServingRuntimes
 */
export function selectRuntime(
  request: RuntimeRequest,
  namespaced: readonly ServingRuntime[],
  clusterWide: readonly ServingRuntime[],
): RuntimeSelection {
  if (request.runtime !== undefined) return checkNamed(request, request.runtime, namespaced, clusterWide);
  const protocol = defaultedProtocol(request);
  const fitting: ServingRuntime[] = [];
  const rejected: RejectedRuntime[] = [];
  for (const scope of [namespaced, clusterWide]) {
    const candidates: ServingRuntime[] = [];
    for (const runtime of inKServesOrder(scope)) {
      const rejection = whyNot(runtime, request, protocol);
      if (rejection === undefined) candidates.push(runtime);
      else rejected.push({ runtime, ...rejection });
    }
    fitting.push(...byPriority(candidates, request.modelFormat.name));
  }
  const [first, ...others] = fitting;
  if (first === undefined) {
    return {
      problem: { reason: 'NoSupportingRuntime', sentence: noneSentence(request, protocol, rejected) },
      rejected,
    };
  }
  const scope = namespaced.includes(first) ? 'namespace' : 'cluster';
  const passedOver = others.map((runtime) => passedOverFor(runtime, first, scope, clusterWide, request));
  return {
    chosen: {
      runtime: first,
      scope,
      sentence: chosenSentence(first, scope, others.length, request, protocol),
      protocolVersion: servedProtocol(first, request),
    },
    rejected: [...passedOver, ...rejected],
  };
}

/** The webhook fills the protocol in for two formats (`setPredictorModelDefaults`); otherwise none means v1 (`GetProtocol`). */
function defaultedProtocol({ protocolVersion, modelFormat }: RuntimeRequest): string {
  return protocolVersion ?? (['triton', 'vLLM'].includes(modelFormat.name) ? 'v2' : 'v1');
}

const protocolOrder = ['v1', 'v2', 'grpc-v1', 'grpc-v2'];

function protocolRank(runtime: ServingRuntime): number {
  const ranks = (runtime.spec.protocolVersions ?? []).map((protocol) => {
    const rank = protocolOrder.indexOf(protocol);
    return rank === -1 ? protocolOrder.length : rank;
  });
  return Math.min(protocolOrder.length, ...ranks);
}

/** `sortServingRuntimeList`. */
function inKServesOrder(runtimes: readonly ServingRuntime[]): ServingRuntime[] {
  const created = (runtime: ServingRuntime): number => Date.parse(runtime.metadata.creationTimestamp ?? '') || 0;
  return [...runtimes].sort(
    (a, b) =>
      protocolRank(a) - protocolRank(b) ||
      created(b) - created(a) ||
      (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0),
  );
}

/** The priority of the first entry of that format, whatever its version (`GetPriority`). */
function priorityOf(runtime: ServingRuntime, format: string): number | undefined {
  return runtime.spec.supportedModelFormats?.find(({ name }) => name === format)?.priority;
}

/** `sortSupportedRuntimeByPriority`: none counts as the lowest; ties keep their order. */
function byPriority(runtimes: readonly ServingRuntime[], format: string): ServingRuntime[] {
  const rank = (runtime: ServingRuntime): number => priorityOf(runtime, format) ?? -Infinity;
  return [...runtimes].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

type Rejection = Omit<RejectedRuntime, 'runtime'>;

function whyNot(runtime: ServingRuntime, request: RuntimeRequest, protocol: string): Rejection | undefined {
  const { name } = runtime.metadata;
  const { spec } = runtime;
  if (spec.disabled === true) return { reason: 'disabled', sentence: `${name} is disabled.` };
  if (spec.multiModel === true) return { reason: 'multi-model', sentence: `${name} is for ModelMesh (multiModel).` };
  if ((spec['workerSpec'] !== undefined) !== (request.multiNode === true)) {
    const what = request.multiNode === true ? 'has no workers' : 'is for several nodes (workerSpec)';
    return { reason: 'multi-node', sentence: `${name} ${what}.` };
  }
  return formatRejection(runtime, request, true) ?? protocolRejection(runtime, protocol, request);
}

/** `RuntimeSupportsModel`. */
function formatRejection(
  runtime: ServingRuntime,
  request: RuntimeRequest,
  needsAutoSelect: boolean,
): Rejection | undefined {
  const { name } = runtime.metadata;
  const { modelFormat } = request;
  const formats = (runtime.spec.supportedModelFormats ?? []).filter((format) => format.name === modelFormat.name);
  if (formats.length === 0) return { reason: 'format', sentence: `${name} does not serve ${modelFormat.name}.` };
  const { version } = modelFormat;
  const versions = version === undefined ? formats : formats.filter((format) => format.version === version);
  if (versions.length === 0) {
    const known = formats.map((format) => format.version ?? 'without a version').join(', ');
    return {
      reason: 'version',
      sentence: `${name} serves ${modelFormat.name} ${known}, not ${version ?? ''}: KServe compares versions letter by letter.`,
    };
  }
  if (!needsAutoSelect || versions.some(({ autoSelect }) => autoSelect === true)) return undefined;
  return {
    reason: 'auto-select',
    sentence: `${name} serves ${describeFormat(request)} only when it is named: autoSelect is not true for it.`,
  };
}

/** `IsProtocolVersionSupported`: a runtime that lists none takes any. */
function protocolRejection(runtime: ServingRuntime, protocol: string, request: RuntimeRequest): Rejection | undefined {
  const protocols = runtime.spec.protocolVersions ?? [];
  if (protocols.length === 0 || protocol === '' || protocols.includes(protocol)) return undefined;
  const assumed =
    request.protocolVersion === undefined ? `${protocol} (which KServe takes when none is given)` : protocol;
  return {
    reason: 'protocol',
    sentence: `${runtime.metadata.name} speaks ${protocols.join(', ')}, not ${assumed}.`,
  };
}

function checkNamed(
  request: RuntimeRequest,
  name: string,
  namespaced: readonly ServingRuntime[],
  clusterWide: readonly ServingRuntime[],
): RuntimeSelection {
  const own = namespaced.find((runtime) => runtime.metadata.name === name);
  const runtime = own ?? clusterWide.find((other) => other.metadata.name === name);
  const rejected: RejectedRuntime[] = [...inKServesOrder(namespaced), ...inKServesOrder(clusterWide)]
    .filter((other) => other !== runtime)
    .map((other) => ({
      runtime: other,
      reason: 'not-named',
      sentence: `${other.metadata.name} is not the one that was named.`,
    }));
  if (runtime === undefined) {
    const sentence = `There is no ServingRuntime or ClusterServingRuntime with the name ${name}.`;
    return { problem: { reason: 'RuntimeNotRecognized', sentence }, rejected };
  }
  if (runtime.spec.disabled === true) {
    return { problem: { reason: 'RuntimeDisabled', sentence: `${name} is disabled.` }, rejected };
  }
  const asked = request.protocolVersion;
  const rejection =
    (asked === undefined ? undefined : protocolRejection(runtime, asked, request)) ??
    formatRejection(runtime, request, false);
  if (rejection !== undefined) {
    return { problem: { reason: 'NoSupportingRuntime', sentence: rejection.sentence }, rejected };
  }
  const scope = own === undefined ? 'cluster' : 'namespace';
  return {
    chosen: {
      runtime,
      scope,
      sentence: `${name} was named and serves ${describeFormat(request)}.`,
      protocolVersion: servedProtocol(runtime, request),
    },
    rejected,
  };
}

/** `SetRuntimeDefaults`, then the lowest protocol that the runtime lists. */
function servedProtocol(runtime: ServingRuntime, request: RuntimeRequest): ProtocolVersion | '' {
  const asked = request.protocolVersion ?? (['triton', 'vLLM'].includes(request.modelFormat.name) ? 'v2' : undefined);
  const chosen = asked ?? declaredServer(runtime)?.defaultProtocol ?? protocolOrder[protocolRank(runtime)] ?? '';
  return chosen as ProtocolVersion | '';
}

function describeFormat({ modelFormat }: RuntimeRequest): string {
  return modelFormat.version === undefined ? modelFormat.name : `${modelFormat.name} ${modelFormat.version}`;
}

function chosenSentence(
  runtime: ServingRuntime,
  scope: 'namespace' | 'cluster',
  others: number,
  request: RuntimeRequest,
  protocol: string,
): string {
  const { name } = runtime.metadata;
  const what = `${describeFormat(request)} with protocol ${protocol}`;
  if (others === 0) return `${name} is the only runtime that can be chosen for ${what}.`;
  if (scope === 'namespace')
    return `${name} serves ${what} and is of this namespace, which comes before the cluster's.`;
  const priority = priorityOf(runtime, request.modelFormat.name);
  return `${name} serves ${what} with the highest priority (${priority ?? 'none'}) of ${others + 1}.`;
}

function passedOverFor(
  runtime: ServingRuntime,
  chosen: ServingRuntime,
  scope: 'namespace' | 'cluster',
  clusterWide: readonly ServingRuntime[],
  request: RuntimeRequest,
): RejectedRuntime {
  const { name } = runtime.metadata;
  if (scope === 'namespace' && clusterWide.includes(runtime)) {
    return {
      runtime,
      reason: 'cluster-scope',
      sentence: `${name} would serve it, but ${chosen.metadata.name} of the namespace comes first.`,
    };
  }
  const [own, best] = [runtime, chosen].map((each) => priorityOf(each, request.modelFormat.name) ?? 'none');
  const why =
    own === best
      ? `the same priority (${own}), but comes later`
      : `priority ${own}, and ${chosen.metadata.name} has ${best}`;
  return { runtime, reason: 'lower-priority', sentence: `${name} has ${why}.` };
}

function noneSentence(request: RuntimeRequest, protocol: string, rejected: readonly RejectedRuntime[]): string {
  const what = describeFormat(request);
  if (rejected.length === 0) return `No runtime can serve ${what}: the cluster has none.`;
  const near = rejected.filter(({ reason }) => ['protocol', 'version', 'auto-select', 'disabled'].includes(reason));
  const close = near.filter(
    ({ reason, runtime }) => reason !== 'disabled' || formatRejection(runtime, request, false) === undefined,
  );
  const hints = close.map(({ sentence }) => sentence).join(' ');
  return `KServe finds no runtime for ${what} with protocol ${protocol}.${hints === '' ? '' : ` ${hints}`}`;
}

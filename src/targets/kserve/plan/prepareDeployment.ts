import { createHash } from 'node:crypto';
import { fieldConflicts, type FieldConflict } from '../../../cluster/index.ts';
import type { KubeObject } from '../../../cluster/objects/resource.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import {
  formatEarlierVersions,
  fromYaml,
  inferenceServiceManifest,
  modelDeckAnnotations,
  provenanceAnnotations,
  readEarlierVersions,
  readProvenance,
  servedModelOf,
  type DeploymentMode,
  type HttpProbe,
  type VersionManifest,
} from '../../../kserve/index.ts';
import { servesOf } from '../../../packaging/kinds/beforeKinds.ts';
import { inferenceServices, type InferenceService } from '../../../kserve/resources/inferenceService.ts';
import type { ServingRuntime } from '../../../kserve/resources/servingRuntime.ts';
import { serverNamed, serverOfRuntime } from '../../../kserve/servers/index.ts';
import type { Serves } from '../../../packaging/modelPackage.ts';
import type { DeployRequest } from '../../target.ts';
import { isCategory } from './clusterFacts.ts';
import { refusalError } from '../explain/serviceFailure.ts';
import { askedFor, carryOver } from './carryOver.ts';
import { canonicalJson, ownedFields, sameFields, sameJson, united } from './ownedFields.ts';
import { removedFields } from './removedFields.ts';
import type { Place } from '../place.ts';
import { startupProbe } from './startupProbe.ts';
import { webhookConflicts } from './webhookFields.ts';

/**
 * A mark of what was applied, on the InferenceService and, since KServe copies annotations, on its pods: it tells the
 * pods of this deploy from others, and this deploy from somebody else's.
 */
export const markAnnotation = 'model-deck.dev/deployment';

/** Annotations that are the result of applying, not of anybody's wish. */
const bookkeeping: readonly string[] = [
  markAnnotation,
  modelDeckAnnotations.earlierVersions,
  modelDeckAnnotations.askedFor,
];

/** An InferenceService that the server has checked, ready to be applied. */
export interface Prepared {
  /** What will be applied; with mark and earlier versions. */
  readonly manifest: InferenceService;
  readonly live?: InferenceService | undefined;
  readonly action: 'create' | 'change' | 'unchanged';
  /** Why the server would not take it. */
  readonly refusal?: ModelDeckError | undefined;
  /** Fields of others that it would take. */
  readonly conflicts: readonly FieldConflict[];
  /** Fields that it would take away. */
  readonly removes: readonly string[];
}

/** What is known of how a service will run. */
export interface Serving {
  readonly mode?: DeploymentMode | undefined;
  /** That KServe will take. */
  readonly runtime?: ServingRuntime | undefined;
}

/**
 * The InferenceService that a request asks for, with all that the user has made of it before; or what the user made of it
 * just now.
 */
export function wantedManifest(
  place: Place,
  request: DeployRequest,
  live: InferenceService | undefined,
  serving: Serving = {},
): InferenceService {
  const asked = askedManifest(place, request, serving);
  const text = request.cluster?.manifest;
  const wanted = text === undefined ? carryOver(asked, live) : edited(asked, text);
  return annotated(wanted, askedFor(asked));
}

/** What the answers alone make. */
function askedManifest(place: Place, request: DeployRequest, serving: Serving): InferenceService {
  const { name, model, protocol, cluster = {}, provenance = {} } = request;
  const serves = servesOf(model);
  const annotations = provenanceAnnotations({
    modelName: serves.isNamedByService === true ? name : model.name,
    modelVersion: model.version,
    archiveSha256: model.sha256,
    ...provenance,
    extensionVersion: place.extensionVersion,
  });
  const { modelFormat = serves.modelFormat, runtime, resources, minReplicas, maxReplicas } = cluster;
  return inferenceServiceManifest({
    name,
    namespace: place.namespace,
    modelFormat: { name: modelFormat },
    storageUri: model.storageUri,
    protocolVersion: protocol,
    runtime,
    resources,
    minReplicas,
    maxReplicas,
    startupProbe: probeFor(serves, runtime, serving),
    args: serves.args,
    annotations,
  });
}

/**
 * Where the package's server listens is of use in front of that server only. Of a runtime that may not be read the name has
 * to tell; in front of another server the probe would keep the pod from ever being ready.
 */
function probeFor({ startup }: Serves, named: string | undefined, { runtime, mode }: Serving): HttpProbe | undefined {
  const server = runtime ? serverOfRuntime(runtime) : serverNamed(named ?? '');
  return server?.isBehindWrapper === true ? startupProbe(startup, mode) : undefined;
}

/** Has the server check the manifest, without writing, and says what applying it would change. */
export async function prepare(
  place: Place,
  wanted: InferenceService,
  live: InferenceService | undefined,
  force: boolean,
  task: Task,
): Promise<Prepared> {
  const manifest = withHistory(wanted, live);
  const dryRun = (options: { force: boolean }): Promise<InferenceService> =>
    place.connection.apply(inferenceServices, manifest, { dryRun: true, ...options }, task);
  const action = live ? 'change' : 'create';
  let conflicts: readonly FieldConflict[] = [];
  try {
    const result = await dryRun({ force }).catch((error: unknown) => {
      conflicts = fieldConflicts(error);
      if (conflicts.length === 0) throw error;
      return dryRun({ force: true });
    });
    const isSame = live !== undefined && sameWish(live, result);
    if (live && !force) conflicts = [...conflicts, ...webhookConflicts(live, manifest)];
    const marked = annotated(manifest, { [markAnnotation]: newMark(result, live) });
    const removes = live ? removedFields(withoutBookkeeping(live), result) : [];
    return { manifest: marked, live, action: isSame ? 'unchanged' : action, conflicts, removes };
  } catch (error) {
    if (!ModelDeckError.is(error) || !isRefusal(error)) throw error;
    const refusal = refusalError(manifest, place.connection.context.name, error);
    return { manifest, live, action, refusal, conflicts, removes: [] };
  }
}

/** What the plan was made of: another one means that somebody has changed the object since. */
export function planRevisionOf(live: InferenceService | undefined): string {
  return live ? `${live.metadata.uid ?? ''}/${live.metadata.generation ?? 0}` : 'none';
}

/** Empty when it was not deployed by us. */
export function markOf({ metadata }: KubeObject): string {
  return metadata.annotations?.[markAnnotation] ?? '';
}

export function withoutBookkeeping<T extends KubeObject>(object: T): T {
  const { annotations = {} } = object.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !bookkeeping.includes(key));
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(kept) } };
}

/** What the model server calls the model: what we wrote, else what the InferenceService is called. */
export function modelNameOf(service: InferenceService): string {
  return readProvenance(service).modelName ?? service.metadata.name;
}

/** Version of a model of which only the place may be known. */
export function versionOf(service: InferenceService): string {
  const uri = storageUriOf(service) ?? '';
  return readProvenance(service).modelVersion ?? uri.split('/').at(-1) ?? '';
}

/** What the user made of what was asked for, with what is known of the model that it serves then. */
function edited(asked: InferenceService, text: string): InferenceService {
  const { name, namespace = '' } = asked.metadata;
  const { manifest, findings } = fromYaml(text, { name, namespace });
  if (!manifest) throw manifestError(findings);
  const { metadata } = withoutBookkeeping(manifest);
  const known = asked.metadata.annotations ?? {};
  const typed = metadata.annotations ?? {};
  const isOfIt = storageUriOf(manifest) === storageUriOf(asked);
  // Of a model at a place that was typed, nothing is known but what was typed with it.
  const annotations = isOfIt
    ? { ...known, ...typed }
    : Object.fromEntries(
        Object.entries(typed).filter(
          ([key, value]) => key === modelDeckAnnotations.extensionVersion || known[key] !== value,
        ),
      );
  return { ...manifest, metadata: { ...metadata, namespace, annotations } };
}

function storageUriOf(service: InferenceService): string | undefined {
  return servedModelOf(service)?.storageUri;
}

/** The first finding that stands against a manifest. */
export function manifestError(findings: ReturnType<typeof fromYaml>['findings']): ModelDeckError {
  const first = findings.find(({ severity }) => severity === 'error');
  const where = first ? ` (line ${first.line + 1})` : '';
  return new ModelDeckError('invalid-input', `${first?.message ?? 'The manifest cannot be read.'}${where}`, {
    remedy: 'Correct the manifest, and try again.',
  });
}

/** The version that is replaced goes to the head of the earlier ones, the one that comes back is taken out of them. */
function withHistory(wanted: InferenceService, live: InferenceService | undefined): InferenceService {
  if (!live) return wanted;
  const [before, next] = [storageUriOf(live), storageUriOf(wanted)];
  const known = live.metadata.annotations?.[modelDeckAnnotations.earlierVersions];
  if (before === undefined || before === next) {
    return known === undefined ? wanted : annotated(wanted, { [modelDeckAnnotations.earlierVersions]: known });
  }
  const { archiveSha256 } = readProvenance(live);
  const replaced = {
    version: versionOf(live),
    storageUri: before,
    ...(archiveSha256 !== undefined && { sha256: archiveSha256 }),
    replacedAt: new Date().toISOString(),
    manifest: versionManifest(live, wanted),
  };
  const others = readEarlierVersions(live).filter(({ storageUri }) => storageUri !== next);
  return annotated(wanted, { [modelDeckAnnotations.earlierVersions]: formatEarlierVersions(replaced, others) });
}

/** What was there where we have our say: what we managed, and what of others is taken. */
function versionManifest(live: InferenceService, wanted: InferenceService): VersionManifest {
  const { metadata, spec } = sameFields(live, united(ownedFields(live), wanted) as InferenceService);
  const kept = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => key !== markAnnotation && key !== modelDeckAnnotations.earlierVersions,
  );
  return {
    ...(metadata.labels && { labels: metadata.labels }),
    ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    spec,
  };
}

function annotated(object: InferenceService, annotations: Readonly<Record<string, string>>): InferenceService {
  const all = { ...object.metadata.annotations, ...annotations };
  return { ...object, metadata: { ...object.metadata, annotations: all } };
}

/** The same for the same wish, so that deploying what is there already starts no new pods. */
function newMark(result: InferenceService, live: InferenceService | undefined): string {
  const mark = hash(canonicalJson(wishForPods(result)));
  if (!live || markOf(live) !== mark || sameJson(wishForPods(live), wishForPods(result))) return mark;
  // Somebody has edited what carries this mark: its pods are not those that are wanted.
  return hash(`${mark}/${live.metadata.generation ?? 0}`);
}

function wishForPods(object: InferenceService): unknown {
  const predictor = { ...object.spec.predictor, minReplicas: undefined, maxReplicas: undefined };
  return wishOf({ ...object, spec: { ...object.spec, predictor } });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function wishOf(object: KubeObject & { readonly spec: unknown }): unknown {
  const { labels = {}, annotations } = withoutBookkeeping(object).metadata;
  return { spec: object.spec, labels, annotations };
}

function sameWish(a: InferenceService, b: InferenceService): boolean {
  return sameJson(wishOf(a), wishOf(b));
}

/** An answer about this object; not that there is no answer. */
function isRefusal(error: ModelDeckError): boolean {
  const about = ['invalid-input', 'conflict', 'not-found', 'server', 'forbidden'] as const;
  return about.some((category) => isCategory(error, category));
}

import { hasEntries, isRecord, jsonIn, type JsonObject } from '../../../foundation/json.ts';
import { isOwnAnnotation, modelDeckAnnotations, parseQuantity } from '../../../kserve/index.ts';
import type { InferenceService, Predictor, PredictorModel } from '../../../kserve/resources/inferenceService.ts';
import { serverContainerName } from '../../../kserve/serverContainer.ts';
import { hasApplied, ownedFields, sameJson } from './ownedFields.ts';

/** What answers made of a deploy: kept beside it, so that the next one knows what the user has made of them. */
export function askedFor({ spec }: InferenceService): Readonly<Record<string, string>> {
  return { [modelDeckAnnotations.askedFor]: JSON.stringify(spec) };
}

/**
 * The manifest of the next deploy: all that we manage of the live object stays, but for what the answers say otherwise than
 * the last time. So an edit of the user lives on, in the plan, in "Edit Manifest" or by "Scale", until an answer about just
 * that field is another one. The model, its place and its origin are always those of the deploy.
 *
 * @param asked what the answers make of the deploy
 * @param live what is there; nothing is taken over from a service that we have never applied
 */
export function carryOver(asked: InferenceService, live: InferenceService | undefined): InferenceService {
  if (!live || !hasApplied(live)) return asked;
  const owned = ownedFields(live);
  const mine = predictorThatFits(owned.spec?.predictor, asked.spec.predictor, live.spec.predictor);
  // Who served the model by a container of their own meanwhile has not taken single fields out of it.
  const before = live.spec.predictor.model === undefined ? undefined : readAsked(live);
  const merged = merge(
    { spec: before },
    {
      spec: { ...owned.spec, predictor: mine },
      labels: owned.metadata.labels,
      annotations: foreignAnnotations(owned.metadata.annotations),
    },
    { spec: live.spec, labels: live.metadata.labels, annotations: {} },
    { spec: asked.spec, annotations: asked.metadata.annotations },
  ) as { readonly spec: InferenceService['spec']; readonly labels?: object; readonly annotations?: object };
  const { name, namespace = '' } = asked.metadata;
  return {
    ...asked,
    metadata: {
      name,
      namespace,
      ...(hasEntries(merged.labels) && { labels: merged.labels as Readonly<Record<string, string>> }),
      ...(hasEntries(merged.annotations) && { annotations: merged.annotations as Readonly<Record<string, string>> }),
    },
    spec: { ...merged.spec, predictor: ofThisModel(merged.spec.predictor, asked.spec.predictor) },
  };
}

/** What a deploy fills in, level by level; everything that is not among these is one value, and kept or replaced as one. */
const maps: ReadonlySet<string> = new Set([
  ...['spec', 'labels', 'annotations', 'predictor', 'model', 'modelFormat', 'resources', 'requests', 'limits'],
]);

/**
 * Three sides of an object: a field of `mine` stays, unless `next` says something else than `before` did.
 * @param live with the fields of others: what is there and not ours has been taken by somebody, which is a conflict to tell
 */
function merge(before: unknown, mine: unknown, live: unknown, next: unknown): JsonObject {
  const [then, own, there, now] = [before, mine, live, next].map((side) => (isRecord(side) ? side : {}));
  const keys = new Set([...Object.keys(own ?? {}), ...Object.keys(now ?? {})]);
  const entries = [...keys].map((key): [string, unknown] => [
    key,
    mergedField(key, then?.[key], own?.[key], there?.[key], now?.[key]),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function mergedField(key: string, before: unknown, mine: unknown, live: unknown, next: unknown): unknown {
  const isMap = maps.has(key) && (isRecord(mine) || isRecord(next));
  if (isMap) {
    const merged = merge(before, mine, live, next);
    return hasEntries(merged) ? merged : undefined;
  }
  const isSameAnswer = before !== undefined && isSame(before, next);
  if (next === undefined) return before !== undefined && isSameProbeOrValue(before, mine) ? undefined : mine;
  if (mine === undefined) return isSameAnswer && live === undefined ? undefined : next;
  return isSameAnswer ? mine : next;
}

/** A probe of the server that was asked for then belongs to it also with other times. */
function isSameProbeOrValue(before: unknown, mine: unknown): boolean {
  const isProbe = isRecord(before) && isRecord(mine) && before['httpGet'] !== undefined;
  return isProbe ? sameJson(before['httpGet'], mine['httpGet']) : isSame(before, mine);
}

/** KServe's webhook writes `0.5` as `500m`. */
function isSame(a: unknown, b: unknown): boolean {
  if (sameJson(a, b)) return true;
  const [one, other] = [a, b].map((value) =>
    typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined,
  );
  return one !== undefined && one === other;
}

/** What another format or another runtime cannot use goes: it was written for the server before. */
function predictorThatFits(mine: Predictor | undefined, asked: Predictor, live: Predictor): Predictor {
  const { model, containers, ...rest } = mine ?? {};
  // The model is served by a runtime again: a container of one's own for it would be a second server.
  const others = live.model === undefined ? containers?.filter(({ name }) => name !== serverContainerName) : containers;
  const kept = model && modelThatFits(model, asked.model, live.model);
  return {
    ...without(rest, ['storageUris']),
    ...(others && others.length > 0 && { containers: others }),
    ...(kept && { model: kept }),
  };
}

const ofOneServer: readonly string[] = ['runtimeVersion', 'args', 'image', 'command'];

function modelThatFits(
  mine: PredictorModel,
  asked: PredictorModel | undefined,
  live: PredictorModel | undefined,
): PredictorModel {
  const isOtherFormat = live?.modelFormat.name !== asked?.modelFormat.name;
  const isOtherRuntime = asked?.runtime !== undefined && live?.runtime !== undefined && asked.runtime !== live.runtime;
  const gone = [
    'storage',
    ...(isOtherFormat ? ['modelFormat', 'runtime'] : []),
    ...(isOtherFormat || isOtherRuntime ? ofOneServer : []),
  ];
  return without(mine, gone) as unknown as PredictorModel;
}

/** The place of the model is that of the deploy, whatever was typed for an earlier one. */
function ofThisModel(predictor: Predictor, { model }: Predictor): Predictor {
  if (model?.storageUri === undefined) return predictor;
  const { modelFormat, storageUri } = model;
  return { ...predictor, model: { modelFormat, ...predictor.model, storageUri } };
}

function without(record: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

function foreignAnnotations(annotations: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !isOwnAnnotation(key)));
}

/** @returns undefined for a service that an earlier version of Model Deck deployed, or whose annotation was edited */
function readAsked({ metadata }: InferenceService): unknown {
  return jsonIn(metadata.annotations?.[modelDeckAnnotations.askedFor] ?? '');
}

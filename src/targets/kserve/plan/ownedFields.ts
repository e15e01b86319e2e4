import { isRecord } from '../../../foundation/json.ts';
import type { KubeObject, ManagedFields } from '../../../cluster/objects/resource.ts';
import { counterpartOf, isKeyedList } from './listItems.ts';

type Json = Readonly<Record<string, unknown>>;

/** The name under which we apply everything. */
export const fieldManager = 'model-deck';

/**
 * The part of a live object that a manager owns by server-side apply: what the manager would have to apply again to
 * change nothing. Name, namespace, kind and API version are always in it.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management and structured-merge-diff's
 *   `fieldpath` for the keys of `fieldsV1`
 */
export function ownedFields<T extends KubeObject>(live: T, manager: string = fieldManager): OwnedFields<T> {
  let owned: unknown = identity(live);
  for (const { fieldsV1 } of appliedBy(live, manager)) {
    owned = united(owned, extract(live, fieldsV1));
  }
  return owned as OwnedFields<T>;
}

/** Any field may be missing, but for those that name the object. */
export type OwnedFields<T extends KubeObject> = KubeObject & Partial<Omit<T, keyof KubeObject>>;

/** Whether the manager has applied the object before. */
export function hasApplied(live: KubeObject, manager: string = fieldManager): boolean {
  return appliedBy(live, manager).length > 0;
}

function appliedBy(live: KubeObject, manager: string): readonly ManagedFields[] {
  const all = live.metadata.managedFields ?? [];
  return all.filter((entry) => entry.manager === manager && entry.operation === 'Apply');
}

/**
 * The fields of `live` that have a counterpart in `template`: what is there now where a manifest has its say. Items of
 * lists are matched by their keys, where they have some; any other list is taken whole.
 */
export function sameFields<T extends KubeObject>(live: T, template: KubeObject): T {
  return { ...(restricted(live, template) as T), ...headOf(live) };
}

/** Both of them; where both say something, the second. Lists of objects with keys are united by these. */
export function united(first: unknown, second: unknown): unknown {
  if (isRecord(first) && isRecord(second)) {
    const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
    return Object.fromEntries(
      [...keys].map((key) => [key, key in second ? united(first[key], second[key]) : first[key]]),
    );
  }
  if (isKeyedList(first) && isKeyedList(second)) {
    const others = second.filter((item) => counterpartOf(first, item) === undefined);
    return [...first.map((item) => united(item, counterpartOf(second, item) ?? item)), ...others];
  }
  return second === undefined ? first : second;
}

/**
 * The same value with its fields in the order that they have in the template, those that it has not behind them: the API server
 * sorts fields, and two manifests are compared line by line.
 */
export function inOrderOf(value: unknown, template: unknown): unknown {
  if (isKeyedList(value) && isKeyedList(template)) {
    return value.map((item) => inOrderOf(item, counterpartOf(template, item)));
  }
  if (!isRecord(value) || !isRecord(template)) return value;
  const keys = [...Object.keys(template).filter((key) => key in value), ...Object.keys(value)];
  return Object.fromEntries([...new Set(keys)].map((key) => [key, inOrderOf(value[key], template[key])]));
}

/** Deeply equal as JSON, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** JSON with sorted keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isRecord(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

function headOf({ apiVersion, kind }: KubeObject): Partial<KubeObject> {
  return { ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }) };
}

function identity(live: KubeObject): KubeObject {
  const { name, namespace } = live.metadata;
  return { ...headOf(live), metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/** `fields` is a set of fieldsV1: `f:` a field, `k:` an item by its keys, `v:` an item by its value, `i:` by its index. */
function extract(value: unknown, fields: unknown): unknown {
  if (!isRecord(fields)) return value;
  const entries = Object.entries(fields).filter(([key]) => key !== '.');
  // An empty set stands for the whole value: a leaf, or a list or map that is owned as one.
  if (entries.length === 0) return value;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.flatMap((item, index) => {
      const found = entries.find(([key]) => selects(key, item, index));
      return found === undefined ? [] : [withKeys(item, found[0], extract(item, found[1]))];
    });
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    entries.flatMap(([key, inner]) => {
      const field = key.slice('f:'.length);
      return key.startsWith('f:') && field in value ? [[field, extract(value[field], inner)]] : [];
    }),
  );
}

function selects(key: string, item: unknown, index: number): boolean {
  const text = key.slice(2);
  if (key.startsWith('i:')) return Number(text) === index;
  if (key.startsWith('v:')) return sameJson(JSON.parse(text), item);
  const keys: unknown = key.startsWith('k:') ? JSON.parse(text) : undefined;
  return isRecord(keys) && isRecord(item) && Object.entries(keys).every(([name, value]) => item[name] === value);
}

/** An item of a list cannot be applied without its keys, whoever owns them. */
function withKeys(item: unknown, key: string, extracted: unknown): unknown {
  if (!key.startsWith('k:') || !isRecord(item) || !isRecord(extracted)) return extracted;
  return { ...(JSON.parse(key.slice(2)) as Json), ...extracted };
}

function restricted(value: unknown, template: unknown): unknown {
  if (isKeyedList(value) && isKeyedList(template)) {
    return value.flatMap((item) => {
      const counterpart = counterpartOf(template, item);
      return counterpart === undefined ? [] : [restricted(item, counterpart)];
    });
  }
  if (!isRecord(value) || !isRecord(template)) return value;
  return Object.fromEntries(
    Object.keys(template)
      .filter((key) => key in value)
      .map((key) => [key, restricted(value[key], template[key])]),
  );
}

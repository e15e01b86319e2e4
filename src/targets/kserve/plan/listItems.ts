import { isRecord, type JsonObject } from '../../../foundation/json.ts';

/** What the items of Kubernetes' lists are told apart by, the first that an item has (`x-kubernetes-list-map-keys`). */
const keys: readonly (readonly string[])[] = [
  ['containerPort'],
  ['mountPath'],
  ['devicePath'],
  ['topologyKey', 'whenUnsatisfiable'],
  ['name'],
];

/**
 * The key of an item of a list as an API server writes it, `name="A"`; the same for the same item of two lists.
 * @returns undefined for an item without one: its list is one value
 */
export function keyOfItem(item: unknown): string | undefined {
  if (!isRecord(item)) return undefined;
  const found = keys.find((names) => names.every((name) => item[name] !== undefined));
  return found?.map((name) => `${name}=${JSON.stringify(item[name])}`).join(',');
}

/** Whether it is a list whose items are told apart by keys, and not one value. */
export function isKeyedList(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => keyOfItem(item) !== undefined);
}

/** The item of a list that has the key of another one. */
export function counterpartOf(list: readonly unknown[], item: unknown): JsonObject | undefined {
  const key = keyOfItem(item);
  return list.find((other): other is JsonObject => key !== undefined && keyOfItem(other) === key);
}

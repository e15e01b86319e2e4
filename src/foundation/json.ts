/** An object that was parsed from JSON or YAML: nothing is known of its values. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An object with named fields; arrays and null are none. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object is there and has a field at all. */
export function hasEntries<T extends object>(record: T | undefined): record is T {
  return record !== undefined && Object.keys(record).length > 0;
}

/** A field that the object itself has: `constructor` and the like come from its prototype. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** What a text of JSON holds; undefined for a text that is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Small validators for messages between host and page. Each side checks what it receives: the shape, the length of
 * texts and lists, and that there is no field it does not know. A message that fails is dropped and logged.
 */
export type Check<T> = (value: unknown) => value is T;

type OptionalKeys<T> = { [K in keyof T]-?: Record<never, unknown> extends Pick<T, K> ? K : never }[keyof T];
type RequiredChecks<T> = { readonly [K in Exclude<keyof T, OptionalKeys<T>>]: Check<T[K]> };
type OptionalChecks<T> = { readonly [K in OptionalKeys<T>]-?: Check<NonNullable<T[K]>> };

/** @param longest in UTF-16 units */
export function text(longest: number): Check<string> {
  return (value): value is string => typeof value === 'string' && value.length <= longest;
}

/** A finite number between both bounds, inclusive. */
export function number(least: number, most: number): Check<number> {
  return (value): value is number =>
    typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most;
}

export function integer(least: number, most: number): Check<number> {
  const inside = number(least, most);
  return (value): value is number => inside(value) && Number.isInteger(value);
}

export function oneOf<const T extends readonly string[]>(...values: T): Check<T[number]> {
  return (value): value is T[number] => typeof value === 'string' && values.includes(value);
}

export function list<T>(item: Check<T>, longest: number): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.length <= longest && value.every(item);
}

/** A plain object with exactly these fields. */
export function record<T extends object>(
  ...[required, optional]: OptionalKeys<T> extends never
    ? [required: RequiredChecks<T>]
    : [required: RequiredChecks<T>, optional: OptionalChecks<T>]
): Check<T> {
  const must = Object.entries<Check<unknown>>(required);
  const may = Object.entries<Check<unknown>>(optional ?? {});
  const known = new Set([...must, ...may].map(([key]) => key));
  return (value): value is T => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const fields = value as Readonly<Record<string, unknown>>;
    return (
      Object.keys(fields).every((key) => known.has(key)) &&
      must.every(([key, check]) => Object.hasOwn(fields, key) && check(fields[key])) &&
      may.every(([key, check]) => !Object.hasOwn(fields, key) || check(fields[key]))
    );
  };
}

/** One of several records, told apart by the text in `tag`. */
export function variant<Tag extends string, T extends { readonly [K in Tag]: string }>(
  tag: Tag,
  cases: { readonly [Name in T[Tag]]: Check<Extract<T, { readonly [K in Tag]: Name }>> },
): Check<T> {
  return (value): value is T => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, tag)) return false;
    const name = (value as Readonly<Record<string, unknown>>)[tag];
    if (typeof name !== 'string' || !Object.hasOwn(cases, name)) return false;
    return (cases as Readonly<Record<string, Check<T>>>)[name]?.(value) ?? false;
  };
}

/** A message that says nothing but its name. */
export function only<T extends string>(type: T): Check<{ readonly type: T }> {
  return (value): value is { readonly type: T } =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).join() === 'type' &&
    'type' in value &&
    value.type === type;
}

/** Bytes as they come out of a webview: an ArrayBuffer, or a view of one. */
export function bytes(longest: number): Check<ArrayBuffer | Uint8Array> {
  return (value): value is ArrayBuffer | Uint8Array =>
    (value instanceof ArrayBuffer || value instanceof Uint8Array) && value.byteLength <= longest;
}

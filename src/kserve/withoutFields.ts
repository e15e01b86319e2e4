import { load } from 'js-yaml';
import type { KubeObject } from '../cluster/objects/resource.ts';
import { toYaml } from './manifestYaml.ts';
import { isRecord, type JsonObject } from '../foundation/json.ts';

/**
 * A manifest without some of its fields, so that server-side apply leaves them to whoever owns them.
 *
 * @param text YAML of one object
 * @param fields as an API server names them in a conflict: `.spec.predictor.minReplicas`,
 *   `.metadata.annotations.example.com/owner`, `.spec.predictor.containers[name="main"].image`. Those that the manifest
 *   does not have are passed over
 */
export function withoutFields(text: string, fields: readonly string[]): string {
  const object = load(text) as KubeObject;
  return toYaml(fields.reduce<unknown>((left, field) => without(left, field), object) as KubeObject);
}

function without(value: unknown, path: string): unknown {
  if (path.startsWith('.') && isRecord(value)) {
    const key = keyAt(value, path.slice(1));
    return key === undefined ? value : withoutKey(value, key, path.slice(1 + key.length));
  }
  const [selector, keys] = /^\[(.*?)\](?=$|[.[])/.exec(path) ?? [];
  if (selector === undefined || keys === undefined || !Array.isArray(value)) return value;
  const rest = path.slice(selector.length);
  return (value as readonly unknown[]).flatMap((item, index) => {
    if (!selects(keys, item, index)) return [item];
    return rest === '' ? [] : [without(item, rest)];
  });
}

/** A key may hold the dots that also separate keys: the longest that fits is meant. */
function keyAt(object: JsonObject, path: string): string | undefined {
  return Object.keys(object)
    .filter((key) => path.startsWith(key) && /^($|[.[])/.test(path.slice(key.length)))
    .sort((a, b) => b.length - a.length)[0];
}

function withoutKey(object: JsonObject, key: string, rest: string): unknown {
  const { [key]: inner, ...others } = object;
  if (rest === '') return others;
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, name === key ? without(inner, rest) : value]),
  );
}

/** `name="main",port=80` the item with these keys; `=5` the item that is this value; `0` the item at this index. */
function selects(keys: string, item: unknown, index: number): boolean {
  if (/^\d+$/.test(keys)) return Number(keys) === index;
  const pairs = [...keys.matchAll(/([^=,]*)=("(?:[^"\\]|\\.)*"|[^,]*)/g)];
  return pairs.every(([, key = '', value = '']) => {
    const wanted = JSON.parse(value) as unknown;
    return key === '' ? item === wanted : isRecord(item) && item[key] === wanted;
  });
}

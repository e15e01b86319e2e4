import type { KubeObject, ObjectName, ResourceType } from './resource.ts';

/** Path of all objects of a kind, in one namespace or in all. */
export function collectionPath(type: ResourceType, namespace: string | undefined): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${type.plural}`;
}

/** @param namespace the one to take where the name has none */
export function objectPath(type: ResourceType, name: ObjectName, namespace: string): string {
  return `${collectionPath(type, name.namespace ?? namespace)}/${encodeURIComponent(name.name)}`;
}

/** Path of a pod's `exec`, `log` or `portforward`. */
export function podPath(namespace: string, pod: string, part: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/${part}`;
}

/** Adds the parameters that have a value; a list gives its name several times. */
export function withQuery(
  path: string,
  parameters: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) query.append(name, String(one));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** `Pod ml/resnet`, for sentences. */
export function objectWords(type: ResourceType, { name, namespace }: ObjectName): string {
  return `${type.kind} ${type.namespaced && namespace !== undefined ? `${namespace}/` : ''}${name}`;
}

/** The object with the `apiVersion` and `kind` that the API server wants to see. */
export function withKind<T extends KubeObject>({ group, version, kind }: ResourceType<T>, object: T): T {
  return { ...object, apiVersion: group === '' ? version : `${group}/${version}`, kind };
}

/** How an API server answers, for the fakes: see test/conformance/clusterConnection.ts, which holds them to it. */
import type { KubeObject, ListQuery, ObjectList, ObjectName, ResourceType } from '../../../src/cluster/index.ts';
import { ModelDeckError } from '../../../src/foundation/error.ts';

const categories = {
  400: 'invalid-input',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  422: 'invalid-input',
  500: 'server',
} as const;

/** An error as the connection makes it of an API server's answer. */
export function status(code: keyof typeof categories, message: string, details: object): ModelDeckError {
  return new ModelDeckError(categories[code], message, { cause: { kind: 'Status', code, message, details } });
}

export function missing({ plural }: Pick<ResourceType, 'plural'>, { name }: ObjectName): ModelDeckError {
  return status(404, `${plural} "${name}" not found`, { name });
}

export function missingKind(): ModelDeckError {
  return status(404, 'the server could not find the requested resource', {});
}

export function taken({ plural }: ResourceType, { name }: ObjectName): ModelDeckError {
  return status(409, `${plural} "${name}" already exists`, { name });
}

export function otherUid({ plural }: ResourceType, { name }: ObjectName): ModelDeckError {
  return status(409, `Operation cannot be fulfilled on ${plural} "${name}": the UID in the precondition differs`, {
    name,
  });
}

type Selectors = Pick<ListQuery<KubeObject>, 'namespace' | 'labelSelector' | 'fieldSelector'>;

/** Whether selectors of the form `a=b,c=d` choose the object. */
export function isSelected(object: KubeObject, { namespace, labelSelector, fieldSelector }: Selectors): boolean {
  const { metadata } = object;
  const isThere = namespace === undefined || metadata.namespace === undefined || metadata.namespace === namespace;
  const fieldAt = (path: string): unknown =>
    path.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], object);
  return (
    isThere &&
    terms(labelSelector).every(([label, value]) => metadata.labels?.[label] === value) &&
    terms(fieldSelector).every(([path, value]) => fieldAt(path) === value)
  );
}

function terms(selector = ''): readonly (readonly [string, string | undefined])[] {
  const parts = selector.split(',').filter((part) => part !== '');
  return parts.map((part) => {
    const [name = '', value] = part.split('=');
    return [name, value];
  });
}

/** The answer to a list: what the selectors choose, by name, as copies and in pages. */
export function listed<T extends KubeObject>(
  objects: readonly KubeObject[],
  query: ListQuery<T>,
  resourceVersion: string,
): ObjectList<T> {
  const place = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  const chosen = objects
    .filter((object) => isSelected(object, query))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .map((object) => structuredClone(object) as T);
  if (!query.onPage) return { items: chosen, resourceVersion };
  const size = query.pageSize ?? 500;
  for (let start = 0; start === 0 || start < chosen.length; start += size) {
    query.onPage(chosen.slice(start, start + size));
  }
  return { items: [], resourceVersion };
}

/** What the server makes of an object that is new. */
export function newborn<T extends KubeObject>(object: T, version: number): T {
  const made = { uid: `uid-${version}`, resourceVersion: String(version), creationTimestamp: new Date().toISOString() };
  return structuredClone({ ...object, metadata: { ...object.metadata, ...made } });
}

import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import type { KubeObject } from '../../../cluster/objects/resource.ts';
import { counterpartOf, keyOfItem } from './listItems.ts';
import { sameJson } from './ownedFields.ts';

/**
 * What is in the first object and no longer in the second, of labels, annotations and the spec: as paths that an API server
 * would write, `.spec.predictor.nodeSelector`, `.spec.predictor.model.env[name="A"]`. Of what is gone as a whole only the
 * uppermost field is named.
 */
export function removedFields(before: KubeObject, after: KubeObject): readonly string[] {
  const told = ({ metadata, ...rest }: KubeObject): JsonObject => ({
    metadata: { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
    spec: (rest as JsonObject)['spec'],
  });
  return removed(told(before), told(after), '');
}

function removed(before: unknown, after: unknown, path: string): readonly string[] {
  if (isRecord(before) && isRecord(after)) {
    return Object.entries(before).flatMap(([key, value]) => {
      const at = `${path}.${key}`;
      return after[key] === undefined ? (isEmpty(value) ? [] : [at]) : removed(value, after[key], at);
    });
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return [];
  const items: readonly unknown[] = before;
  const left: readonly unknown[] = after;
  return items.flatMap((item, index) => {
    const key = keyOfItem(item);
    if (key === undefined) {
      // Without keys an item that was changed cannot be told from another one; a shorter list has lost some.
      const isLost = left.length < items.length && !left.some((other) => sameJson(other, item));
      return isLost ? [`${path}[${typeof item === 'object' ? index : `=${JSON.stringify(item)}`}]`] : [];
    }
    const counterpart = counterpartOf(left, item);
    return counterpart === undefined ? [`${path}[${key}]`] : removed(item, counterpart, `${path}[${key}]`);
  });
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}

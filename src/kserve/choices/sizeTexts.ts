import type { Quantity } from '../resources/core.ts';

/** Resources and replicas as one line of text, as an input box takes them. */

/** Kubernetes quantities by resource, for example `{ cpu: '1', memory: '2Gi' }`. */
export type Resources = Readonly<Record<string, Quantity>>;

/** `cpu=1, memory=2Gi`; empty for none. */
export function formatResources(resources: Resources = {}): string {
  return Object.entries(resources)
    .map(([resource, amount]) => `${resource}=${amount}`)
    .join(', ');
}

/** Pairs with `=` or `:` between, separated by commas or spaces. Undefined for another text; amounts are not looked at. */
export function parseResources(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text
    .trim()
    .replace(/\s*([=:])\s*/g, '$1')
    .split(/[\s,]+/)
    .filter((pair) => pair !== '')
    .map((pair) => /^([a-z][-a-z0-9./]*)[=:]([^=:]+)$/.exec(pair));
  const parsed: Record<string, string> = {};
  for (const pair of pairs) {
    const [, resource, amount] = pair ?? [];
    if (resource === undefined || amount === undefined || resource in parsed) return undefined;
    parsed[resource] = amount;
  }
  return parsed;
}

/** Bounds of the number of pods. */
export interface Replicas {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
}

/** `1`, or `1-3` where they differ; empty when nothing is said. */
export function formatReplicas({ minReplicas, maxReplicas }: Replicas): string {
  if (minReplicas === undefined && maxReplicas === undefined) return '';
  const least = minReplicas ?? 1;
  const most = maxReplicas ?? least;
  return most > least ? `${least}-${most}` : String(least);
}

/** Undefined for a text that is neither a number nor a range. */
export function parseReplicas(text: string): Required<Replicas> | undefined {
  const [, least, most] = /^\s*(\d{1,4})\s*(?:[-–]\s*(\d{1,4})\s*)?$/.exec(text) ?? [];
  if (least === undefined) return undefined;
  const minReplicas = Number(least);
  const maxReplicas = Number(most ?? least);
  return maxReplicas < minReplicas || maxReplicas < 1 ? undefined : { minReplicas, maxReplicas };
}

import { formatQuantity, parseQuantity } from './quantity.ts';
import type { ResourceQuota, ResourceRequirements } from './resources/core.ts';
import type { InferenceService } from './resources/inferenceService.ts';
import type { ServingRuntime } from './resources/servingRuntime.ts';
import { serverContainerOf } from './serverContainer.ts';

export interface QuotaFacts {
  readonly service: InferenceService;
  readonly live?: InferenceService | undefined;
  readonly runtime?: ServingRuntime | undefined;
  readonly quotas: readonly ResourceQuota[];
}

/**
 * Says which quotas have no room for the pods of a deploy. A new version starts beside the old one, which is in the
 * quota's `used` already: one pod more is needed for it.
 */
export function quotaWarnings({ service, live, runtime, quotas }: QuotaFacts): readonly string[] {
  const { model, minReplicas = 1 } = service.spec.predictor;
  const container = runtime && serverContainerOf(runtime);
  const pod = podAmounts(container?.resources, model?.resources);
  const pods = BigInt(live === undefined ? Math.max(1, minReplicas) : 1);
  return quotas.flatMap(({ metadata, spec, status }) => {
    const hard = status?.hard ?? spec?.hard ?? {};
    const short = Object.entries(hard).flatMap(([resource, limit]) => {
      const asked = pod.get(resource);
      if (asked === undefined) return [];
      const used = parseQuantity(status?.used?.[resource] ?? '0') ?? 0n;
      const allowed = parseQuantity(limit) ?? 0n;
      if (used + asked * pods <= allowed) return [];
      const show = (amount: bigint): string => formatQuantity(resource, amount);
      return [`${resource}: ${show(asked * pods)} needed, ${show(used)} of ${show(allowed)} used`];
    });
    if (short.length === 0) return [];
    return [
      `The quota ${metadata.name} has no room for ${pods === 1n ? 'the pod' : `${pods} pods`} (${short.join('; ')}).`,
    ];
  });
}

/** What one pod counts for, by the names that quotas use. */
function podAmounts(
  runtime: ResourceRequirements | undefined,
  model: ResourceRequirements | undefined,
): ReadonlyMap<string, bigint> {
  const limits = { ...runtime?.limits, ...model?.limits };
  // A request that is not given is the limit.
  const requests = { ...limits, ...runtime?.requests, ...model?.requests };
  const amounts = new Map<string, bigint>([['pods', 1_000_000_000n]]);
  for (const [resource, text] of Object.entries(requests)) {
    const amount = parseQuantity(text);
    if (amount === undefined) continue;
    amounts.set(`requests.${resource}`, amount);
    if (resource === 'cpu' || resource === 'memory') amounts.set(resource, amount);
  }
  for (const [resource, text] of Object.entries(limits)) {
    const amount = parseQuantity(text);
    if (amount !== undefined) amounts.set(`limits.${resource}`, amount);
  }
  return amounts;
}

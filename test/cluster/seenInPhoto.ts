import { readFile } from 'node:fs/promises';
import { predict } from '../../src/inference/index.ts';
import type { KServeTarget, RouteKind } from '../../src/targets/index.ts';
import { catPhoto } from './harness/catModel.ts';

/** What a deployment says about the photo of the cat: its three best labels, best first. */
export async function seenInPhoto(
  target: KServeTarget,
  deploymentId: string,
  { route, ...limit }: { readonly route?: RouteKind | undefined; readonly timeoutMs?: number } = {},
): Promise<readonly string[]> {
  const endpoint = await target.endpoint(deploymentId, route);
  const { predictions } = await predict({ endpoint, image: await readFile(catPhoto), k: 3, ...limit });
  return predictions.map(({ label = '' }) => label);
}

import { openClusters } from '../../../src/targets/index.ts';
import type { Cluster } from '../../../test/cluster/harness/cluster.ts';
import { prepareFailures, provoke, provokedFailures } from '../../../test/cluster/provokedFailures.ts';
import { printVerdicts } from '../measure.ts';
import type { Verdict } from '../measure.ts';

const mostMs = 5000;
const namespace = 'bench-diagnosis';

/** How long after the cluster knows of a failure its name ends the deploy, for each that the tests provoke. */
export async function benchDiagnosis(cluster: Cluster): Promise<Verdict[]> {
  await prepareFailures(cluster, namespace);
  const clusters = openClusters({ files: () => Promise.resolve([cluster.kubeconfig]), environment: {} });
  try {
    const target = await clusters.target('model-deck-test', namespace);
    console.log('\nFrom the cluster knowing of a failure to its name');
    let slowest = { name: '', tookMs: 0 };
    const notMeasured: string[] = [];
    for (const failure of provokedFailures(cluster)) {
      const { tookMs } = await provoke(target, failure);
      console.log(`  ${failure.name.padEnd(16)}  ${tookMs === undefined ? 'the cluster never knew' : `${tookMs} ms`}`);
      if (tookMs === undefined) notMeasured.push(failure.name);
      else if (tookMs > slowest.tookMs) slowest = { name: failure.name, tookMs };
    }
    const missing = notMeasured.length === 0 ? '' : `; not measured: ${notMeasured.join(', ')}`;
    const verdict = {
      target: `each failure is named within ${mostMs / 1000} s of the cluster knowing`,
      measured: `${(slowest.tookMs / 1000).toFixed(1)} s for the slowest, ${slowest.name}${missing}`,
      // Of what was not measured nothing is known.
      isMet: notMeasured.length === 0 && slowest.tookMs <= mostMs,
    };
    printVerdicts([verdict]);
    return [verdict];
  } finally {
    clusters.close();
    await cluster.deleteNamespace(namespace);
  }
}

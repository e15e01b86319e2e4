import { startCluster } from '../../../test/cluster/harness/startCluster.ts';
import type { Verdict } from '../measure.ts';
import { benchClassify } from './classify.ts';
import { benchDiagnosis } from './diagnosis.ts';
import { benchTree } from './tree.ts';
import { benchUpload } from './upload.ts';

/** What is promised about clusters, each beside kubectl, on the control plane of the tests. */
export async function benchCluster(log: (line: string) => void): Promise<Verdict[]> {
  const cluster = await startCluster({ log });
  try {
    return [
      ...(await benchUpload(cluster, 5)),
      ...(await benchClassify(cluster, 31)),
      ...(await benchDiagnosis(cluster)),
      ...(await benchTree(cluster, 7)),
    ];
  } finally {
    await cluster.stop();
  }
}

import { open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openConnection } from '../../../src/cluster/index.ts';
import { ClaimStore } from '../../../src/stores/index.ts';
import type { Cluster } from '../../../test/cluster/harness/cluster.ts';
import { startHelperPod } from '../../../test/cluster/harness/helperPod.ts';
import { startKubectl } from '../../../test/cluster/harness/kubectl.ts';
import { randomArchive } from '../../../test/unit/stores/claim/fixtures.ts';
import { interleave, printSamples, printVerdicts, ratioVerdict, timed } from '../measure.ts';
import type { Verdict } from '../measure.ts';

const size = 500_000_000;
const mostRatio = 1.2;
const namespace = 'bench-upload';
const claim = 'models';

/**
 * A whole upload into a claim, with its pod, lock, sha256 and rename, beside the bare stream of `kubectl exec` into a pod that
 * is there already, which verifies nothing.
 */
export async function benchUpload(cluster: Cluster, runs: number): Promise<Verdict[]> {
  await cluster.createNamespace(namespace);
  const { folder = '' } = await cluster.createClaim({ namespace, name: claim, accessModes: ['ReadWriteMany'] });
  await startHelperPod(cluster, { namespace, name: 'shell', claim });
  const archive = await randomArchive(size);
  const connection = await openConnection({
    files: [cluster.kubeconfig],
    contextName: 'model-deck-test',
    environment: {},
  });
  const store = new ClaimStore({ connection, namespace, claim });
  const ours = async (): Promise<number> => {
    const took = await timed(() => store.put(archive));
    for (const model of await store.list()) await store.remove(model);
    return took;
  };
  const kubectl = async (): Promise<number> => {
    const took = await timed(() => kubectlExec(cluster, archive.path));
    await rm(path.join(folder, 'kubectl.mar'));
    return took;
  };
  try {
    // What is on the disk only after this is not waited for by either.
    await writeFile(path.join(folder, 'warm'), '');
    const samples = await interleave(runs, { 'our upload, verified': ours, 'kubectl exec': kubectl });
    console.log(`\nUpload of ${size / 1e6} MB into a claim`);
    printSamples(samples);
    const both = { ours: samples['our upload, verified'], peer: samples['kubectl exec'] };
    const verdict = ratioVerdict(both, mostRatio, 'the bare stream of kubectl exec');
    printVerdicts([verdict]);
    return [verdict];
  } finally {
    connection.close();
    await rm(archive.folder, { recursive: true });
    await cluster.deleteNamespace(namespace);
  }
}

async function kubectlExec(cluster: Cluster, file: string): Promise<void> {
  const input = await open(file);
  try {
    const args = ['exec', '-i', '-n', namespace, 'shell', '--', 'sh', '-c', `head -c ${size} > kubectl.mar`];
    const child = startKubectl(cluster, args, { stdio: [input.fd, 'ignore', 'inherit'] });
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`kubectl exec ended with ${String(code)}`);
  } finally {
    await input.close();
  }
}

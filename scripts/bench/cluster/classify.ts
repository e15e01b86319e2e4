import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { EndpointClient, type Endpoint } from '../../../src/inference/index.ts';
import { buildV1Request } from '../../../src/kserve/index.ts';
import { openClusters } from '../../../src/targets/index.ts';
import { catPhoto } from '../../../test/cluster/harness/catModel.ts';
import type { Cluster } from '../../../test/cluster/harness/cluster.ts';
import { inferenceService } from '../../../test/cluster/harness/inferenceService.ts';
import { startKubectl } from '../../../test/cluster/harness/kubectl.ts';
import { storeCats } from '../../../test/cluster/harness/storedCats.ts';
import { interleave, printSamples, printVerdicts, ratioVerdict, timed } from '../measure.ts';
import type { Verdict } from '../measure.ts';

const run = promisify(execFile);
const mostRatio = 1.2;
const namespace = 'bench-classify';

/** One photo through our own port-forward, prepared and read as the panel does, beside curl through kubectl's. */
export async function benchClassify(cluster: Cluster, runs: number): Promise<Verdict[]> {
  await cluster.createNamespace(namespace);
  const { folder = '' } = await cluster.createClaim({ namespace, name: 'models' });
  await storeCats(path.join(folder, 'cats'));
  const manifest = inferenceService({ namespace, name: 'cats', storageUri: 'pvc://models/cats' });
  await cluster.kubectl(['apply', '-f', '-'], { input: manifest });
  await cluster.kubectl(['wait', '-n', namespace, 'isvc/cats', '--for=condition=Ready', '--timeout=180s']);
  const image = await readFile(catPhoto);
  const body = path.join(cluster.folder, 'bench-request.json');
  await writeFile(body, buildV1Request([image]));
  const clusters = openClusters({ files: () => Promise.resolve([cluster.kubeconfig]), environment: process.env });
  const forward = await kubectlForward(cluster);
  let client: EndpointClient | undefined;
  try {
    const target = await clusters.target('model-deck-test', namespace);
    const endpoint: Endpoint = await target.endpoint(`${target.id}/cats`);
    const ours = (client = new EndpointClient(endpoint, { isRemote: true }));
    const curl = async (): Promise<void> => {
      const url = `${forward.url}/v1/models/cats:predict`;
      const options = ['--silent', '--fail', '--output', '/dev/null', '--header', 'Content-Type: application/json'];
      await run('curl', [...options, '--data-binary', `@${body}`, url]);
    };
    const predict = (): Promise<unknown> => ours.predict({ image, k: 5 });
    for (let warm = 0; warm < 5; warm++) {
      await predict();
      await curl();
    }
    const samples = await interleave(runs, {
      'our route': () => timed(predict),
      'curl through kubectl port-forward': () => timed(curl),
    });
    console.log('\nOne photo to TorchServe in a pod');
    printSamples(samples);
    const peer = samples['curl through kubectl port-forward'];
    const verdict = ratioVerdict({ ours: samples['our route'], peer }, mostRatio, 'curl through kubectl port-forward');
    printVerdicts([verdict]);
    return [verdict];
  } finally {
    client?.close();
    clusters.close();
    await forward.stop();
    await cluster.deleteNamespace(namespace);
  }
}

async function kubectlForward(cluster: Cluster): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const name = await cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'name']);
  const args = ['port-forward', '-n', namespace, '--address', '127.0.0.1', name.trim(), ':8080'];
  const child = startKubectl(cluster, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    void exited.then(() => reject(new Error('kubectl port-forward ended')));
  });
  const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? '';
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Cluster } from '../../../test/cluster/harness/cluster.ts';
import { startKubectl } from '../../../test/cluster/harness/kubectl.ts';
import { interleave, printSamples, printVerdicts, ratioVerdict, sampleOf, shown, timed } from '../measure.ts';
import type { Verdict } from '../measure.ts';

const count = 10_000;
const namespaces = 10;
const mostRatio = 1.5;
const mostMemory = 300e6;
const mostDelay = 300;

/** How the Clusters tree copes with very many services, in a process of its own as an extension host is one. */
export async function benchTree(cluster: Cluster, runs: number): Promise<Verdict[]> {
  // KServe would begin to deploy them all.
  await cluster.stopKServe();
  await cluster.createInferenceServices({ count, namespaces });
  const host = fork(path.join(import.meta.dirname, 'treeProcess.ts'), [cluster.kubeconfig, String(namespaces)], {
    execArgv: ['--import', 'tsx'],
  });
  const ended = once(host, 'exit');
  const ask = async (what: 'open' | 'change' | 'memory'): Promise<number> => {
    host.send(what);
    const [answer] = (await Promise.race([once(host, 'message'), ended.then(() => ['ended'])])) as [unknown];
    if (typeof answer !== 'number') throw new Error('treeProcess.ts ended');
    return answer;
  };
  try {
    await ask('open');
    const samples = await interleave(runs, {
      'our tree': () => ask('open'),
      'kubectl get isvc -A': () => timed(() => getAll(cluster)),
    });
    console.log(`\n${count} InferenceServices in ${namespaces} namespaces`);
    printSamples(samples);
    const memory = await ask('memory');
    const delays: number[] = [];
    for (let change = 0; change < 31; change++) delays.push(await ask('change'));
    const delay = sampleOf(delays);
    console.log(`  from a change to its row: ${shown(delay)}`);
    const both = { ours: samples['our tree'], peer: samples['kubectl get isvc -A'] };
    const verdicts = [
      ratioVerdict(both, mostRatio, 'kubectl get isvc -A, until the tree is usable'),
      {
        target: `the whole process stays below ${mostMemory / 1e6} MB`,
        measured: `${(memory / 1e6).toFixed(0)} MB`,
        isMet: memory < mostMemory,
      },
      {
        target: `a change is in its row within ${mostDelay} ms (the slowest of ${delays.length})`,
        measured: `${delay.most.toFixed(0)} ms`,
        isMet: delay.most < mostDelay,
      },
    ];
    printVerdicts(verdicts);
    return verdicts;
  } finally {
    if (host.connected) host.disconnect();
    await ended;
  }
}

async function getAll(cluster: Cluster): Promise<void> {
  const args = ['get', 'isvc', '-A'];
  const child = startKubectl(cluster, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`kubectl get ended with ${String(code)}`);
}

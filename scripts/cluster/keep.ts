/** `npm run cluster`: keeps a real Kubernetes with KServe up for working by hand, until Ctrl-C. */
import { startCluster } from '../../test/cluster/harness/startCluster.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  const cluster = await startCluster({ log: print });
  try {
    const namespace = 'ml';
    await cluster.createNamespace(namespace);
    const { folder } = await cluster.createClaim({ namespace, name: 'models' });
    print(`
The cluster is up, with the namespace ${namespace} and the claim models in it${folder === undefined ? '' : ` (${folder})`}.

    export KUBECONFIG=${cluster.kubeconfig}
    alias kubectl=${cluster.kubectlPath}
    kubectl get clusterservingruntimes

In VS Code, name the kubeconfig in Model Deck's setting for further files, or start it with that KUBECONFIG.
Ctrl-C ends the cluster, and removes all of it.`);
    await interrupted;
    print('Stopping');
  } finally {
    await cluster.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

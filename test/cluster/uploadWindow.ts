/** A window of its own that uploads, and prints how many bytes have left: for the tests that close it. */
import { openConnection } from '../../src/cluster/index.ts';
import type { ModelArchive } from '../../src/packaging/kinds/torchserve/modelArchive.ts';
import { ClaimStore } from '../../src/stores/index.ts';

interface Order {
  readonly archive: ModelArchive;
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly claim: string;
}

async function main({ archive, kubeconfig, namespace, claim }: Order): Promise<void> {
  const options = { files: [kubeconfig], contextName: 'model-deck-test', environment: process.env };
  const connection = await openConnection(options);
  const store = new ClaimStore({ connection, namespace, claim });
  await store.put(archive, {
    onProgress: ({ step, done }) => {
      if (step === 'upload') process.stdout.write(`${done}\n`);
    },
  });
}

void main(JSON.parse(process.argv[2] ?? '') as Order);

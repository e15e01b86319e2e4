/** Real clusters for all files of tests: see run.mjs. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { nodeTest } from '../nodeTest.mjs';
import { shareCluster } from '../../test/cluster/harness/sharedCluster.ts';
import { startCluster } from '../../test/cluster/harness/startCluster.ts';

const root = path.join(import.meta.dirname, '..', '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The longest come first, so that none waits for the last one. */
const longest = [
  'claimStore',
  'deploy.',
  'diagnosis',
  'classify',
  'ui/mainJob',
  'ui/operations',
  'alone/apiServerRestart',
];

/** The files of tests, by what they bear beside themselves. Whoever is free takes the next one. */
interface Queues {
  /** An editor with its browser keeps a core busy: one at a time, and alone in its cluster, which its pictures show. */
  readonly inEditor: string[];
  /** They stop parts of the cluster, cut its one proxy, or look at all that is in it. */
  readonly alone: string[];
  /** They keep to namespaces of their own. */
  readonly besideOthers: string[];
}

async function main(wanted: readonly string[]): Promise<number> {
  const files = readdirSync(path.join(root, 'test', 'cluster'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (files.length === 0) throw new Error(`No file of test/cluster has ${wanted.join(' or ')} in its name.`);
  const isIn = (folder: string) => (file: string) => file.startsWith(`${folder}/`);
  const queues: Queues = {
    inEditor: files.filter(isIn('ui')),
    alone: files.filter(isIn('alone')),
    besideOthers: files.filter((file) => !file.includes('/')),
  };
  const started = performance.now();
  const failed: string[] = [];
  const isOnly = files.length === 1;
  const first = openLane(Promise.resolve(), isOnly, failed);
  const lanes = [first];
  const { inEditor, alone, besideOthers } = queues;
  const works = [
    first
      .run(inEditor)
      .then(() => first.run(alone))
      .then(() => first.run(besideOthers)),
  ];
  if (files.length - inEditor.length > 1 && !process.env['MODEL_DECK_TEST_KUBECONFIG']) {
    // Much of what the tests do is waiting. Only when the first cluster is up is everything built that both need.
    const second = openLane(first.opened, isOnly, failed);
    lanes.push(second);
    const both = Promise.all([second.run(besideOthers), second.run(besideOthers)]);
    works.push(both.then(() => second.run(alone)));
  }
  try {
    await Promise.all(works);
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
  const took = ((performance.now() - started) / 1000).toFixed(0);
  if (interrupted) return 130;
  print(`${files.length - failed.length} of ${files.length} files passed in ${took} s`);
  for (const file of failed.sort()) print(`  failed: test/cluster/${file}`);
  return failed.length === 0 ? 0 : 1;
}

function rank(file: string): number {
  const place = longest.findIndex((name) => file.startsWith(name));
  return place === -1 ? longest.length : place;
}

interface Lane {
  readonly opened: Promise<unknown>;
  /** Takes files from the list until it is empty. */
  readonly run: (files: string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * A cluster with what runs in it.
 *
 * @param isOnly there is nothing else to tell, so that a file may speak while it runs
 */
function openLane(after: Promise<unknown>, isOnly: boolean, failed: string[]): Lane {
  const opening = after.then(async () => {
    const cluster = await startCluster({ log: print });
    const shared = await shareCluster(cluster);
    print('A cluster is up');
    return { cluster, shared };
  });
  // The error is that of whoever runs the first file.
  opening.catch(() => undefined);
  let closing: Promise<void> | undefined;
  return {
    opened: opening,
    run: async (files) => {
      const { shared } = await opening;
      for (let file = files.shift(); file !== undefined && !interrupted; file = files.shift()) {
        if (!(await passes(file, shared.env, isOnly))) failed.push(file);
      }
    },
    close: () =>
      (closing ??= opening.then(
        async ({ cluster, shared }) => {
          await shared.close();
          await cluster.stop();
        },
        () => undefined,
      )),
  };
}

/** @param isOnly prints what the file has to say at once; in one piece at its end otherwise */
async function passes(file: string, env: Readonly<Record<string, string>>, isOnly: boolean): Promise<boolean> {
  const options = [...nodeTest('cluster'), path.join('test', 'cluster', file)];
  const child = spawn(process.execPath, options, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const kept: Buffer[] = [];
  const take = (chunk: Buffer): void => void (isOnly ? process.stdout.write(chunk) : kept.push(chunk));
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const code = await new Promise<number>((resolve) => child.once('close', (ended) => resolve(ended ?? 1)));
  process.stdout.write(Buffer.concat(kept));
  return code === 0;
}

// The tests get the interrupt as well; the clusters are stopped when they have ended.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (interrupted = true));

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

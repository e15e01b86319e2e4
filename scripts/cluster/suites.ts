/** Real clusters for all files of tests: see run.mjs. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { shareCluster } from '../../test/cluster/harness/sharedCluster.ts';
import { startCluster } from '../../test/cluster/harness/startCluster.ts';

const root = path.join(import.meta.dirname, '..', '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Much of what the tests do is waiting, as for back-offs. Each lane has a cluster of its own, since some tests stop parts of it. */
const mostLanes = process.env['MODEL_DECK_TEST_KUBECONFIG'] ? 1 : 2;
/** The longest come first, so that no lane waits for the last one. */
const longest = [
  'pvcStore',
  'deployFaults',
  'diagnosis',
  'deploy.',
  'tree',
  'classify',
  'failures',
  'faults',
  'controlPlane',
];

async function main(wanted: readonly string[]): Promise<number> {
  const files = readdirSync(path.join(root, 'test', 'cluster'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (files.length === 0) throw new Error(`No file of test/cluster has ${wanted.join(' or ')} in its name.`);
  const started = performance.now();
  const inEditor = files.filter((file) => file.startsWith(`ui${path.sep}`));
  const others = files.filter((file) => !inEditor.includes(file));
  const count = Math.max(1, Math.min(mostLanes, others.length));
  const failed: string[] = [];
  const lanes: Lane[] = [];
  for (let lane = 0; lane < count; lane++) {
    // Only when the first one is up is everything built that all need.
    lanes.push(openLane(lanes.at(-1)?.opened ?? Promise.resolve(), count > 1, failed));
  }
  try {
    await Promise.all(lanes.map((lane) => lane.run(others)));
    // An editor with its browser keeps a core busy, and two of them keep each other waiting.
    const [first, ...rest] = lanes;
    await Promise.all(rest.map((lane) => lane.close()));
    await first?.run(inEditor);
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

function openLane(after: Promise<unknown>, buffered: boolean, failed: string[]): Lane {
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
        if (!(await passes(file, shared.env, buffered))) failed.push(file);
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

/** @param buffered prints what the file has to say in one piece */
async function passes(file: string, env: Readonly<Record<string, string>>, buffered: boolean): Promise<boolean> {
  const options = ['--import', 'tsx', '--test', '--test-reporter=spec', path.join('test', 'cluster', file)];
  const child = spawn(process.execPath, options, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const kept: Buffer[] = [];
  const take = (chunk: Buffer): void => void (buffered ? kept.push(chunk) : process.stdout.write(chunk));
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

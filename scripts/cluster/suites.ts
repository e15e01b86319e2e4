/** One cluster for all files of tests: see run.mjs. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { shareCluster } from '../../test/cluster/harness/sharedCluster.ts';
import { startCluster } from '../../test/cluster/harness/startCluster.ts';

const root = path.join(import.meta.dirname, '..', '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(wanted: readonly string[]): Promise<number> {
  const files = readdirSync(path.join(root, 'test', 'cluster'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .map((file) => path.join('test', 'cluster', file))
    .sort();
  if (files.length === 0) throw new Error(`No file of test/cluster has ${wanted.join(' or ')} in its name.`);
  const started = performance.now();
  const cluster = await startCluster({ log: print });
  try {
    if (interrupted) return 130;
    print(`The cluster is up after ${((performance.now() - started) / 1000).toFixed(0)} s`);
    const shared = await shareCluster(cluster);
    const options = ['--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=spec'];
    const env = { ...process.env, ...shared.env };
    const child = spawn(process.execPath, [...options, ...files], { cwd: root, stdio: 'inherit', env });
    const code = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
    await shared.close();
    return code;
  } finally {
    await cluster.stop();
  }
}

// The tests get the interrupt as well; the cluster is stopped when they have ended.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (interrupted = true));

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

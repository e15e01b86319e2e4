/**
 * Measures what the project promises about speed and memory, beside the peers and the floor:
 *
 *     npm run bench [-- --check] [packaging] [image] [prediction] [local] [runtimes] [cluster]
 *
 * Prints medians with least and most, ratios, and whether each target is met. Ends with 1 when something could not be run;
 * with --check also when a target is missed.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { pythonEnvironment } from '../python/environment.ts';
import { ensureBuilt } from './built.ts';
import { benchCluster } from './cluster/benchCluster.ts';
import { benchImage } from './image.ts';
import { benchLocal } from './local.ts';
import type { Verdict } from './measure.ts';
import { benchPackaging } from './packaging.ts';
import { benchPrediction } from './prediction.ts';
import { benchRuntimes } from './runtimes.ts';

const parts = ['packaging', 'image', 'prediction', 'local', 'runtimes', 'cluster'];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
  const unknown = positionals.find((name) => !parts.includes(name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}": it is one of ${parts.join(', ')}.`);
  const isWanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
  ensureBuilt();
  const python = pythonEnvironment((line) => console.log(line));
  printMachine(python);
  const verdicts: Verdict[] = [];
  if (isWanted('packaging')) verdicts.push(...(await benchPackaging(python, 5)));
  if (isWanted('image')) await benchImage(python, 7);
  if (isWanted('prediction')) verdicts.push(...(await benchPrediction(31)));
  if (isWanted('local')) verdicts.push(...(await benchLocal(python, 5)));
  if (isWanted('runtimes')) verdicts.push(...(await benchRuntimes(5)));
  if (isWanted('cluster')) verdicts.push(...(await benchCluster((line) => console.log(line))));
  const missed = verdicts.filter(({ isMet }) => !isMet).length;
  console.log(
    `\nLoad average at the end: ${(loadavg()[0] ?? 0).toFixed(1)}. With more than the cores, figures are not to be trusted.`,
  );
  console.log(`${verdicts.length - missed} of ${verdicts.length} targets met`);
  if (values.check && missed > 0) process.exitCode = 1;
}

function printMachine(python: string): void {
  const [cpu] = cpus();
  const ask = 'import platform; from importlib.metadata import version as v; ';
  const versions = `print(platform.python_version(), "Pillow", v("pillow"), "torch-model-archiver", v("torch-model-archiver"))`;
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  const [load = 0] = loadavg();
  console.log(`${cpu?.model ?? 'unknown processor'}, ${availableParallelism()} cores, load average ${load.toFixed(1)}`);
  console.log(
    `${gigabytes(totalmem())} GB of memory, ${gigabytes(freemem())} GB free; ${process.platform} ${process.arch}`,
  );
  console.log(
    `Node ${process.versions.node}; Python ${execFileSync(python, ['-c', ask + versions], { encoding: 'utf8' }).trim()}`,
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

import { spawn, spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ArchiveFormat, ModelSpec } from '../../src/packaging/spec/modelSpec.ts';
import { dist } from './built.ts';
import { interleave, printSamples, printVerdicts } from './measure.ts';
import type { Verdict } from './measure.ts';

const here = import.meta.dirname;
const megabyte = 1e6;
const weightsSize = 500 * megabyte;
/** Twice as much, to see that memory does not grow with it. */
const largeSize = 1000 * megabyte;
const targets = { faster: 8, overFloor: 1.5, peak: 150 * megabyte };

/** Packaging large weights: ours, torch-model-archiver's, and the floor. Whole processes, from start to exit. */
export async function benchPackaging(python: string, runs: number): Promise<Verdict[]> {
  console.log(`\nPackaging ${weightsSize / megabyte} MB of incompressible weights (processes from start to exit)`);
  const folder = await mkdtemp(path.join(tmpdir(), 'model-deck-bench-'));
  try {
    await writeNoise(path.join(folder, 'weights.pt'), weightsSize);
    const output = path.join(folder, 'output');
    const peaks = new Map<string, number>();
    const run = (name: string, program: string, args: readonly string[]) => async (): Promise<number> => {
      await mkdir(output);
      flush();
      const { ms, printed } = await runProcess(program, args, folder);
      peaks.set(name, Math.max(peaks.get(name) ?? 0, Number(printed)));
      await rm(output, { recursive: true });
      return ms;
    };
    const ours = (format: ArchiveFormat, from = folder): readonly string[] => {
      const spec: ModelSpec = { ...model, archiveFormat: format };
      return [path.join(here, 'packageOnce.mjs'), dist, JSON.stringify({ folder: from, spec, outputFolder: output })];
    };
    const archiver = [path.join(here, 'archiver_once.py'), '--model-name', model.name, '--version', model.version];
    archiver.push('--serialized-file', 'weights.pt', '--handler', model.handler, '--export-path', output);
    const floor = [path.join(here, 'floorOnce.mjs'), 'weights.pt', path.join(output, 'copy')];
    const samples = await interleave(runs, {
      ours: run('ours', process.execPath, ours('default')),
      'torch-model-archiver': run('torch-model-archiver', python, archiver),
      'floor (read, sha256, write)': run('floor (read, sha256, write)', process.execPath, floor),
      'ours, zip-store': run('ours, zip-store', process.execPath, ours('zip-store')),
      'torch-model-archiver, zip-store': run('torch-model-archiver, zip-store', python, [
        ...archiver,
        '--archive-format',
        'zip-store',
      ]),
    });
    printSamples(samples);

    const large = path.join(folder, 'large');
    await mkdir(large);
    await writeNoise(path.join(large, 'weights.pt'), largeSize);
    await run('ours, twice the weights', process.execPath, ours('default', large))();
    console.log('  Peak memory (resident):');
    for (const [name, peak] of peaks) console.log(`    ${name.padEnd(31)} ${megabytes(peak).padStart(7)}`);

    const faster = samples['torch-model-archiver'].median / samples.ours.median;
    const overFloor = samples.ours.median / samples['floor (read, sha256, write)'].median;
    const peak = Math.max(peaks.get('ours') ?? Infinity, peaks.get('ours, twice the weights') ?? Infinity);
    const verdicts: Verdict[] = [
      {
        target: `at least ${targets.faster} times faster than torch-model-archiver`,
        measured: `${faster.toFixed(1)} times`,
        isMet: faster >= targets.faster,
      },
      {
        target: `at most ${targets.overFloor} times the floor`,
        measured: `${overFloor.toFixed(2)} times`,
        isMet: overFloor <= targets.overFloor,
      },
      {
        target: `peak memory below ${megabytes(targets.peak)}, whatever the size`,
        measured: `${megabytes(peaks.get('ours') ?? Number.NaN)}, with twice the weights ${megabytes(peaks.get('ours, twice the weights') ?? Number.NaN)}`,
        isMet: peak < targets.peak,
      },
    ];
    printVerdicts(verdicts);
    return verdicts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const model = { name: 'bench', version: '1.0', weights: 'weights.pt', handler: 'image_classifier' } as const;

async function writeNoise(file: string, size: number): Promise<void> {
  const handle = await open(file, 'w');
  const block = Buffer.alloc(10 * megabyte);
  for (let written = 0; written < size; written += block.length) await handle.write(randomFillSync(block));
  await handle.close();
}

/** Pages that the last run left to be written would be written in the next one's time. */
function flush(): void {
  if (process.platform !== 'win32') spawnSync('sync');
}

function runProcess(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<{ ms: number; printed: string }> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder };
    const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ ms: performance.now() - started, printed });
      else reject(new Error(`${path.basename(args[0] ?? program)} ended with code ${code}`));
    });
  });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / megabyte)} MB`;
}

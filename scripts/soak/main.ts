/**
 * `npm run soak`: the suites that drive a window, again and again, while another process keeps a core busy. What passes only
 * on a quick machine fails here. Not part of `npm test`.
 *   --ui <times>       the UI suites; 15 when left out
 *   --cluster <times>  the UI suites of the cluster; 5 when left out
 *   --minutes <limit>  starts no further run after so many minutes; 120 when left out
 * What runs that fail print is kept in `artifacts/soak`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.join(import.meta.dirname, '..', '..');
const logs = path.join(root, 'artifacts', 'soak');
const print = (line: string): void => void process.stdout.write(`${line}\n`);
/** For one run, in milliseconds: each file of tests has a limit of its own, which comes first. */
const runLimit = 40 * 60_000;

interface Suite {
  readonly name: string;
  readonly args: readonly string[];
  readonly times: number;
}

async function main(): Promise<number> {
  const { ui, cluster, minutes } = options();
  const suites: readonly Suite[] = [
    { name: 'ui', args: ['scripts/uiTests.mjs'], times: ui },
    { name: 'cluster ui', args: ['scripts/cluster/run.mjs', 'ui/'], times: cluster },
  ];
  mkdirSync(logs, { recursive: true });
  const started = performance.now();
  const minutesSince = (): number => (performance.now() - started) / 60_000;
  const built = await run(['scripts/build.mjs']);
  if (built.code !== 0) throw new Error(built.output);
  const busy = keepCoreBusy();
  let failed = 0;
  let ran = 0;
  try {
    for (const suite of suites) {
      for (let time = 1; time <= suite.times && !isInterrupted; time++) {
        if (minutesSince() > minutes) {
          print(`Not run for want of time: ${suite.name} ${time} to ${suite.times}`);
          failed += 1;
          break;
        }
        ran += 1;
        if (!(await passes(suite, time))) failed += 1;
      }
    }
  } finally {
    busy.kill('SIGKILL');
  }
  print(`${ran} runs in ${minutesSince().toFixed(0)} minutes: ${failed} failed`);
  return failed === 0 && !isInterrupted ? 0 : 1;
}

function options(): { readonly ui: number; readonly cluster: number; readonly minutes: number } {
  const number = (fallback: string) => ({ type: 'string', default: fallback }) as const;
  const { values } = parseArgs({ options: { ui: number('15'), cluster: number('5'), minutes: number('120') } });
  const [ui = 0, cluster = 0, minutes = 0] = [values.ui, values.cluster, values.minutes].map((value) => {
    if (!/^\d+$/.test(value)) throw new Error(`${value} is no number: npm run soak -- --ui 2 --cluster 1 --minutes 30`);
    return Number(value);
  });
  return { ui, cluster, minutes };
}

async function passes({ name, args, times }: Suite, time: number): Promise<boolean> {
  const { code, output, seconds } = await run(args);
  const failures = output.split('\n').filter((line) => /^\s*✖ (?!failing tests)/.test(line));
  const load = loadavg()[0]?.toFixed(1);
  print(`${name} ${time}/${times}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds.toFixed(0)} s, load ${load}`);
  if (code === 0) return true;
  const file = path.join(logs, `${name.replace(' ', '-')}-${time}.log`);
  writeFileSync(file, output);
  for (const line of new Set(failures.map((one) => one.trim()))) print(`  ${line}`);
  print(`  ${path.relative(root, file)}`);
  return false;
}

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

let running: ChildProcess | undefined;
let isInterrupted = false;

async function run(args: readonly string[]): Promise<Ran> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running = child;
  const limit = setTimeout(() => end(child, 'SIGTERM'), runLimit);
  const kept: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => kept.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => kept.push(chunk));
  const code = await new Promise<number>((resolve) => child.once('close', (ended) => resolve(ended ?? 1)));
  clearTimeout(limit);
  return { code, output: Buffer.concat(kept).toString(), seconds: (performance.now() - started) / 1000 };
}

/** The runner of the tests waits for what it started and hears no signal meanwhile: those below it do. */
function end({ pid, exitCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null) process.kill(-pid, signal);
}

/** It ends with this process, whichever way that ends. */
function keepCoreBusy(): ChildProcess {
  const script = `const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) process.exit();
      for (const end = Date.now() + 1000; Date.now() < end;);
    }, 0);`;
  return spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isInterrupted = true;
    if (running) end(running, signal);
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    print(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);

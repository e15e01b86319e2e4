import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, Pod } from '../kubeTypes.ts';
import type { KeptProcess, ProcessKeeper } from '../processKeeper.ts';
import { freePorts } from '../../../../src/foundation/freePorts.ts';
import type { ContainerLog } from './containerLog.ts';
import { imageVersion, isAtLeast } from './imageVersion.ts';
import { startWrapper } from './kserveWrapper.ts';
import { onHost } from './podVolumes.ts';
import type { HostMount } from './podVolumes.ts';
import { hostConfig } from './torchServeConfig.ts';
import type { HostConfig } from './torchServeConfig.ts';
import type { ContainerEnd, Workload } from './workload.ts';

/** A real TorchServe that plays a predictor's container. */
export interface RunningTorchServe {
  /** Process group of the launcher, Java and the Python workers. */
  readonly pid: number;
  /** TorchServe's own address for predictions, which the wrapper passes them on to. */
  readonly url: string;
  readonly managementUrl: string;
  /** What pod:8080 is: KServe's wrapper. */
  readonly wrapperUrl: string;
  /** Folder of the archives on this machine. */
  readonly modelStore: string;
  /** Log of this run, in the container runtime's form. */
  readonly logFile: string;
}

export interface TorchServeOrder {
  readonly pod: Pod;
  readonly container: Container;
  readonly mounts: readonly HostMount[];
  readonly log: ContainerLog;
}

/** TorchServe asks for a token from this version on unless it is told not to. */
const firstWithTokens = [0, 11, 1];
const configInContainer = '/mnt/models/config/config.properties';
const wrapperPort = 8080;
/** Java with a worker takes about 600 MB. */
const leastMemory = 512 * 1024 ** 2;

/** Whether the container of a pod is TorchServe in KServe's image: then its command starts it. */
export function isTorchServe(pod: Pod, { command = [], args = [] }: Container): boolean {
  return pod.metadata.labels?.['component'] === 'predictor' && [...command, ...args].includes('torchserve');
}

/** Starts what the image's entry point starts: TorchServe, and KServe's wrapper in front of it. */
export async function startTorchServe(
  context: { readonly keeper: ProcessKeeper; readonly torchServePython: () => Promise<string> },
  order: TorchServeOrder,
): Promise<{ readonly workload: Workload; readonly description: RunningTorchServe | undefined }> {
  const { container, mounts, log } = order;
  const refusal = refusedCommandLine(container, mounts);
  if (refusal !== undefined) {
    log.write(refusal.words, 'stderr');
    return { workload: endedWorkload({ exitCode: refusal.exitCode }), description: undefined };
  }
  if (memoryLimit(container) < leastMemory) {
    return { workload: endedWorkload({ exitCode: 137, reason: 'OOMKilled' }), description: undefined };
  }
  const python = await context.torchServePython();
  const version = imageVersion(container.image);
  const original = await readFile(onHost(mounts, configFile(container)), 'utf8');
  const knowsTokens = isAtLeast(version, firstWithTokens);
  // Metrics of the machine cost a start of Python each, and nobody asks for them.
  const extra = ['disable_system_metrics=true', ...(knowsTokens ? [] : ['disable_token_authorization=true'])];
  const config = await hostConfig(original, mounts, extra);
  const process = await launch(context.keeper, python, order, config);
  const [port = 0] = await freePorts(1);
  const exited = exitOf(process);
  const wrapper = startWrapper({ config: original, mounts, version, port, torchServeEnded: exited, ...config, log });
  const ended = endOf({ exited, wrapperFailed: wrapper.failed });
  return {
    workload: {
      ready: wrapper.listening,
      ended,
      forwards: [{ podPort: wrapperPort, hostPort: port }, ...config.forwards],
      stop: async () => {
        await wrapper.stop();
        await process.stop();
      },
    },
    description: {
      pid: process.child.pid ?? 0,
      url: config.inferenceUrl,
      managementUrl: config.managementUrl,
      wrapperUrl: `http://127.0.0.1:${port}`,
      modelStore: onHost(mounts, option(container, '--model-store') ?? ''),
      logFile: log.file,
    },
  };
}

/** What the launcher says before it starts anything, with its exit code. */
function refusedCommandLine(
  container: Container,
  mounts: readonly HostMount[],
): { readonly words: string; readonly exitCode: number } | undefined {
  const unknown = (container.args ?? []).filter((arg) => /^--(?:disable-token-auth|enable-model-api)$/.test(arg));
  if (unknown.length > 0 && !isAtLeast(imageVersion(container.image), firstWithTokens)) {
    return { words: `torchserve: error: unrecognized arguments: ${unknown.join(' ')}`, exitCode: 2 };
  }
  const config = configFile(container);
  if (!existsSync(onHost(mounts, config))) return { words: `--ts-config file not found: ${config}`, exitCode: 1 };
  const store = option(container, '--model-store') ?? '';
  if (!existsSync(onHost(mounts, store))) return { words: `--model-store directory not found: ${store}`, exitCode: 1 };
  return undefined;
}

function configFile(container: Container): string {
  return option(container, '--ts-config') ?? configInContainer;
}

/** Value of `--name=value` or `--name value`. */
function option({ command = [], args = [] }: Container, name: string): string | undefined {
  const all = [...command, ...args];
  const joined = all.find((arg) => arg.startsWith(`${name}=`));
  return joined?.slice(name.length + 1) ?? (all.includes(name) ? all[all.indexOf(name) + 1] : undefined);
}

async function launch(
  keeper: ProcessKeeper,
  python: string,
  { pod, container, mounts, log }: TorchServeOrder,
  config: HostConfig,
): Promise<KeptProcess> {
  await mkdir(path.join(keeper.folder, 'torchserve'), { recursive: true });
  const folder = await mkdtemp(path.join(keeper.folder, 'torchserve', `${pod.metadata.name}-`));
  const [temporary, logs, file] = [
    path.join(folder, 'tmp'),
    path.join(folder, 'logs'),
    path.join(folder, 'config.properties'),
  ];
  await Promise.all([mkdir(temporary), mkdir(logs)]);
  await writeFile(file, config.text);
  const store = onHost(mounts, option(container, '--model-store') ?? '');
  const flags = (container.args ?? []).filter((arg) => /^--(?:disable-token-auth|enable-model-api|ncs)$/.test(arg));
  const args = [
    '-m',
    'ts.model_server',
    '--start',
    '--foreground',
    '--model-store',
    store,
    '--ts-config',
    file,
    ...flags,
  ];
  const environment = Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value]));
  const process = keeper.start(`torchserve-${pod.metadata.name}`, python, args, {
    ...environment,
    // Handlers start programs of their environment by name.
    PATH: `${path.dirname(python)}${path.delimiter}${globalThis.process.env['PATH'] ?? ''}`,
    TEMP: temporary,
    TMPDIR: temporary,
    LOG_LOCATION: logs,
    METRICS_LOCATION: logs,
    PYTHONUNBUFFERED: '1',
    // It lives too short for Java's second compiler and parallel collector, which take more than they give back.
    JAVA_TOOL_OPTIONS: `-Djava.io.tmpdir="${temporary}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC`,
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    const output = process.child[stream];
    if (output) createInterface({ input: output }).on('line', (line) => log.write(line, stream));
  }
  return process;
}

/** Resolves when it has ended and its last words are in the log; a worker that outlives it may keep its output open. */
async function exitOf({ child }: KeptProcess): Promise<void> {
  const ended = (event: 'close' | 'exit'): Promise<unknown> =>
    new Promise((resolve) => child.once(event, resolve).once('error', resolve));
  await Promise.race([ended('close'), ended('exit').then(() => delay(1000))]);
}

/**
 * The container ends when the wrapper does. It outlives TorchServe: the image's entry point starts that in the background
 * and does not look after it.
 */
async function endOf({
  exited,
  wrapperFailed,
}: {
  readonly exited: Promise<void>;
  readonly wrapperFailed: Promise<void>;
}): Promise<ContainerEnd> {
  await wrapperFailed;
  // What TorchServe says about the same fault belongs into the log as well.
  await Promise.race([exited, delay(10_000)]);
  return { exitCode: 1 };
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** In bytes; unlimited when the container has no limit. */
function memoryLimit({ resources }: Container): number {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(resources?.limits?.['memory'] ?? '');
  return match ? Number(match[1]) * (units[match[2] ?? ''] ?? Infinity) : Infinity;
}

function endedWorkload(end: ContainerEnd): Workload {
  return {
    ready: new Promise(() => undefined),
    ended: Promise.resolve(end),
    forwards: [],
    stop: () => Promise.resolve(),
  };
}

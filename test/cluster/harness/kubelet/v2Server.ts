import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { mlServerEnvironment } from '../../../../scripts/runtimes/environments.ts';
import { freePorts } from '../../../../src/foundation/freePorts.ts';
import { prepareTriton } from '../../../runtimes/triton.ts';
import type { Container, Pod } from '../kubeTypes.ts';
import type { KeptProcess, ProcessKeeper } from '../processKeeper.ts';
import type { ContainerLog } from './containerLog.ts';
import { onHost, type HostMount } from './podVolumes.ts';
import type { ContainerEnd, Workload } from './workload.ts';

/** KServe mounts models there, and asks V2 servers at these ports. */
const modelFolder = '/mnt/models';
const [podHttp, podGrpc] = [8080, 9000];

export interface V2ServerOrder {
  readonly pod: Pod;
  readonly container: Container;
  readonly mounts: readonly HostMount[];
  readonly log: ContainerLog;
}

/** What is started in a container's place. */
interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Place {
  readonly models: string;
  readonly work: string;
  readonly http: number;
  readonly grpc: number;
  readonly metrics: number;
  readonly container: Container;
  readonly log: (line: string) => void;
}

/** The servers that are played by a real one of PyPI, each told by what its runtime starts. */
const servers: readonly {
  readonly plays: (container: Container) => boolean;
  readonly program: (place: Place) => Promise<Program>;
}[] = [
  { plays: ({ command = [], args = [] }) => [...command, ...args].includes('tritonserver'), program: triton },
  { plays: ({ image = '' }) => /(?:^|\/)mlserver[:@]/.test(image), program: mlServer },
];

/** Whether the container of a pod is a server of the V2 protocol that can be had here. */
export function isV2Server(pod: Pod, container: Container): boolean {
  return pod.metadata.labels?.['component'] === 'predictor' && servers.some(({ plays }) => plays(container));
}

/** Starts the server on the model that lies in the claim; ready when its own health says so, ended when it ends. */
export async function startV2Server(
  { keeper, log }: { readonly keeper: ProcessKeeper; readonly log: (line: string) => void },
  { pod, container, mounts, log: output }: V2ServerOrder,
): Promise<Workload> {
  const server = servers.find(({ plays }) => plays(container));
  if (!server) throw new Error(`No server plays ${container.image ?? 'a container without an image'}.`);
  const work = path.join(keeper.folder, 'servers', pod.metadata.uid);
  await mkdir(work, { recursive: true });
  const [http = 0, grpc = 0, metrics = 0] = await freePorts(3);
  const models = onHost(mounts, modelFolder);
  const { program, args, env } = await server.program({ models, work, http, grpc, metrics, container, log });
  const kept = keeper.start(`server-${pod.metadata.name}`, program, args, env);
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = kept.child[stream];
    if (lines) createInterface({ input: lines }).on('line', (line) => output.write(line, stream));
  }
  return {
    ready: healthOf(kept, http),
    ended: endOf(kept),
    forwards: [
      { podPort: podHttp, hostPort: http },
      { podPort: podGrpc, hostPort: grpc },
    ],
    stop: () => kept.stop(),
  };
}

async function triton({ models, work, http, grpc, metrics, log }: Place): Promise<Program> {
  const { program, backends, env } = await prepareTriton(work, log);
  const ports = [`--http-port=${http}`, `--grpc-port=${grpc}`, `--metrics-port=${metrics}`];
  const addresses = ['http', 'grpc', 'metrics'].map((name) => `--${name}-address=127.0.0.1`);
  const repository = [`--model-repository=${models}`, `--backend-directory=${backends}`];
  return { program, args: [...repository, ...addresses, ...ports, '--allow-gpu-metrics=false'], env };
}

async function mlServer({ models, http, grpc, metrics, container, log }: Place): Promise<Program> {
  const python = await mlServerEnvironment(log);
  const given = Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value]));
  return {
    program: path.join(path.dirname(python), 'mlserver'),
    args: ['start', models],
    env: {
      ...given,
      MLSERVER_HOST: '127.0.0.1',
      MLSERVER_HTTP_PORT: String(http),
      MLSERVER_GRPC_PORT: String(grpc),
      MLSERVER_METRICS_PORT: String(metrics),
      MLSERVER_PARALLEL_WORKERS: '0',
    },
  };
}

async function healthOf({ child }: KeptProcess, port: number): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/v2/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(200);
  }
  return new Promise(() => undefined);
}

function endOf({ child }: KeptProcess): Promise<ContainerEnd> {
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ exitCode: code ?? 137 }));
    child.once('error', () => resolve({ exitCode: 127 }));
  });
}

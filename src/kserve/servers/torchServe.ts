import { torchServePatterns } from '../diagnosis/torchServePatterns.ts';
import { isRecord } from '../../foundation/json.ts';
import { imageVersion, isBefore } from './imageVersion.ts';
import { lastIndex } from './workersInLog.ts';
import type { ModelServer, ServerFacts, StartUp, Workers } from './modelServer.ts';

/** Largest request body that TorchServe takes, in bytes: its default of `max_request_size`. */
export const torchServeRequestBytes = 6_553_500;

/** TorchServe behind KServe's wrapper, as `pytorch/torchserve-kfs` has it. */
export const torchServe: ModelServer = {
  label: 'TorchServe',
  type: 'torchserve',
  runtimeName: 'kserve-torchserve',
  pattern: /torchserve/,
  defaultProtocol: 'v1',
  hasGpuBuild: true,
  maxRequestBytes: torchServeRequestBytes,
  isBehindWrapper: true,
  usesGpu: true,
  // kserve#2989: exec format error on arm64.
  builtFor: (image) => (/(?:^|\/)pytorch\/torchserve-kfs[:@]/.test(image) ? ['amd64'] : undefined),
  startUp,
  warnings: (facts) => [...unknownArguments(facts), ...dottedArchive(facts)],
  workersAt: { port: 8085, path: (modelName) => `/models/${encodeURIComponent(modelName)}`, read: workersOf },
  workersIn,
  failures: torchServePatterns,
};

/** KServe's wrapper from 0.10 on sleeps 30 s after each look at the model, also after the one that finds it loaded. */
function startUp(image = ''): StartUp {
  const measured = 'TorchServe 0.12 answered after 6 s with a network of 45 MB, as processes on two cores';
  const version = imageVersion(image);
  if (version === undefined || isBefore(version, [0, 10, 0])) return { seconds: 6, measured };
  return { seconds: 36, measured: `${measured}; KServe's wrapper from 0.10 on adds 30 s` };
}

const tokenArguments = /^--(disable-token-auth|enable-model-api)\b/;
const firstWithTokens = [0, 11, 1];

function unknownArguments({ image = '', args }: ServerFacts): readonly string[] {
  const version = imageVersion(image);
  const unknown = args.filter((argument) => tokenArguments.test(argument));
  if (version === undefined || unknown.length === 0 || !isBefore(version, firstWithTokens)) return [];
  return [
    `${image} does not know ${unknown.join(' ')} and will not start: they came with TorchServe 0.11.1. Take them out; our config.properties does the same in every version.`,
  ];
}

function dottedArchive({ archiveName = '' }: ServerFacts): readonly string[] {
  if (!archiveName.replace(/\.mar$/, '').includes('.')) return [];
  return [
    `${archiveName} has a dot in its name: KServe's wrapper of TorchServe from 0.10 on finds no such archive. Package the model under a name without dots.`,
  ];
}

/** A worker that ended, or the whole of TorchServe behind a wrapper that goes on answering. */
const dead =
  /[Bb]ackend worker process died|Load model failed: |Worker died\.|State change \S+ -> WORKER_(?:ERROR|STOPPED)|Torchserve stopped|Error while registering model|InvalidSnapshotException/g;

/**
 * KServe's wrapper of TorchServe 0.9, the default runtime's, calls a model ready as soon as its archive is there, so that
 * its word alone says nothing.
 */
function workersIn(log: string): Workers {
  const started = lastIndex(log, /State change \S+ -> WORKER_STARTED/g);
  const loaded = lastIndex(log, /State change \S+ -> WORKER_MODEL_LOADED/g);
  const died = lastIndex(log, dead);
  if (Math.max(started, loaded, died) < 0) return 'unknown';
  if (loaded > died) return 'loaded';
  if (died < 0) return 'loading';
  return died > started ? 'failed' : 'retrying';
}

/** TorchServe's management API, which listens in the pod where its predictions do (`DescribeModelResponse`). */
function workersOf(body: unknown): Workers {
  const models: readonly unknown[] = Array.isArray(body) ? body : [];
  const workers = models.flatMap((model): readonly unknown[] => {
    const listed = isRecord(model) ? model['workers'] : undefined;
    return Array.isArray(listed) ? listed : [];
  });
  if (models.length === 0) return 'unknown';
  return workers.some((worker) => isRecord(worker) && worker['status'] === 'READY') ? 'loaded' : 'loading';
}

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelContract } from '../../contract/modelContract.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../foundation/task.ts';
import {
  decodeBase64,
  plainNumbers,
  readErrorText,
  type InferenceInput,
  type InputTensor,
  type V2Bytes,
  type V2Input,
} from '../../kserve/index.ts';
import { readArchive } from '../../packaging/index.ts';
import type { Backend } from '../server/backend.ts';
import type { ServedModel, TorchServeEngine } from '../serverRequest.ts';
import { loadFailure } from './loadFailure.ts';
import { localConfig, torchServePorts } from './serverConfig.ts';
import { startTorchServe, type TorchServeProcess } from './torchServeProcess.ts';

/** How long a model may take until a worker is ready, in milliseconds; torch alone takes half a minute on slow disks. */
const loadPatience = 300_000;
const pollEvery = 250;

export interface TorchServeBackend extends Backend {
  /** What the archive says of the model; the generated handlers answer as it says. */
  readonly contract?: ModelContract;
  readonly exited: Promise<string>;
}

/**
 * Starts a real TorchServe on the model's store and waits until a worker has loaded the model.
 *
 * @throws ModelDeckError `server` with Python's own words when the model cannot be loaded
 */
export async function openTorchServe(
  model: ServedModel & { readonly engine: TorchServeEngine },
  io: { readonly log: (line: string) => void },
  task: Task<'start-server' | 'load-model'>,
): Promise<TorchServeBackend> {
  const { engine, modelName } = model;
  const ports = await torchServePorts();
  const configFile = path.join(engine.workFolder, 'config.properties');
  await writeFile(configFile, await localConfig(engine.storeFolder, ports));
  throwIfCancelled(task);
  const process = await startTorchServe(engine, configFile, io.log);
  const reading = archiveContract(model.archive, io.log, task);
  let contract: ModelContract | undefined;
  try {
    await workerReady(process, `http://127.0.0.1:${ports.management}/models/${encodeURIComponent(modelName)}`, task);
    contract = await reading;
  } catch (error) {
    await process.stop();
    throw error;
  }
  const url = `http://127.0.0.1:${ports.inference}/predictions/${encodeURIComponent(modelName)}`;
  return {
    platform: 'torchserve',
    inputs: [{ name: 'data', datatype: 'BYTES', shape: [-1] }],
    outputs: [{ name: 'predictions', datatype: 'BYTES', shape: [-1] }],
    ...(contract && { contract }),
    exited: process.ended.then((how) => `${how}.`),
    predict: (instances, signal) => askEach(url, instances, signal),
    infer: async (inputs, signal) => {
      const data = await askEach(url, instancesOf(inputs), signal);
      return [{ name: 'predictions', datatype: 'BYTES', shape: [data.length], data }];
    },
    close: process.stop,
  };
}

/** Nothing where the archive cannot be read: whether it can be served, TorchServe says. */
async function archiveContract(
  archive: string,
  log: (line: string) => void,
  { signal }: Task<'start-server' | 'load-model'>,
): Promise<ModelContract | undefined> {
  try {
    return (await readArchive(archive, { signal })).contract;
  } catch (error) {
    log(`The contract of the archive is not known: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function workerReady(
  process: TorchServeProcess,
  url: string,
  task: Task<'start-server' | 'load-model'>,
): Promise<void> {
  let hasEnded: string | undefined;
  void process.ended.then((how) => (hasEnded = how));
  task.onProgress?.({ step: 'start-server' });
  let isUp = false;
  for (const end = Date.now() + loadPatience; Date.now() < end; await delay(pollEvery)) {
    throwIfCancelled(task);
    const failure = loadFailure(process.lines, hasEnded);
    if (failure) throw failure;
    const state = await workerState(url);
    if (state !== undefined && !isUp) {
      isUp = true;
      task.onProgress?.({ step: 'load-model' });
    }
    if (state === 'READY') return;
  }
  throw new ModelDeckError('timeout', `No worker was ready within ${loadPatience / 60_000} minutes.`, {
    remedy: 'Look at the log of the deployment.',
  });
}

/** `READY`, `UNLOADED` and so on; undefined while the management API does not answer or does not know the model. */
async function workerState(url: string): Promise<string | undefined> {
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) return undefined;
  const [description] = (await response.json().catch(() => [])) as { workers?: { status?: string }[] }[];
  return description?.workers?.find(({ status }) => status === 'READY')?.status ?? description?.workers?.[0]?.status;
}

async function askEach(url: string, instances: readonly InferenceInput[], signal: AbortSignal): Promise<string[]> {
  const predictions: string[] = [];
  for (const instance of instances) predictions.push(await ask(url, instance, signal));
  return predictions;
}

/** Each element of BYTES is an image, each other input a tensor that the handler may take. */
function instancesOf(inputs: readonly V2Input[]): InferenceInput[] {
  return inputs.flatMap((input, index): InferenceInput[] => {
    if (!isBytes(input)) {
      return [{ shape: input.shape, data: Float64Array.from(plainNumbers(input.data, input.datatype)) }];
    }
    return input.data.map((element, place) =>
      typeof element === 'string' ? decodeBase64(element, `inputs[${index}].data[${place}]`) : element,
    );
  });
}

function isBytes(input: V2Input): input is V2Bytes {
  return input.datatype === 'BYTES';
}

/** One prediction as the handler wrote it; TorchServe's handlers read the raw bytes of an image, or a list of numbers in JSON. */
async function ask(url: string, input: InferenceInput, signal: AbortSignal): Promise<string> {
  const isImage = input instanceof Uint8Array;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': isImage ? 'application/octet-stream' : 'application/json' },
    body: isImage ? Uint8Array.from(input) : JSON.stringify(nested(input)),
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw ModelDeckError.cancelled();
    throw new ModelDeckError('server', `TorchServe did not answer: ${String(error)}.`, { cause: error });
  });
  const text = await response.text();
  if (!response.ok) {
    const words = readErrorText(text) ?? `it answered ${response.status}`;
    // What the handler raises for its input is 4xx or 500 alike; a worker that died is 503.
    const category = response.status < 500 ? 'invalid-input' : 'server';
    throw new ModelDeckError(category, `TorchServe: ${words}`, {
      remedy: 'The log of the deployment has the traceback.',
    });
  }
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new ModelDeckError('server', `TorchServe's answer is not JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}

function nested({ shape, data }: InputTensor): unknown {
  let rows: unknown[] = [...data];
  for (const size of shape.slice(1).toReversed()) {
    rows = Array.from({ length: rows.length / size }, (_, index) => rows.slice(index * size, (index + 1) * size));
  }
  return rows;
}

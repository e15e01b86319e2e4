/**
 * Entry of the server's process, for as long as the extension host is there: one model on a port of 127.0.0.1, or a graph that is
 * tried before it is packaged.
 */
import type { ModelContract } from '../../contract/modelContract.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import { freePixelsEvery } from '../../inference/index.ts';
import { maxRequestBytes } from '../requestLimit.ts';
import type { ServedModel } from '../serverRequest.ts';
import type { TrialFailure, TrialMessage, TrialOrder, TrialQuestion, TriedGraph } from '../trialMessages.ts';
import type { Backend } from './backend.ts';
import { listen } from './httpServer.ts';
import type { ServerMessage, ServerOrder, ServerStep } from './messages.ts';

interface LoadedBackend extends Backend {
  readonly contract?: ModelContract;
  /** What computes, with its version or build, where that is known only here. */
  readonly runtime?: string;
  /** Resolves with the reason when the backend ends by itself. */
  readonly exited?: Promise<string>;
}

const ending = new AbortController();
freePixelsEvery(8_000_000);

function send(message: ServerMessage | TrialMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(message, () => resolve());
    else resolve();
  });
}

const log = (line: string): void => void send({ kind: 'log', line });

async function open(model: ServedModel, task: Task<ServerStep>): Promise<LoadedBackend> {
  if (model.engine.kind === 'onnx') {
    const { openOnnx } = await import('./onnx/onnxBackend.ts');
    return openOnnx(model, { log }, task);
  }
  const { openTorchServe } = await import('../torchserve/openTorchServe.ts');
  return openTorchServe({ ...model, engine: model.engine }, { log }, task);
}

async function serve(model: ServedModel): Promise<void> {
  const { modelName, modelVersion } = model;
  const served: { modelName: string; modelVersion: string; backend: LoadedBackend | undefined } = {
    modelName,
    modelVersion,
    backend: undefined,
  };
  const { url, server } = await listen(() => served, log, model.maxRequestBytes ?? maxRequestBytes);
  const loading = open(model, {
    signal: ending.signal,
    onProgress: ({ step }) => void send({ kind: 'step', step }),
  });
  // Nobody is left to serve, or we were told to stop.
  const end = async (): Promise<void> => {
    ending.abort();
    server.close();
    server.closeAllConnections();
    await loading.then((backend) => backend.close()).catch(() => undefined);
    process.exit(0);
  };
  process.once('disconnect', () => void end());
  if (!process.connected) await end();
  const backend = await loading;
  served.backend = backend;
  await send({
    kind: 'ready',
    url,
    ...(backend.labels && { labels: backend.labels }),
    ...(backend.contract && { contract: backend.contract }),
    ...(backend.runtime !== undefined && { runtime: backend.runtime }),
  });
  const reason = await backend.exited;
  if (reason !== undefined && !ending.signal.aborted) throw new ModelDeckError('server', reason);
}

/** Answers questions about one graph, one after the other, until nobody is left to ask. */
async function answerTrial(graph: TriedGraph): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  const { tryGraph } = await import('./onnx/tryGraph.ts');
  const model = await tryGraph(graph, log);
  let last: Promise<void> = Promise.resolve();
  process.on('message', (asked) => {
    const { id, picture, contract } = asked as TrialQuestion;
    last = last.then(async () => {
      try {
        const answer = await model.ask(Buffer.from(picture, 'base64'), contract, ending.signal);
        await send({ kind: 'answer', id, answer });
      } catch (error) {
        await send({ kind: 'no-answer', id, failure: failureOf(error) });
      }
    });
  });
  await send({ kind: 'loaded' });
}

async function fail(error: unknown): Promise<void> {
  if (ending.signal.aborted) return;
  await send({ kind: 'failed', ...failureOf(error) });
  process.exit(1);
}

/** The error as data; what is not a ModelDeckError goes into the log with its stack. */
function failureOf(error: unknown): TrialFailure {
  const known = ModelDeckError.is(error) ? error : undefined;
  if (!known) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return {
    category: known?.category ?? 'internal',
    summary: error instanceof Error ? error.message : String(error),
    ...(known?.remedy !== undefined && { remedy: known.remedy }),
  };
}

function start(order: ServerOrder | TrialOrder): Promise<void> {
  switch (order.kind) {
    case 'serve':
      return serve(order.model);
    case 'try':
      return answerTrial(order.graph);
  }
}

process.on('uncaughtException', (error) => void fail(error));
process.once('message', (order) => {
  start(order as ServerOrder | TrialOrder).catch(fail);
});

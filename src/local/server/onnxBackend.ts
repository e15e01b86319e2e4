import { availableParallelism } from 'node:os';
import type * as ort from 'onnxruntime-web';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { fromPreprocessing } from '../../contract/fromPreprocessing.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { Task } from '../../foundation/task.ts';
import { decodeImage, preprocess } from '../../inference/index.ts';
import type { InferenceInput, TensorMetadata } from '../../kserve/index.ts';
import { readArchive, readEntry, requireManifest } from '../../packaging/index.ts';
import type { Preprocessing } from '../../packaging/spec/modelSpec.ts';
import type { ServedModel } from '../serverRequest.ts';
import type { Backend } from './backend.ts';
import type { ServerStep } from './messages.ts';

type Runtime = typeof ort;

/** Most classes in an answer, as in the handler that goes into the archive. */
const top = 20;
/** WebAssembly has a memory of 4 GB for the weights and all that is computed from them. */
const largestWeights = 2 ** 31;
/** More threads than this gain nothing on classifiers, and each costs memory. */
const mostThreads = 4;

/**
 * Loads an archive with an ONNX graph and `preprocessing.json`, and runs it once on a black image, so that whoever is told
 * that it is ready has an answer for granted.
 *
 * @throws ModelDeckError `unsupported` or `invalid-input` when the archive or the graph cannot be served
 */
export async function openOnnx(
  model: ServedModel,
  task: Task<ServerStep>,
): Promise<Backend & { readonly labels: readonly string[] | undefined }> {
  task.onProgress?.({ step: 'load-model' });
  const signal = { signal: task.signal };
  const contents = await readArchive(model.archive, signal);
  const { serializedFile } = requireManifest(contents).model;
  const { preprocessing, labels } = contents;
  if (serializedFile === undefined || preprocessing === undefined) {
    throw new ModelDeckError('unsupported', `${model.modelName} has no ONNX weights with a preprocessing.json.`, {
      remedy: contents.warnings.join(' ') || 'Package it with "preprocessing" in model-deck.yaml.',
    });
  }
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.numThreads = Math.min(mostThreads, availableParallelism());
  const weights = await readEntry(model.archive, serializedFile, largestWeights, signal);
  const session = await runtime.InferenceSession.create(weights, { executionProviders: ['wasm'] }).catch(
    (error: unknown) => {
      throw graphError(`ONNX Runtime cannot load ${serializedFile}`, error);
    },
  );
  const graph = new Graph(runtime, session, preprocessing);
  task.onProgress?.({ step: 'wait-ready' });
  const classes = (await graph.run(new Float32Array(3 * preprocessing.crop ** 2))).length;
  return {
    platform: 'onnxruntime',
    labels,
    inputs: session.inputMetadata.map(metadata),
    outputs: session.outputMetadata.map(metadata),
    predict: async (inputs, abort) => {
      const predictions: Record<string, number>[] = [];
      for (const [index, input] of inputs.entries()) {
        if (abort.aborted) throw ModelDeckError.cancelled();
        const tensor = await graph.tensorOf(input, index, abort);
        predictions.push(mostProbable(await graph.run(tensor), labels, classes));
      }
      return predictions;
    },
    close: () => session.release(),
  };
}

/** The session with its input; runs one after the other, since a session's WebAssembly memory is one. */
class Graph {
  private last: Promise<unknown> = Promise.resolve();
  private readonly inputName: string;

  constructor(
    private readonly runtime: Runtime,
    private readonly session: InferenceSession,
    private readonly preprocessing: Preprocessing,
  ) {
    this.inputName = preprocessing.inputName ?? session.inputNames[0] ?? '';
    const input = session.inputMetadata.find(({ name }) => name === this.inputName);
    if (!input) {
      throw new ModelDeckError('invalid-input', `The graph has no input "${this.inputName}".`, {
        remedy: `Set preprocessing.inputName in model-deck.yaml to one of: ${session.inputNames.join(', ')}.`,
      });
    }
    if (!input.isTensor || input.type !== 'float32') {
      throw new ModelDeckError('unsupported', `The graph's input "${input.name}" is not a tensor of 32-bit floats.`, {
        remedy: 'Export the model with a float32 input.',
      });
    }
  }

  private get shape(): readonly number[] {
    const { crop, layout } = this.preprocessing;
    return layout === 'NCHW' ? [3, crop, crop] : [crop, crop, 3];
  }

  /** @throws ModelDeckError `invalid-input` for an image that cannot be decoded, or a tensor of another shape */
  async tensorOf(input: InferenceInput, index: number, signal: AbortSignal): Promise<Float32Array> {
    if (input instanceof Uint8Array) {
      const contract = fromPreprocessing(this.preprocessing);
      return preprocess(await decodeImage(input, { signal }), { ...contract.input, type: 'float32' });
    }
    const given = input.shape.length === 4 && input.shape[0] === 1 ? input.shape.slice(1) : input.shape;
    if (given.join() === this.shape.join()) return input.data;
    throw new ModelDeckError(
      'invalid-input',
      `Input ${index} has the shape [${input.shape.join(', ')}]; the model takes [${this.shape.join(', ')}].`,
    );
  }

  /** Probability of each class. @throws ModelDeckError `server` when the graph cannot be run, or answers no numbers */
  async run(tensor: Float32Array): Promise<Float64Array> {
    const turn = this.last.then(() => this.compute(tensor));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async compute(data: Float32Array): Promise<Float64Array> {
    const input = new this.runtime.Tensor('float32', data, [1, ...this.shape]);
    const answer = await this.session.run({ [this.inputName]: input }).catch((error: unknown) => {
      throw graphError('The model could not compute an answer', error);
    });
    const [name = ''] = this.session.outputNames;
    const scores = scoresOf(answer[name], name);
    return this.preprocessing.output === 'probabilities' ? scores : softmax(scores);
  }
}

function scoresOf(output: Tensor | undefined, name: string): Float64Array {
  const data = output?.data;
  if (!(data instanceof Float32Array || data instanceof Float64Array) || data.length === 0) {
    throw new ModelDeckError('unsupported', `The graph's output "${name}" does not hold one float for each class.`, {
      remedy: 'Serve a classifier whose first output is scores or probabilities.',
    });
  }
  const scores = Float64Array.from(data);
  if (scores.every(Number.isFinite)) return scores;
  throw new ModelDeckError('server', 'The model answered with NaN or Infinity.', {
    remedy: 'Check its weights, and mean and std of its preprocessing.',
  });
}

function softmax(scores: Float64Array): Float64Array {
  // The largest is taken off first, so that no exponential overflows.
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = scores.map((score) => Math.exp(score - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((exponential) => exponential / sum);
}

function mostProbable(
  scores: Float64Array,
  labels: readonly string[] | undefined,
  classes: number,
): Record<string, number> {
  const order = Array.from({ length: classes }, (_, index) => index);
  order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  return Object.fromEntries(
    order.slice(0, top).map((index) => [labels?.[index] ?? String(index), scores[index] as number]),
  );
}

function metadata(value: InferenceSession.ValueMetadata): TensorMetadata {
  if (!value.isTensor) return { name: value.name, datatype: 'BYTES', shape: [] };
  const datatype = value.type === 'float32' ? 'FP32' : value.type === 'float64' ? 'FP64' : value.type.toUpperCase();
  return { name: value.name, datatype, shape: value.shape.map((size) => (typeof size === 'number' ? size : -1)) };
}

function graphError(what: string, error: unknown): ModelDeckError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ModelDeckError('server', `${what}: ${reason.replace(/\s+/g, ' ').slice(0, 400)}.`, {
    remedy:
      'Check that crop, layout and inputName of the preprocessing are those of the graph, and export it again if they are.',
    cause: error,
  });
}

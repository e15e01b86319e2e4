import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { AnswerTensor, TensorMetadata, TensorNumbers } from '../../../kserve/index.ts';
import type { LoadedEngine } from './engines/engine.ts';
import { datatypeOf } from './onnxTypes.ts';

type TensorValue = InferenceSession.ValueMetadata & { readonly isTensor: true };

/** A graph as it is loaded. */
export interface OnnxFiles {
  readonly graph: Uint8Array;
  /** Files beside it that hold weights, by the path that the graph names. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** For messages. */
  readonly name: string;
}

/** A loaded graph with one input that counts; runs one after the other: each uses all threads, and WebAssembly has one memory. */
export class OnnxSession {
  private last: Promise<unknown> = Promise.resolve();
  readonly input: TensorMetadata & { readonly type: Tensor.Type };
  readonly outputs: readonly TensorMetadata[];

  private constructor(
    private readonly engine: LoadedEngine,
    private readonly session: InferenceSession,
    inputName: string | undefined,
  ) {
    this.input = inputOf(session, inputName);
    this.outputs = session.outputMetadata.filter(isTensor).map(metadata);
  }

  /** @param inputName the contract's, when it says one. @throws ModelDeckError when the graph cannot be loaded or has no such input */
  static async open(engine: LoadedEngine, files: OnnxFiles, inputName: string | undefined): Promise<OnnxSession> {
    const { graph, externalData, name } = files;
    const session = await engine.runtime.InferenceSession.create(graph, {
      ...engine.sessionOptions(engine.threads),
      ...(externalData.length > 0 && {
        externalData: externalData.map(({ path, data }) => ({ path: engine.externalPath(path), data })),
      }),
    }).catch((error: unknown) => {
      throw graphError(`ONNX Runtime cannot load ${name}`, error);
    });
    return new OnnxSession(engine, session, inputName);
  }

  /** Which build of ONNX Runtime computes, for the reader. */
  get runtime(): string {
    return this.engine.label;
  }

  /** How many pictures one run takes: a number that the graph fixes, or any. */
  get batch(): number | 'free' {
    const size = this.input.shape[0] ?? -1;
    return size > 0 && this.input.shape.length === 4 ? size : 'free';
  }

  /** @throws ModelDeckError `server` when the graph cannot be run */
  async run(data: TensorNumbers, shape: readonly number[]): Promise<readonly AnswerTensor[]> {
    const turn = this.last.then(() => this.compute(data, shape));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private async compute(data: TensorNumbers, shape: readonly number[]): Promise<readonly AnswerTensor[]> {
    const { type, name } = this.input;
    const tensor = new this.engine.runtime.Tensor(type as 'float32', data as Float32Array, shape);
    const answer = await this.session.run({ [name]: tensor }).catch((error: unknown) => {
      throw graphError('The model could not compute an answer', error);
    });
    return this.outputs.flatMap((output) => {
      const found = answer[output.name];
      return found ? [outputOf(output, found)] : [];
    });
  }
}

function outputOf({ name, datatype }: TensorMetadata, { data, dims }: Tensor): AnswerTensor {
  const shape = [...dims];
  if (datatype === 'BYTES') return { name, datatype, shape, data: (data as readonly string[]).map(String) };
  const numbers = data as Exclude<typeof data, string[]>;
  // A newer Node has 16-bit floats of its own; V2 has their bits.
  const isHalf = datatype === 'FP16' && !(numbers instanceof Uint16Array);
  const bits = isHalf ? new Uint16Array(numbers.buffer, numbers.byteOffset, numbers.length) : numbers;
  return { name, datatype, shape, data: bits };
}

function inputOf(session: InferenceSession, wanted: string | undefined): OnnxSession['input'] {
  const tensors = session.inputMetadata.filter(isTensor);
  const input = wanted === undefined ? tensors[0] : tensors.find(({ name }) => name === wanted);
  if (input) return { ...metadata(input), type: input.type };
  throw new ModelDeckError('invalid-input', `The graph has no input "${wanted ?? ''}".`, {
    remedy: `Set input.name in model-deck.yaml to one of: ${session.inputNames.join(', ')}.`,
  });
}

function isTensor(value: InferenceSession.ValueMetadata): value is TensorValue {
  return value.isTensor;
}

function metadata({ name, type, shape }: TensorValue): TensorMetadata {
  return { name, datatype: datatypeOf(type), shape: shape.map((size) => (typeof size === 'number' ? size : -1)) };
}

function graphError(what: string, error: unknown): ModelDeckError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ModelDeckError('server', `${what}: ${reason.replace(/\s+/g, ' ').slice(0, 400)}.`, {
    remedy:
      'Check that size, layout, type and name of the input are those of the graph, and export it again if they are.',
    cause: error,
  });
}

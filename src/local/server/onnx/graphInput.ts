import { pictureShape, type ImageInput } from '../../../contract/modelContract.ts';
import { ModelDeckError } from '../../../foundation/error.ts';
import { preprocessFile } from '../../../inference/index.ts';
import type {
  AnswerTensor,
  InferenceInput,
  TensorNumbers,
  V2Bytes,
  V2Input,
  V2Numbers,
} from '../../../kserve/index.ts';
import { decodeBase64 } from '../../../kserve/index.ts';
import type { OnnxSession } from './onnxSession.ts';

type PictureNumbers = Float32Array | Uint16Array | Uint8Array;

/** The element types that a picture can be made of. */
const pictureTypes = ['float32', 'float16', 'uint8'] as const;

/** Pictures and tensors, as the graph takes them. */
export class ModelInput {
  private readonly type: ImageInput['type'];
  /** Of one picture, without the batch. */
  private readonly shape: readonly number[];

  constructor(
    private readonly session: OnnxSession,
    private readonly contract: ImageInput,
  ) {
    const { name, type, datatype } = session.input;
    // The graph's own type wins: a contract of Model Deck 1.0 knows 32-bit floats only.
    const found = pictureTypes.find((one) => one === type);
    if (found === undefined) {
      throw new ModelDeckError(
        'unsupported',
        `The graph's input "${name}" is ${datatype}, which no picture is made of.`,
        {
          remedy: 'Export the model with an input of float32, float16 or uint8.',
        },
      );
    }
    this.type = found;
    this.shape = pictureShape(contract);
    const taken = session.input.shape;
    const fits = taken.length === 4 && this.shape.every((size, place) => [-1, size].includes(taken[place + 1] ?? 0));
    if (fits) return;
    throw new ModelDeckError(
      'invalid-input',
      `The graph's input "${name}" takes [${taken.join(', ')}], and the contract makes [${this.shape.join(', ')}] of a picture.`,
      { remedy: 'Correct width and height (or crop), colour and layout in model-deck.yaml, and package it again.' },
    );
  }

  black(): PictureNumbers {
    const length = this.shape.reduce((product, size) => product * size, 1);
    if (this.type === 'float32') return new Float32Array(length);
    return this.type === 'float16' ? new Uint16Array(length) : new Uint8Array(length);
  }

  /**
   * The tensor of an instance of V1.
   * @param where how the instance is named in errors
   * @throws ModelDeckError `invalid-input` for an image that cannot be decoded, or a tensor of another shape
   */
  async ofInstance(instance: InferenceInput, where: string, signal: AbortSignal): Promise<PictureNumbers> {
    if (instance instanceof Uint8Array) return this.ofPicture(instance, where, signal);
    const { shape } = instance;
    const given = shape.length === this.shape.length + 1 && shape[0] === 1 ? shape.slice(1) : shape;
    if (given.join() !== this.shape.join()) {
      throw new ModelDeckError(
        'invalid-input',
        `${where} has the shape [${shape.join(', ')}]; the model takes [${this.shape.join(', ')}].`,
      );
    }
    if (this.type === 'float16') {
      throw new ModelDeckError(
        'invalid-input',
        `${where} is a list of numbers, and the model takes FP16: send the image itself.`,
      );
    }
    return this.type === 'uint8' ? Uint8Array.from(instance.data) : Float32Array.from(instance.data);
  }

  /** Every output for the inputs of V2: tensors of the graph's input, or images as BYTES, one element each. */
  async infer(inputs: readonly V2Input[], signal: AbortSignal): Promise<readonly AnswerTensor[]> {
    const images = inputs.filter((input): input is V2Bytes => input.datatype === 'BYTES');
    if (images.length === inputs.length) return this.inferPictures(images, inputs, signal);
    const [input, ...others] = inputs;
    if (input === undefined || input.datatype === 'BYTES' || others.length > 0) {
      const names = inputs.map(({ name }) => `"${name}"`).join(', ');
      throw new ModelDeckError(
        'invalid-input',
        `The model takes one input, and the request has ${inputs.length}: ${names}.`,
      );
    }
    return this.inferTensor(input as V2Numbers);
  }

  /** Runs pictures together as far as the graph takes them. */
  async run(pictures: readonly PictureNumbers[]): Promise<readonly AnswerTensor[]> {
    const { batch } = this.session;
    const size = batch === 'free' ? pictures.length : batch;
    const runs: (readonly AnswerTensor[])[] = [];
    for (let from = 0; from < pictures.length; from += size) {
      const some = pictures.slice(from, from + size);
      const outputs = await this.session.run(stacked(some, size, this.black()), [size, ...this.shape]);
      runs.push(some.length === size ? outputs : outputs.map((output) => firstRows(output, some.length, size)));
    }
    const [first = []] = runs;
    return runs.length === 1
      ? first
      : first.map((output, place) =>
          joined(
            output,
            runs.map((run) => run[place] as AnswerTensor),
          ),
        );
  }

  private async inferPictures(
    images: readonly V2Bytes[],
    inputs: readonly V2Input[],
    signal: AbortSignal,
  ): Promise<readonly AnswerTensor[]> {
    const pictures: PictureNumbers[] = [];
    for (const [index, { data }] of images.entries()) {
      for (const [element, content] of data.entries()) {
        if (signal.aborted) throw ModelDeckError.cancelled();
        const where =
          data.length > 1 || inputs.length === 1 ? `inputs[${index}].data[${element}]` : `inputs[${index}].data`;
        pictures.push(await this.ofPicture(imageOf(content, where), where, signal));
      }
    }
    return this.run(pictures);
  }

  private async inferTensor({ name, datatype, shape, data }: V2Numbers): Promise<readonly AnswerTensor[]> {
    const { input, batch } = this.session;
    if (name !== input.name) {
      throw new ModelDeckError('invalid-input', `The model has no input "${name}", but "${input.name}".`);
    }
    if (datatype !== input.datatype) {
      throw new ModelDeckError(
        'invalid-input',
        `The input "${name}" is ${input.datatype}, and the request has ${datatype}.`,
      );
    }
    // One picture may come without its batch dimension.
    const whole = shape.length === this.shape.length ? [1, ...shape] : shape;
    const fits =
      whole.length === input.shape.length && whole.every((size, place) => [-1, size].includes(input.shape[place] ?? 0));
    const isSame = whole.slice(1).join() === this.shape.join();
    if (!fits || !isSame || (batch !== 'free' && whole[0] !== batch)) {
      const taken = [batch === 'free' ? -1 : batch, ...this.shape];
      throw new ModelDeckError(
        'invalid-input',
        `The input "${name}" has the shape [${shape.join(', ')}]; the model takes [${taken.join(', ')}].`,
      );
    }
    return this.session.run(data, whole);
  }

  private async ofPicture(bytes: Uint8Array, where: string, signal: AbortSignal): Promise<PictureNumbers> {
    try {
      return (await preprocessFile(bytes, { ...this.contract, type: this.type }, { signal })).tensor;
    } catch (error) {
      if (!ModelDeckError.is(error) || error.category === 'cancelled') throw error;
      throw error.with({ summary: `${where}: ${error.message}` });
    }
  }
}

/** BYTES of JSON are base64; after the JSON they are the file, or its base64 where a client took the text for the bytes. */
function imageOf(content: string | Uint8Array, where: string): Uint8Array {
  if (typeof content === 'string') return decodeBase64(content, where);
  const isText = content.length > 0 && content.every((byte) => /[A-Za-z0-9+/=\s]/.test(String.fromCharCode(byte)));
  return isText ? decodeBase64(Buffer.from(content).toString('latin1'), where) : content;
}

/** @param size pictures of the batch; what is missing stays black */
function stacked(pictures: readonly PictureNumbers[], size: number, black: PictureNumbers): PictureNumbers {
  const [only] = pictures;
  if (size === 1 && only) return only;
  const { length } = black;
  const batch =
    black instanceof Float32Array
      ? new Float32Array(size * length)
      : black instanceof Uint16Array
        ? new Uint16Array(size * length)
        : new Uint8Array(size * length);
  pictures.forEach((picture, place) => batch.set(picture, place * length));
  return batch;
}

function firstRows(output: AnswerTensor, rows: number, of: number): AnswerTensor {
  const [, ...rest] = output.shape;
  const length = (output.data.length / of) * rows;
  return { ...output, shape: [rows, ...rest], data: output.data.slice(0, length) } as AnswerTensor;
}

function joined(first: AnswerTensor, all: readonly AnswerTensor[]): AnswerTensor {
  const [, ...rest] = first.shape;
  const shape = [all.reduce((sum, one) => sum + (one.shape[0] ?? 1), 0), ...rest];
  if (first.datatype === 'BYTES')
    return { ...first, shape, data: all.flatMap(({ data }) => data as readonly string[]) } as AnswerTensor;
  const parts = all.map(({ data }) => data as TensorNumbers);
  const bytes = Buffer.concat(
    parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const Numbers = (first.data as TensorNumbers).constructor as new (buffer: ArrayBuffer) => TensorNumbers;
  return { ...first, shape, data: new Numbers(Uint8Array.from(bytes).buffer) };
}

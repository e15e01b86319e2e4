import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import type { TensorInfo } from '../detection.ts';
import { CutOff } from './byteStream.ts';
import type { FileReader } from './fileReader.ts';

/** The face of an ONNX graph: what goes in, what comes out. Field numbers are those of onnx.proto. */
export interface OnnxFacts {
  /** Inputs that are not weights: older exporters list the initializers among the inputs. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Version of the default operator set. */
  readonly opset: number;
  /** The operator that computes the first output, for example `Softmax`. */
  readonly lastOperator?: string;
  /** Files beside this one that hold some of its weights. */
  readonly externalFiles: readonly string[];
}

/** It is not a protobuf message with a graph in it. */
export class NotOnnx extends Error {}

const model = { irVersion: 1, graph: 7, opsetImport: 8 } as const;
const graph = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 } as const;
const tensor = { name: 8, externalData: 13 } as const;
/** Names and shapes are short; a longer one was made to exhaust memory. */
const longestField = 1 << 16;

/**
 * Reads the face of a graph with a lazy protobuf walk: messages are walked into, weights are passed over.
 *
 * @throws CutOff when a message goes beyond the end of the file; NotOnnx when it is something else
 */
export async function readOnnx(reader: FileReader, task: Task = {}): Promise<OnnxFacts> {
  const walker = new OnnxWalker(reader, task);
  await walker.model();
  return walker.facts();
}

interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of a varint. */
  readonly value: number;
  /** Of bytes, text and messages. */
  readonly start: number;
  readonly end: number;
}

class OnnxWalker {
  private readonly inputs: TensorInfo[] = [];
  private readonly outputs: TensorInfo[] = [];
  private readonly initializers = new Set<string>();
  private readonly externalFiles = new Set<string>();
  private readonly producers = new Map<string, string>();
  private opset = 0;
  private hasGraph = false;

  constructor(
    private readonly reader: FileReader,
    private readonly task: Task,
  ) {}

  facts(): OnnxFacts {
    const lastOperator = this.producers.get(this.outputs[0]?.name ?? '');
    return {
      inputs: this.inputs.filter((input) => !this.initializers.has(input.name)),
      outputs: this.outputs,
      opset: this.opset,
      ...(lastOperator !== undefined && { lastOperator }),
      externalFiles: [...this.externalFiles],
    };
  }

  async model(): Promise<void> {
    let hasVersion = false;
    for await (const field of this.fields(0, this.reader.size)) {
      if (field.number === model.irVersion && field.wire === 0) hasVersion = true;
      if (field.number === model.graph && field.wire === 2) await this.graph(field);
      if (field.number === model.opsetImport && field.wire === 2) await this.opsetImport(field);
    }
    if (!hasVersion || !this.hasGraph) throw new NotOnnx('it has no graph');
  }

  private async opsetImport(message: Field): Promise<void> {
    let domain = '';
    let version = 0;
    for await (const field of this.fields(message.start, message.end)) {
      if (field.number === 1) domain = await this.text(field);
      if (field.number === 2) version = field.value;
    }
    if (domain === '' || domain === 'ai.onnx') this.opset = version;
  }

  private async graph(message: Field): Promise<void> {
    this.hasGraph = true;
    for await (const field of this.fields(message.start, message.end)) {
      if (field.wire !== 2) continue;
      if (field.number === graph.node) await this.node(field);
      if (field.number === graph.initializer) await this.initializer(field);
      if (field.number === graph.sparseInitializer) {
        for await (const part of this.fields(field.start, field.end))
          if (part.number === 1) await this.initializer(part);
      }
      if (field.number === graph.input) this.inputs.push(await this.valueInfo(field));
      if (field.number === graph.output) this.outputs.push(await this.valueInfo(field));
    }
  }

  private async node(message: Field): Promise<void> {
    const outputs: string[] = [];
    let operator = '';
    for await (const field of this.fields(message.start, message.end)) {
      if (field.number === 2) outputs.push(await this.text(field));
      if (field.number === 4) operator = await this.text(field);
    }
    for (const output of outputs) this.producers.set(output, operator);
  }

  private async initializer(message: Field): Promise<void> {
    for await (const field of this.fields(message.start, message.end)) {
      if (field.number === tensor.name) this.initializers.add(await this.text(field));
      if (field.number === tensor.externalData) {
        const [key, value] = await this.entry(field);
        if (key === 'location') this.externalFiles.add(value);
      }
    }
  }

  /** ValueInfoProto: name = 1, type = 2 { tensor_type = 1 { shape = 2 { dim = 1 { dim_value = 1, dim_param = 2 } } } }. */
  private async valueInfo(message: Field): Promise<TensorInfo> {
    let name = '';
    const shape: (number | string)[] = [];
    for await (const field of this.fields(message.start, message.end)) {
      if (field.number === 1) name = await this.text(field);
      if (field.number !== 2) continue;
      for await (const type of this.fields(field.start, field.end)) {
        if (type.number !== 1) continue;
        for await (const part of this.fields(type.start, type.end)) {
          if (part.number !== 2) continue;
          for await (const dimension of this.fields(part.start, part.end)) shape.push(await this.dimension(dimension));
        }
      }
    }
    return { name, shape };
  }

  private async dimension(message: Field): Promise<number | string> {
    let size: number | string = '?';
    for await (const field of this.fields(message.start, message.end)) {
      if (field.number === 1) size = field.value;
      if (field.number === 2) size = (await this.text(field)) || '?';
    }
    return size;
  }

  private async entry(message: Field): Promise<[string, string]> {
    let key = '';
    let value = '';
    for await (const field of this.fields(message.start, message.end)) {
      if (field.number === 1) key = await this.text(field);
      if (field.number === 2) value = await this.text(field);
    }
    return [key, value];
  }

  /** The fields of a message between two offsets of the file. */
  private async *fields(start: number, end: number): AsyncGenerator<Field> {
    let at = start;
    while (at < end) {
      throwIfCancelled(this.task);
      const [tag, afterTag] = await this.varint(at, end);
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (number === 0) throw new NotOnnx('it is no protobuf message');
      const [value, afterValue] = wire === 0 || wire === 2 ? await this.varint(afterTag, end) : [0, afterTag];
      const length = wire === 2 ? value : wire === 1 ? 8 : wire === 5 ? 4 : 0;
      if (wire === 3 || wire === 4 || wire > 5) throw new NotOnnx('it is no protobuf message');
      at = afterValue + length;
      if (at > end)
        throw end === this.reader.size ? new CutOff() : new NotOnnx('a message of it is longer than its parent');
      yield { number, wire, value, start: afterValue, end: at };
    }
  }

  /** A varint and the offset behind it. Numbers above 2^53 lose their last digits, which no field here needs. */
  private async varint(at: number, end: number): Promise<readonly [number, number]> {
    let value = 0;
    for (let index = 0; index < 10; index += 1) {
      if (at + index >= end) throw new CutOff();
      const byte = (await this.reader.read(at + index, 1))[0] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return [value, at + index + 1];
    }
    throw new NotOnnx('it is no protobuf message');
  }

  private async text(field: Field): Promise<string> {
    if (field.wire !== 2) throw new NotOnnx('a name of it is no text');
    if (field.end - field.start > longestField) throw new NotOnnx('a name of it is too long');
    return (await this.reader.read(field.start, field.end - field.start)).toString('utf8');
  }
}

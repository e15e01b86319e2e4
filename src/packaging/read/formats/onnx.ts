import type { Task } from '../../../foundation/task.ts';
import type { TensorInfo } from '../detection.ts';
import type { ByteSource } from './fileReader.ts';
import { elementType, readTensor, type OnnxTensor } from './onnxTensor.ts';
import { NotProtobuf, Protobuf, type Field } from './protobuf.ts';

/** What an ONNX file says without its weights. Field numbers are those of onnx.proto. */
export interface OnnxFacts {
  /** Inputs that are not weights: older exporters list the initializers among the inputs. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly irVersion: number;
  /** Version of the default operator set. */
  readonly opset: number;
  /** Versions of all operator sets by domain; the default one is `''`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** For example `pytorch` or `tf2onnx`. */
  readonly producer: string;
  /** What exporters write beside the graph: Ultralytics its names, Windows ML its pixel format. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Description of the model and of the graph, as far as there is one. */
  readonly docs: readonly string[];
  /** Nodes of the main graph, in order. */
  readonly nodes: readonly OnnxNode[];
  /** Initializers and constants by name; values of the small ones. */
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** Domains of operators that are neither ONNX's own nor defined in the file. */
  readonly customDomains: readonly string[];
  /** Files beside this one that hold some of its weights. */
  readonly externalFiles: readonly ExternalFile[];
}

/** A file with weights of a graph. */
export interface ExternalFile {
  /** As the graph writes it, relative to the graph's own folder. */
  readonly location: string;
  /** How long it has to be at least, in bytes. */
  readonly bytes: number;
}

export interface OnnxNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor;

/** It is not a protobuf message with a graph in it. */
export class NotOnnx extends NotProtobuf {}

const model = {
  irVersion: 1,
  producer: 2,
  docString: 6,
  graph: 7,
  opsetImport: 8,
  metadata: 14,
  functions: 25,
} as const;
const graph = { node: 1, initializer: 5, docString: 10, input: 11, output: 12, sparseInitializer: 15 } as const;
const node = { input: 1, output: 2, operator: 4, attribute: 5, domain: 7 } as const;
const attribute = { name: 1, f: 2, i: 3, s: 4, t: 5, g: 6, floats: 7, ints: 8, strings: 9, tensors: 10, graphs: 11 };

/** Bytes of a text that are kept: an embedded cache or engine can have many millions. */
const longestAttribute = 4096;

/** Domains of ONNX itself and of operators that onnxruntime brings along. */
const knownDomains = new Set([
  '',
  'ai.onnx',
  'ai.onnx.ml',
  'com.microsoft',
  'com.microsoft.nchwc',
  'com.ms.internal.nhwc',
  'ai.onnx.training',
  'ai.onnx.preview.training',
]);

/**
 * Reads a graph with a lazy protobuf walk: messages are walked into, weights are passed over.
 *
 * @throws CutOff when a message goes beyond the end of the file; NotProtobuf when it is something else
 */
export async function readOnnx(source: ByteSource, task: Task = {}): Promise<OnnxFacts> {
  const walker = new OnnxWalker(new Protobuf(source, task));
  await walker.model();
  return walker.facts();
}

class OnnxWalker {
  private readonly inputs: TensorInfo[] = [];
  private readonly outputs: TensorInfo[] = [];
  private readonly initializers = new Set<string>();
  private readonly constants = new Map<string, OnnxTensor>();
  private readonly external = new Map<string, number>();
  private readonly nodes: OnnxNode[] = [];
  private readonly domains = new Set<string>();
  private readonly ownDomains = new Set<string>();
  private readonly opsets: Record<string, number> = {};
  private readonly metadata: Record<string, string> = {};
  private readonly docs: string[] = [];
  private producer = '';
  private irVersion = 0;
  private hasGraph = false;

  constructor(private readonly file: Protobuf) {}

  facts(): OnnxFacts {
    return {
      inputs: this.inputs.filter((input) => !this.initializers.has(input.name)),
      outputs: this.outputs,
      irVersion: this.irVersion,
      opset: this.opsets[''] ?? 0,
      opsets: this.opsets,
      producer: this.producer,
      metadata: this.metadata,
      docs: this.docs.filter((text) => text !== ''),
      nodes: this.nodes,
      constants: this.constants,
      customDomains: [...this.domains].filter((domain) => !knownDomains.has(domain) && !this.ownDomains.has(domain)),
      externalFiles: [...this.external].map(([location, bytes]) => ({ location, bytes })),
    };
  }

  async model(): Promise<void> {
    for await (const field of this.file.fields(this.file.whole)) {
      if (field.number === model.irVersion && field.wire === 0) this.irVersion = field.value;
      if (field.wire !== 2) continue;
      if (field.number === model.producer) this.producer = await this.file.text(field);
      if (field.number === model.docString) this.docs.push(await this.file.text(field));
      if (field.number === model.graph) await this.graph(field);
      if (field.number === model.opsetImport) await this.opsetImport(field);
      if (field.number === model.metadata) await this.metadataEntry(field);
      if (field.number === model.functions) await this.function(field);
    }
    if (this.irVersion === 0 || !this.hasGraph) throw new NotOnnx('it has no graph');
  }

  private async metadataEntry(message: Field): Promise<void> {
    const [key, value] = await this.entry(message);
    // `__proto__` as a key would change the object instead of being one.
    Object.defineProperty(this.metadata, key, { value, enumerable: true, configurable: true, writable: true });
  }

  private async opsetImport(message: Field): Promise<void> {
    let domain = '';
    let version = 0;
    for await (const field of this.file.fields(message)) {
      if (field.number === 1) domain = await this.file.text(field);
      if (field.number === 2) version = field.value;
    }
    this.opsets[domain === 'ai.onnx' ? '' : domain] = version;
  }

  /** FunctionProto: node = 7, domain = 10. Its operators count, and its own domain is a known one. */
  private async function(message: Field): Promise<void> {
    for await (const field of this.file.fields(message)) {
      if (field.number === 7 && field.wire === 2) await this.node(field);
      if (field.number === 10 && field.wire === 2) this.ownDomains.add(await this.file.text(field));
    }
  }

  private async graph(message: Field): Promise<void> {
    this.hasGraph = true;
    for await (const field of this.file.fields(message)) {
      if (field.wire !== 2) continue;
      if (field.number === graph.node) this.nodes.push(await this.node(field));
      if (field.number === graph.initializer) await this.initializer(field);
      if (field.number === graph.sparseInitializer) {
        for await (const part of this.file.fields(field)) if (part.number === 1) await this.initializer(part);
      }
      if (field.number === graph.docString) this.docs.push(await this.file.text(field));
      if (field.number === graph.input) this.inputs.push(await this.valueInfo(field));
      if (field.number === graph.output) this.outputs.push(await this.valueInfo(field));
    }
  }

  /** The graph of an `If` or `Loop`: only what lies outside the file is of interest. */
  private async subgraph(message: Field): Promise<void> {
    for await (const field of this.file.fields(message)) {
      if (field.wire !== 2) continue;
      if (field.number === graph.node) await this.node(field);
      if (field.number === graph.initializer) await this.tensor(field);
    }
  }

  private async node(message: Field): Promise<OnnxNode> {
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes: Record<string, OnnxAttribute> = {};
    let operator = '';
    let domain = '';
    for await (const field of this.file.fields(message)) {
      if (field.number === node.input) inputs.push(await this.file.text(field));
      if (field.number === node.output) outputs.push(await this.file.text(field));
      if (field.number === node.operator) operator = await this.file.text(field);
      if (field.number === node.domain) domain = await this.file.text(field);
      if (field.number !== node.attribute) continue;
      const [name, value] = await this.attribute(field);
      if (value !== undefined) attributes[name] = value;
    }
    this.domains.add(domain);
    const { value } = attributes;
    const [output] = outputs;
    if (operator === 'Constant' && output !== undefined && isTensor(value)) this.constants.set(output, value);
    return { operator, domain, inputs, outputs, attributes };
  }

  private async attribute(message: Field): Promise<readonly [string, OnnxAttribute | undefined]> {
    let name = '';
    let value: OnnxAttribute | undefined;
    const numbers: number[] = [];
    const texts: string[] = [];
    for await (const field of this.file.fields(message)) {
      switch (field.number) {
        case attribute.name:
          name = await this.file.text(field);
          break;
        case attribute.i:
          value = field.value;
          break;
        case attribute.f:
          value = (await this.file.floats(field))[0];
          break;
        case attribute.s:
          value = (await this.file.bytes(field, longestAttribute)).toString('utf8');
          break;
        case attribute.t:
        case attribute.tensors:
          value = await this.tensor(field);
          break;
        case attribute.floats:
          for (const item of await this.file.floats(field)) numbers.push(item);
          break;
        case attribute.ints:
          for (const item of await this.file.integers(field)) numbers.push(item);
          break;
        case attribute.strings:
          texts.push(await this.file.text(field));
          break;
        case attribute.g:
        case attribute.graphs:
          await this.subgraph(field);
          break;
      }
    }
    return [name, value ?? (texts.length > 0 ? texts : numbers.length > 0 ? numbers : undefined)];
  }

  private async initializer(message: Field): Promise<void> {
    const tensor = await this.tensor(message);
    this.initializers.add(tensor.name);
    this.constants.set(tensor.name, tensor);
  }

  private async tensor(message: Field): Promise<OnnxTensor> {
    const tensor = await readTensor(this.file, message);
    if (tensor.external !== undefined) {
      const { location, end } = tensor.external;
      this.external.set(location, Math.max(this.external.get(location) ?? 0, end));
    }
    return tensor;
  }

  /** ValueInfoProto: name = 1, type = 2 { tensor_type = 1 { elem_type = 1, shape = 2 { dim = 1 } }, sequence = 4, map = 5 }. */
  private async valueInfo(message: Field): Promise<TensorInfo> {
    let name = '';
    const shape: (number | string)[] = [];
    let type: string | undefined;
    for await (const field of this.file.fields(message)) {
      if (field.number === 1) name = await this.file.text(field);
      if (field.number !== 2) continue;
      for await (const kind of this.file.fields(field)) {
        if (kind.number === 4) type = 'sequence';
        if (kind.number === 5) type = 'map';
        if (kind.number !== 1) continue;
        for await (const part of this.file.fields(kind)) {
          if (part.number === 1 && part.wire === 0) type = elementType(part.value);
          if (part.number !== 2) continue;
          for await (const dimension of this.file.fields(part)) shape.push(await this.dimension(dimension));
        }
      }
    }
    return { name, shape, ...(type !== undefined && { type }) };
  }

  private async dimension(message: Field): Promise<number | string> {
    let size: number | string = '?';
    for await (const field of this.file.fields(message)) {
      if (field.number === 1) size = field.value;
      if (field.number === 2) size = (await this.file.text(field)) || '?';
    }
    return size;
  }

  private async entry(message: Field): Promise<[string, string]> {
    let key = '';
    let value = '';
    for await (const field of this.file.fields(message)) {
      if (field.number === 1) key = await this.file.text(field);
      if (field.number === 2) value = await this.file.text(field);
    }
    return [key, value];
  }
}

/** A value of an attribute, or of a constant, that is a tensor. */
export function isTensor(value: OnnxAttribute | undefined): value is OnnxTensor {
  return typeof value === 'object' && 'dimensions' in value;
}

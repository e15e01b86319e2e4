import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import type { DetectedWeights } from '../detection.ts';
import { recogniseArchitecture } from '../architectures/recognise.ts';
import { describeArchitecture } from '../architectures/describe.ts';
import { CutOff } from './byteStream.ts';
import { FileReader } from './fileReader.ts';
import { readOnnx, type OnnxFacts } from './onnx.ts';
import type { PickleVerdict } from './pickleVerdict.ts';
import { readSafetensors } from './safetensors.ts';
import type { NamedTensor, StateDict } from './stateDicts.ts';
import { inspectPickle, inspectZip } from './torchFile.ts';

/** What {@link inspectWeights} found; `graph` has more of an ONNX graph than the contract tells. */
export interface WeightsFacts extends Omit<DetectedWeights, 'path'> {
  readonly graph?: OnnxFacts;
  /** For a state_dict, a checkpoint and safetensors: the tensors in it, those of the network first. */
  readonly stateDicts?: readonly StateDict[];
}

type Verdict = Omit<WeightsFacts, 'size'>;

const headLength = 512;

/**
 * Tells what a weights file is by reading it, never by running it. Its name's ending only decides how a file that is
 * nothing known is explained.
 *
 * @param file absolute path
 * @throws ModelDeckError `not-found`, `permission`, `cancelled`
 */
export async function inspectWeights(file: string, task: Task = {}): Promise<WeightsFacts> {
  throwIfCancelled(task);
  try {
    return await FileReader.using(file, async (reader) => ({
      size: reader.size,
      ...(await judge(file, reader, task)),
    }));
  } catch (error) {
    throwIfCancelled(task);
    throw fileError(error, 'look into the weights', file);
  }
}

async function judge(file: string, reader: FileReader, task: Task): Promise<Verdict> {
  const ending = path.extname(file).toLowerCase();
  if (reader.size === 0) return unreadable('It is empty (0 bytes): the copy or download did not finish.');
  const head = Buffer.from(await reader.head(headLength));
  const text = head.toString('latin1');
  if (text.startsWith('version https://git-lfs')) {
    const size = /^size (\d+)$/m.exec(text)?.[1];
    const meant = size === undefined ? '' : ` of ${size} bytes`;
    return unreadable(`It is a git-LFS pointer to a file${meant}, not the file itself. Run "git lfs pull".`);
  }
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    return unreadable('It is a web page: the download was answered with a page, not with the file.');
  }
  if (text.startsWith('PK\x03\x04')) return judgeZip(file, ending, task);
  if (text.startsWith('\x89HDF\r\n\x1a\n')) {
    return {
      kind: 'keras',
      explanation: 'It is an HDF5 file, as Keras writes them. Export the model to ONNX (tf2onnx).',
    };
  }
  if (text.startsWith('\x1f\x8b') || text.startsWith('BZh') || text.startsWith('\xfd7zXZ')) {
    return unreadable('It is compressed: unpack it first.');
  }
  const tensors = await orCutOff(() => readSafetensors(reader));
  if (tensors === 'cut off') return unreadable('It is a safetensors file that is cut off: copy or download it again.');
  if (tensors !== undefined) return safetensors(tensors);
  const graph = await orCutOff(() => onnxOrNothing(reader, task));
  if (typeof graph === 'object') return onnx(graph);
  if (ending === '.onnx') {
    return graph === 'cut off'
      ? unreadable('It is an ONNX file that is cut off: copy or download it again.')
      : unreadable('It is not an ONNX graph, whatever its name says.');
  }
  return judgePickleFile(file, { head, size: reader.size }, ending, task);
}

async function judgeZip(file: string, ending: string, task: Task): Promise<Verdict> {
  const zip = await inspectZip(file, task);
  switch (zip.kind) {
    case 'mar':
      return { kind: 'mar', explanation: 'It is a packaged model already: deploy it as it is.' };
    case 'keras':
      return { kind: 'keras', explanation: 'It is a Keras model. Export it to ONNX (tf2onnx), and package that.' };
    case 'exported-program':
      return {
        kind: 'unknown',
        explanation:
          'It is a program of torch.export, which TorchServe does not load. Export the model to ONNX or TorchScript.',
      };
    case 'unreadable':
      return unreadable(
        `It is a ZIP, as torch.save writes it, that cannot be read: ${zip.reason}. Copy or download it again.`,
      );
    case 'unknown':
      return {
        kind: 'unknown',
        explanation: `It is a ZIP without a model in it${ending === '.npz' ? ' (numpy arrays)' : ''}.`,
      };
    case 'torch':
      if (zip.pickle.kind === 'hostile') return hostile(zip.pickle.global);
      if (zip.problem !== undefined) return unreadable(`Its pickle is damaged: ${zip.problem}.`);
      return zip.isTorchScript
        ? {
            kind: 'torchscript',
            explanation: 'It is a TorchScript module: its code is inside, no model file is needed.',
          }
        : ofPickle(zip.pickle);
  }
}

async function judgePickleFile(
  file: string,
  begin: { readonly head: Buffer; readonly size: number },
  ending: string,
  task: Task,
): Promise<Verdict> {
  const { pickle, isTorch, problem } = await inspectPickle(file, begin, task);
  if (pickle.kind === 'hostile') return hostile(pickle.global);
  const looksLikePickle = isTorch || begin.head[0] === 0x80;
  if (problem !== undefined || (!looksLikePickle && pickle.kind === 'other')) {
    return looksLikePickle
      ? unreadable(`It is a pickle that cannot be read: ${problem}. Copy or download it again.`)
      : ['.pt', '.pth', '.pkl', '.ckpt'].includes(ending)
        ? unreadable('It is neither what torch.save writes nor any other model: look where it comes from.')
        : { kind: 'unknown', explanation: 'It is no kind of weights that is known here.' };
  }
  if (!isTorch && pickle.kind === 'state-dict') {
    return {
      kind: 'unknown',
      explanation: 'It is a pickled dict of tensors, which torch.load does not read. Save it with torch.save.',
    };
  }
  return ofPickle(pickle);
}

function ofPickle(pickle: PickleVerdict): Verdict {
  switch (pickle.kind) {
    case 'hostile':
      return hostile(pickle.global);
    case 'state-dict':
      return { kind: 'eager-state-dict', explanation: stateDict(pickle.stateDicts), stateDicts: pickle.stateDicts };
    case 'checkpoint':
      return checkpoint(pickle);
    case 'foreign-code':
      return {
        kind: 'pickled-module',
        global: pickle.global,
        explanation: pickle.isModule
          ? `It is a whole object, of ${pickle.global}: loading it runs Python code that is not in it. Save model.state_dict() under another name instead, or export it to TorchScript or ONNX.`
          : `It names ${pickle.global}, so loading it runs Python code that is not in it. Save model.state_dict() alone, under another name.`,
      };
    case 'tensor':
      return { kind: 'unknown', explanation: 'It is a single tensor, not a model.' };
    case 'other':
      return { kind: 'unknown', explanation: 'It is a pickle without tensors at its top: not a state_dict.' };
  }
}

function hostile(global: string): Verdict {
  return {
    kind: 'hostile-pickle',
    global,
    explanation: `Loading it would call ${global}, which can run any program. Do not load it anywhere.`,
  };
}

function onnx(graph: OnnxFacts): Verdict {
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined) {
    return unreadable('It is an ONNX graph without an input or without an output.');
  }
  const shape = (dimensions: readonly (number | string)[]): string => `[${dimensions.join(', ')}]`;
  return {
    kind: 'onnx',
    explanation: `It is an ONNX graph (opset ${graph.opset}): ${input.name} ${shape(input.shape)} to ${output.name} ${shape(output.shape)}.`,
    onnx: { input, output, opset: graph.opset },
    graph,
  };
}

function stateDict(stateDicts: readonly StateDict[]): string {
  const [network] = stateDicts;
  const known = network && describeArchitecture(recogniseArchitecture(network.tensors));
  return known === undefined
    ? `It is a state_dict of ${count(network?.tensors ?? [])}: it needs the Python file of its class.`
    : `It is a state_dict. ${known}`;
}

function checkpoint({ key, foreign, stateDicts }: Extract<PickleVerdict, { kind: 'checkpoint' }>): Verdict {
  const [network] = stateDicts;
  if (network === undefined) {
    return { kind: 'unknown', explanation: 'It is a dict without tensors at its top: not a state_dict.' };
  }
  const known = describeArchitecture(recogniseArchitecture(network.tensors));
  const place = key === undefined ? 'beside other values' : `inside, as "${key}"`;
  return {
    kind: 'checkpoint',
    explanation: `It is a training checkpoint: the state_dict of ${count(network.tensors)} is ${place}. ${known ?? 'It needs the Python file of its class.'}`,
    stateDicts,
    ...(foreign !== undefined && { global: foreign }),
  };
}

function safetensors(tensors: readonly NamedTensor[]): Verdict {
  const known = describeArchitecture(recogniseArchitecture(tensors));
  return {
    kind: 'safetensors',
    explanation: `It holds ${count(tensors)} and no code. ${known ?? 'It needs the Python file of its class.'}`,
    stateDicts: [{ path: [], tensors }],
  };
}

function count({ length }: readonly NamedTensor[]): string {
  return length === 1 ? '1 tensor' : `${length} tensors`;
}

function unreadable(explanation: string): Verdict {
  return { kind: 'unreadable', explanation };
}

async function onnxOrNothing(reader: FileReader, task: Task): Promise<OnnxFacts | undefined> {
  try {
    return await readOnnx(reader, task);
  } catch (error) {
    if (error instanceof CutOff || ModelDeckError.is(error) || isFileSystemError(error)) throw error;
    return undefined;
  }
}

async function orCutOff<T>(read: () => Promise<T>): Promise<T | 'cut off'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CutOff) return 'cut off';
    throw error;
  }
}

function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

import { contractFields } from '../../../../contract/contractFields.ts';
import { keyOf } from '../../../../contract/contractJson.ts';
import { channelsOf, type ContractField, type ModelContract } from '../../../../contract/modelContract.ts';
import type { Finding } from '../../../read/detection.ts';
import type { InputFacts } from '../../../read/graph/inputs.ts';
import type { OutputFacts } from '../../../read/graph/outputs.ts';
import type { Truth } from '../../../read/readTruth.ts';
import type { KeyPath } from '../../../spec/locate.ts';
import { contractOf } from '../../../spec/specContract.ts';
import { generatedFor, located, type CheckContext } from './context.ts';

/** What onnxruntime says to a tensor of another shape. */
const mismatch = 'onnxruntime: INVALID_ARGUMENT: Got invalid dimensions for input';

interface Complaint {
  readonly code: string;
  /** Field of the contract; `input` or `output` for the whole of one half. */
  readonly field: ContractField | 'input' | 'output';
  readonly what: string;
  readonly remedy: string;
  readonly severity?: Finding['severity'];
  readonly laterMessage?: string;
}

/** Whether the contract fits the graph. Only the handler that Model Deck writes for graphs follows it. */
export function checkContract(context: CheckContext): Finding[] {
  const { spec, truth } = context;
  const contract = contractOf(spec);
  if (generatedFor(spec) !== 'onnx') return [];
  const complaints: Complaint[] = [];
  if (contract === undefined) complaints.push(nothing(spec.handler));
  if (truth !== undefined) complaints.push(...notClassifier(truth));
  if (contract !== undefined) complaints.push(...border(contract));
  const graph = truth?.graph;
  if (contract !== undefined && graph?.input.kind === 'chosen') {
    complaints.push(...inputComplaints(contract, graph.input.input));
  }
  if (contract !== undefined && graph?.output.kind === 'chosen') {
    complaints.push(...outputComplaints(contract, [graph.output.output, ...graph.output.others]));
  }
  const taken = new Set(complaints.map(({ field }) => field));
  if (contract !== undefined && truth !== undefined) {
    complaints.push(...otherwiseRead(contract, truth.contract).filter(({ field }) => !taken.has(field)));
  }
  return complaints.map((complaint) => finding(context, complaint));
}

function finding({ spec, at }: CheckContext, complaint: Complaint): Finding {
  const { code, field, what, remedy, severity = 'error', laterMessage } = complaint;
  const keys = keysOf(field, spec.preprocessing !== undefined);
  return {
    code,
    severity,
    message: `${keys.join('.')}: ${what}`,
    remedy,
    ...(laterMessage !== undefined && { laterMessage }),
    ...located(at(...keys)),
  };
}

/** Old names of fields, in the block of Model Deck 1.0. */
const oldKeys: Readonly<Partial<Record<ContractField, string>>> = {
  'input.name': 'inputName',
  'input.resize': 'resize',
  'input.width': 'crop',
  'input.height': 'crop',
  'input.mean': 'mean',
  'input.std': 'std',
  'input.layout': 'layout',
  'output.activation': 'output',
  'output.meaning': 'output',
};

/** Where a field stands in the spec. */
function keysOf(field: Complaint['field'], isOld: boolean): KeyPath {
  if (!isOld) return field.split('.');
  const key = field === 'input' || field === 'output' ? undefined : oldKeys[field];
  return key === undefined ? ['preprocessing'] : ['preprocessing', key];
}

function nothing(handler: string): Complaint {
  return {
    code: 'input-missing',
    field: 'input',
    what: `${handler} needs to know how an image is prepared.`,
    remedy: 'Add input with width, height, mean and std; what is left out is assumed.',
  };
}

function notClassifier({ graph }: Truth): Complaint[] {
  const complaints: Complaint[] = [];
  if (graph?.output.kind === 'none') {
    const { what, because, remedy } = graph.output;
    complaints.push({
      code: 'onnx-not-classifier',
      field: 'output',
      what: `the graph is ${what}: ${because}.`,
      remedy,
    });
  }
  if (graph?.input.kind === 'none') {
    const { because, remedy } = graph.input;
    const what = `${because}, and the generated handler gives it pictures.`;
    complaints.push({ code: 'onnx-input-not-image', field: 'input', what, remedy, laterMessage: mismatch });
  }
  return complaints;
}

function border({ input: { resize, width, height } }: ModelContract): Complaint[] {
  if (resize.method !== 'shorter-side' || Math.max(width, height) <= resize.length) return [];
  return [
    {
      code: 'input-border',
      field: 'input.width',
      severity: 'warning',
      what: `${Math.max(width, height)} is more than resize, ${resize.length}: images get black borders.`,
      remedy: 'Resize to at least the side that is cut out.',
    },
  ];
}

function inputComplaints({ input }: ModelContract, graph: InputFacts): Complaint[] {
  const shape = `[${graph.shape.join(', ')}]`;
  const complaints: Complaint[] = [];
  const add = (code: string, field: ContractField, what: string, remedy: string): void => {
    complaints.push({ code, field, what, remedy, laterMessage: mismatch });
  };
  if (input.name !== undefined && input.name !== graph.name) {
    const later = `onnxruntime: Required inputs (['${graph.name}']) are missing from input feed (['${input.name}']).`;
    const remedy = `It has ${graph.name}.`;
    complaints.push({
      code: 'input-name',
      field: 'input.name',
      what: `the graph has no input ${input.name}.`,
      remedy,
      laterMessage: later,
    });
  }
  if (graph.layout !== undefined && graph.layout !== input.layout) {
    add(
      'input-layout',
      'input.layout',
      `it is ${input.layout}, and the graph takes ${shape}.`,
      `Write ${graph.layout}.`,
    );
  }
  for (const side of ['width', 'height'] as const) {
    const size = graph[side];
    if (size === undefined || size === input[side] || complaints.some(({ code }) => code === 'input-size')) continue;
    add('input-size', `input.${side}`, `it is ${input[side]}, and the graph takes ${shape}.`, `Write ${size}.`);
  }
  if (graph.channels !== undefined && graph.channels !== channelsOf(input.colour)) {
    const right = graph.channels === 1 ? 'grey' : 'rgb or bgr';
    add('input-colour', 'input.colour', `it is ${input.colour}, and the graph takes ${shape}.`, `Write ${right}.`);
  }
  if (graph.type !== undefined && graph.type !== input.type) {
    add('input-type', 'input.type', `it is ${input.type}, and the graph takes ${graph.type}.`, `Write ${graph.type}.`);
  }
  // The handler fills such a batch up, when it knows of it.
  if (typeof graph.batch === 'number' && graph.batch > 1 && graph.batch !== input.batch) {
    const what = `it is ${input.batch}, and the graph takes ${graph.batch} images at once, ${shape}.`;
    add('onnx-fixed-batch', 'input.batch', what, `Write ${graph.batch} as batch, under input.`);
  }
  return complaints;
}

function outputComplaints({ output }: ModelContract, outputs: readonly OutputFacts[]): Complaint[] {
  const names = outputs.map(({ name }) => name).join(', ');
  const named = output.name === undefined ? outputs[0] : outputs.find(({ name }) => name === output.name);
  if (named === undefined) {
    const what = `the graph has no output ${output.name}.`;
    return [{ code: 'output-name', field: 'output.name', what, remedy: `It has ${names}.` }];
  }
  const { classes, ending } = named;
  const complaints: Complaint[] = [];
  if (classes !== undefined && output.classes !== undefined && classes !== output.classes) {
    complaints.push({
      code: 'output-classes',
      field: 'output.classes',
      what: `it is ${output.classes}, and the graph answers ${classes} numbers.`,
      remedy: `Write ${classes}.`,
    });
  }
  if (classes === 1 && output.meaning === 'single-label') {
    complaints.push({
      code: 'output-meaning',
      field: 'output.meaning',
      what: 'it is single-label, and the graph answers one number, which would be 100% for every picture.',
      remedy: 'Write meaning: binary if it is the probability of one class, else unknown, as output.',
    });
  }
  if (output.activation !== 'none' && (ending === 'softmax' || ending === 'sigmoid')) {
    complaints.push({
      code: 'output-activation',
      field: 'output.activation',
      severity: 'warning',
      what: `it is ${output.activation}, and the graph ends with a ${ending} already: applied twice, all probabilities are wrong.`,
      remedy: 'Write none as activation; in an old preprocessing block, output: probabilities.',
    });
  }
  return complaints;
}

/** Fields that are said to come from a file or the graph, which say otherwise. */
function otherwiseRead(contract: ModelContract, truth: ModelContract): Complaint[] {
  return contractFields.flatMap(({ field }): Complaint[] => {
    const origin = contract.origins[field];
    const source = truth.origins[field];
    if (origin === undefined || origin.from === 'assumed' || origin.from === 'user') return [];
    if (source === undefined || source.from === 'assumed') return [];
    const [written, read] = [contract, truth].map((of) => JSON.stringify(valueOf(of, field)));
    if (written === read || read === undefined) return [];
    const where = source.from === 'file' ? source.file : 'the graph';
    return [
      {
        code: 'contract-differs',
        field,
        severity: 'warning',
        what: `it is ${written}, and ${where} says ${read}.`,
        remedy: `Write ${read}; or delete ${field} under origins if you mean what is here.`,
      },
    ];
  });
}

function valueOf(contract: ModelContract, field: ContractField): unknown {
  const half: Readonly<Record<string, unknown>> = {
    ...(field.startsWith('input.') ? contract.input : contract.output),
  };
  return half[keyOf(field)];
}

import type { Finding, TensorInfo } from '../../../read/detection.ts';
import type { OnnxFacts } from '../../../read/formats/onnx.ts';
import { imageInput } from '../../../read/formats/onnxImageInput.ts';
import type { Preprocessing } from '../../../spec/modelSpec.ts';
import { generatedFor, located, type CheckContext } from './context.ts';

/** What onnxruntime says to a tensor of another shape. */
const mismatch = 'onnxruntime: INVALID_ARGUMENT: Got invalid dimensions for input';

interface Complaint {
  readonly code: string;
  /** Field of `preprocessing`; the whole of it when left out. */
  readonly field?: keyof Preprocessing;
  readonly what: string;
  readonly remedy: string;
  readonly severity?: Finding['severity'];
  readonly laterMessage?: string;
}

/** Whether the prepared image fits the graph's input. Only the handler that Model Deck writes reads these fields. */
export function checkPreprocessing(context: CheckContext): Finding[] {
  const { spec, weights, at } = context;
  if (generatedFor(spec) !== 'onnx') return [];
  const { preprocessing } = spec;
  const complaints =
    preprocessing === undefined
      ? [nothing(spec.handler)]
      : [...ownComplaints(preprocessing), ...(weights?.graph ? graphComplaints(preprocessing, weights.graph) : [])];
  return complaints.map(({ code, field, what, remedy, severity = 'error', laterMessage }) => ({
    code,
    severity,
    message: `preprocessing${field === undefined ? '' : `.${field}`}: ${what}`,
    remedy,
    ...(laterMessage !== undefined && { laterMessage }),
    ...located(field === undefined ? at('preprocessing') : at('preprocessing', field)),
  }));
}

function nothing(handler: string): Complaint {
  return {
    code: 'preprocessing-missing',
    what: `${handler} needs to know how an image is prepared.`,
    remedy: 'Add preprocessing with resize, crop, mean, std and layout.',
    laterMessage: "KeyError: 'resize'",
  };
}

function ownComplaints({ crop, resize }: Preprocessing): Complaint[] {
  if (crop <= resize) return [];
  return [
    {
      code: 'preprocessing-crop-larger',
      field: 'crop',
      severity: 'warning',
      what: `${crop} is more than resize, ${resize}: images get black borders.`,
      remedy: 'Resize to at least the side of the crop.',
    },
  ];
}

function graphComplaints(preprocessing: Preprocessing, graph: OnnxFacts): Complaint[] {
  const { inputName } = preprocessing;
  const input = inputName === undefined ? graph.inputs[0] : graph.inputs.find(({ name }) => name === inputName);
  if (input === undefined) {
    const [first] = graph.inputs;
    return [
      {
        code: 'preprocessing-input-name',
        field: 'inputName',
        what: `the graph has no input ${inputName}.`,
        remedy: `It has ${graph.inputs.map(({ name }) => name).join(', ')}.`,
        laterMessage: `onnxruntime: Required inputs (['${first?.name}']) are missing from input feed (['${inputName}']).`,
      },
    ];
  }
  if (graph.inputs.length === 1) return shapeComplaints(preprocessing, input);
  return [
    {
      code: 'onnx-input-not-image',
      what: `the graph has ${graph.inputs.length} inputs, and the generated handler gives it one image.`,
      remedy: 'Write a handler for this graph, and name it.',
      laterMessage: 'onnxruntime: Required inputs are missing from input feed.',
    },
  ];
}

function shapeComplaints({ layout, crop }: Preprocessing, input: TensorInfo): Complaint[] {
  const shape = `[${input.shape.join(', ')}]`;
  const image = imageInput(input);
  if (image === undefined) {
    // A graph that leaves its shape open takes what comes.
    const isOpen =
      input.shape.length === 0 || (input.shape.length === 4 && input.shape.every((size) => typeof size === 'string'));
    if (isOpen) return [];
    return [
      {
        code: 'onnx-input-not-image',
        what: `the graph's input ${input.name} is ${shape}, not one colour image.`,
        remedy: 'Write a handler for this graph, and name it.',
        laterMessage: mismatch,
      },
    ];
  }
  const complaints: Complaint[] = [];
  if (image.layout !== layout) {
    complaints.push({
      code: 'preprocessing-layout',
      field: 'layout',
      what: `it is ${layout}, and the graph takes ${shape}.`,
      remedy: `Write ${image.layout}.`,
      laterMessage: mismatch,
    });
  }
  const wrong = [image.height, image.width].find((side) => side !== undefined && side !== crop);
  if (wrong !== undefined) {
    const square = image.height === image.width || image.height === undefined || image.width === undefined;
    complaints.push({
      code: 'preprocessing-crop',
      field: 'crop',
      what: `it is ${crop}, and the graph takes ${shape}.`,
      remedy: square ? `Write ${wrong}.` : 'The graph takes images that are not square: write a handler for it.',
      laterMessage: mismatch,
    });
  }
  const [batch] = input.shape;
  if (typeof batch === 'number' && batch > 1) {
    complaints.push({
      code: 'onnx-fixed-batch',
      what: `the graph takes ${batch} images at once, ${shape}; a request brings one.`,
      remedy: 'Export it with a batch of 1, or with a free batch dimension.',
      laterMessage: mismatch,
    });
  }
  return complaints;
}

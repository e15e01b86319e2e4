import { sha256OfFile } from '../../../../foundation/sha256OfFile.ts';
import { describeArchitecture } from '../../../read/architectures/describe.ts';
import { recogniseArchitecture } from '../../../read/architectures/recognise.ts';
import type { Finding } from '../../../read/detection.ts';
import type { ModelSpec } from '../../../spec/modelSpec.ts';
import { hasColours, networkSpec } from '../../../spec/suggestNetwork.ts';
import { onnxImageClassifier } from '../handlers/onnxImageClassifier.ts';
import { torchImageClassifier } from '../handlers/torchImageClassifier.ts';
import { checkArchitecture } from './torchvisionNetwork.ts';
import { baseName, fileOf, generatedFor, handlerKind, located, partOf, type CheckContext } from './context.ts';

/** Larger weights are hashed while they are packaged, which refuses them as well: to read them twice takes longer. */
const largestHashed = 64 * 1024 * 1024;

/** Whether these weights can be loaded with this handler and this model file. */
export function checkWeights(context: CheckContext): Finding[] {
  const { spec, weights, at } = context;
  const here = located(at('weights'));
  if (spec.weights === undefined) return withoutWeights(context);
  if (weights === undefined) return [];
  const name = baseName(spec.weights);
  const refuse = (code: string, laterMessage?: string): Finding[] => [
    {
      code,
      severity: 'error',
      message: `weights: ${name} cannot be packaged. ${weights.explanation}`,
      remedy: refusals[code] ?? 'Choose other weights.',
      ...(laterMessage !== undefined && { laterMessage }),
      ...here,
    },
  ];
  switch (weights.kind) {
    case 'hostile-pickle':
      return refuse('hostile-pickle', `Nothing: it would call ${weights.global ?? 'it'} when the model is loaded.`);
    case 'unreadable':
      return refuse('weights-unreadable', unreadableLater(name));
    case 'pickled-module':
      return refuse('pickled-module', pickledModuleLater(spec.modelFile, weights.global ?? ''));
    case 'eager-state-dict':
    case 'checkpoint':
    case 'safetensors':
      return tensors(context);
    case 'torchscript':
      return torchScript(context);
    case 'onnx':
      return onnx(context);
    case 'mar':
    case 'keras':
    case 'other-format':
    case 'unknown':
      // A handler of one's own may well read them.
      return handlerKind(spec) === 'own' ? [] : refuse('weights-unsupported', unsupportedLater(context));
  }
}

const refusals: Readonly<Record<string, string>> = {
  'hostile-pickle': 'Delete it, and tell where it came from. Weights from a source that you trust are a state_dict.',
  'weights-unreadable': 'Get the file again, and compare its size and sha256 with those of its source.',
  'pickled-module':
    'Save model.state_dict() under another name, and name the Python file of the class as modelFile; or export to ONNX.',
  'weights-unsupported': 'Export the model to ONNX, or write a handler that reads this kind.',
};

function unreadableLater(name: string): string {
  return name.endsWith('.onnx')
    ? 'onnxruntime: INVALID_PROTOBUF: Protobuf parsing failed.'
    : 'PytorchStreamReader failed reading zip archive: failed finding central directory';
}

function pickledModuleLater(modelFile: string | undefined, global: string): string {
  return modelFile === undefined
    ? 'No model weights could be loaded'
    : `Expected state_dict to be dict-like, got <class '${global}'>.`;
}

function unsupportedLater({ spec }: CheckContext): string {
  if (generatedFor(spec) === 'onnx') return 'onnxruntime: INVALID_PROTOBUF: Protobuf parsing failed.';
  return spec.weights?.endsWith('.pt') === true
    ? 'PytorchStreamReader failed locating file constants.pkl: file not found'
    : 'No model weights could be loaded';
}

function withoutWeights({ spec, at }: CheckContext): Finding[] {
  const kind = handlerKind(spec);
  const hasClass = spec.modelFile !== undefined || spec.architecture !== undefined;
  if (kind === 'own' || (kind === 'built-in' && hasClass)) return [];
  return [
    {
      code: 'weights-missing',
      severity: 'error',
      message: `weights: ${spec.handler} needs them, and none are named.`,
      remedy: 'Name the weights.',
      laterMessage:
        kind === 'generated' ? "KeyError: 'serializedFile'" : "'NoneType' object has no attribute 'endswith'",
      ...located(at('handler')),
    },
  ];
}

/** A state_dict, alone, in a checkpoint, or as safetensors. */
function tensors(context: CheckContext): Finding[] {
  const { spec, weights, at } = context;
  const name = baseName(spec.weights ?? '');
  if (handlerKind(spec) === 'own') return [];
  if (generatedFor(spec) === 'onnx')
    return [needsOtherHandler(spec, name, nouns[weights?.kind ?? ''] ?? 'no graph', at('handler'))];
  if (spec.architecture === undefined && spec.modelFile === undefined) return [withoutModelFile(context, name)];
  if (generatedFor(spec) === 'torch') return checkArchitecture(context);
  if (weights?.kind === 'eager-state-dict') return checkArchitecture(context);
  return [
    {
      code: 'weights-unsupported',
      severity: 'error',
      message: `weights: ${spec.handler} does not load ${name}. ${weights?.explanation ?? ''}`,
      remedy: `Write ${torchImageClassifier.id} as the handler.`,
      laterMessage:
        weights?.kind === 'safetensors'
          ? "_pickle.UnpicklingError: invalid load key, '{'"
          : 'Error(s) in loading state_dict: Missing key(s) in state_dict, Unexpected key(s) in state_dict',
      ...located(at('handler')),
    },
  ];
}

const nouns: Readonly<Record<string, string>> = {
  'eager-state-dict': 'a state_dict',
  checkpoint: 'a training checkpoint',
  safetensors: 'safetensors',
  torchscript: 'TorchScript',
};

function withoutModelFile({ spec, weights, wayOn, at }: CheckContext, name: string): Finding {
  const found = recogniseArchitecture(weights?.stateDicts?.[0]?.tensors ?? []);
  const usual = wayOn ?? 'Name the Python file as modelFile, or export the model to TorchScript or ONNX.';
  const isNamed = found?.kind === 'torchvision' && hasColours(found);
  return {
    code: 'state-dict-without-model-file',
    severity: 'error',
    message:
      `weights: ${name} has no code, and no modelFile is named that has the class of the model. ${describeArchitecture(found) ?? ''}`.trimEnd(),
    remedy: isNamed ? `Write architecture: ${JSON.stringify(networkSpec(found)).replace(/"(\w+)":/g, '$1: ')}.` : usual,
    laterMessage:
      generatedFor(spec) === 'torch' || name.endsWith('.pt')
        ? 'PytorchStreamReader failed locating file constants.pkl: file not found'
        : 'No model weights could be loaded',
    ...located(at('weights')),
  };
}

function torchScript({ spec, at }: CheckContext): Finding[] {
  const name = baseName(spec.weights ?? '');
  if (generatedFor(spec) === 'onnx') return [needsOtherHandler(spec, name, 'TorchScript', at('handler'))];
  if (handlerKind(spec) === 'own') return [];
  const field = spec.architecture === undefined ? 'modelFile' : 'architecture';
  if (spec[field] === undefined) return [];
  return [
    {
      code: 'torchscript-with-model-file',
      severity: 'error',
      message: `${field}: ${name} is TorchScript, which brings its code along; with a model file TorchServe takes it for a state_dict.`,
      remedy: `Take ${field} out.`,
      laterMessage: "Expected state_dict to be dict-like, got <class 'torch.jit._script.RecursiveScriptModule'>.",
      ...located(at(field)),
    },
  ];
}

function onnx({ spec, at, weights, externalData }: CheckContext): Finding[] {
  const name = baseName(spec.weights ?? '');
  const findings: Finding[] = [];
  if (generatedFor(spec) === 'torch') return [needsOtherHandler(spec, name, 'an ONNX graph', at('handler'))];
  if (handlerKind(spec) === 'built-in') {
    findings.push({
      code: 'onnx-with-built-in-handler',
      severity: 'error',
      message: `handler: ${spec.handler} calls PyTorch models, and ${name} is an ONNX graph.`,
      remedy: `Write ${onnxImageClassifier.id} as the handler.`,
      laterMessage: name.endsWith('.onnx')
        ? "TypeError: 'InferenceSession' object is not callable"
        : 'PytorchStreamReader failed reading zip archive: failed finding central directory',
      ...located(at('handler')),
    });
  } else if (!name.endsWith('.onnx')) {
    findings.push({
      code: 'weights-ending',
      severity: 'warning',
      message: `weights: ${name} is an ONNX graph, whatever its ending says.`,
      remedy: 'Give it the ending .onnx, so that others are not misled.',
      ...located(at('weights')),
    });
  }
  if (spec.modelFile !== undefined && handlerKind(spec) !== 'own') {
    findings.push({
      code: 'onnx-with-model-file',
      severity: 'warning',
      message: `modelFile: an ONNX graph needs none; ${baseName(spec.modelFile)} would be packaged and never read.`,
      remedy: 'Take modelFile out.',
      ...located(at('modelFile')),
    });
  }
  for (const { code, location, why, remedy } of externalData) {
    findings.push({
      code,
      severity: 'error',
      message: `weights: ${name} keeps weights in ${location}, ${why}.`,
      remedy,
      laterMessage: `onnxruntime: External data path does not exist: ${location}`,
      ...located(at('weights')),
    });
  }
  const customDomains = weights?.graph?.customDomains ?? [];
  if (customDomains.length > 0) {
    findings.push({
      code: 'onnx-custom-operators',
      severity: handlerKind(spec) === 'own' ? 'warning' : 'error',
      message: `weights: ${name} has operators of ${customDomains.join(', ')}, which ONNX Runtime does not have.`,
      remedy:
        'Export it with operators of ONNX only; or write a handler that registers the library with these operators.',
      laterMessage: `onnxruntime: Fatal error: ${customDomains[0]} is not a registered function/op`,
      ...located(at('weights')),
    });
  }
  return findings;
}

function needsOtherHandler({ handler }: ModelSpec, name: string, what: string, location: Finding['location']): Finding {
  const [code, runs, other, later] =
    handler === onnxImageClassifier.id
      ? [
          'generated-handler-needs-onnx',
          'ONNX graphs',
          torchImageClassifier.id,
          'onnxruntime: INVALID_PROTOBUF: Protobuf parsing failed.',
        ]
      : [
          'generated-handler-needs-pytorch',
          'models of PyTorch',
          onnxImageClassifier.id,
          'PytorchStreamReader failed reading zip archive',
        ];
  return {
    code,
    severity: 'error',
    message: `handler: ${handler} runs ${runs}, and ${name} is ${what}.`,
    remedy: `Write ${other}.`,
    laterMessage: later,
    ...located(location),
  };
}

/** Whether the weights are those that the spec was written for. Packaging refuses other ones, so it is an error here. */
export async function checkProvenance(context: CheckContext): Promise<Finding[]> {
  const { spec, at, task, weights } = context;
  const expected = spec.provenance?.sha256?.toLowerCase();
  const file = fileOf(context, 'weights');
  if (expected === undefined || file === undefined || weights === undefined || weights.size > largestHashed) return [];
  const actual = await sha256OfFile(file, task);
  if (actual === expected || partOf(context, 'weights') === undefined) return [];
  return [
    {
      code: 'weights-changed',
      severity: 'error',
      message: `provenance.sha256: ${baseName(spec.weights ?? '')} has changed since this was written: its sha256 is ${actual}.`,
      remedy: 'Restore the weights; or, if the new ones are meant, change sha256 and version.',
      ...located(at('provenance', 'sha256')),
    },
  ];
}

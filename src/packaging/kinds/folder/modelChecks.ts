import path from 'node:path';
import type { Task } from '../../../foundation/task.ts';
import type { Finding } from '../../read/detection.ts';
import { inspectWeights, type WeightsFacts } from '../../read/formats/weightsFile.ts';
import type { ModelSpec } from '../../spec/modelSpec.ts';
import { contractOf } from '../../spec/specContract.ts';
import type { CheckRequest } from '../packageKind.ts';
import { checkPackage } from '../torchserve/checks/checkPackage.ts';
import { handlerKind, located, specLocator, type CheckContext } from '../torchserve/checks/context.ts';
import { packagedVersions } from './onnxEntries.ts';
import { onnxImageClassifier } from '../torchserve/handlers/onnxImageClassifier.ts';
import { torchImageClassifier } from '../torchserve/handlers/torchImageClassifier.ts';

/** Who is to serve the model, for the sentences. */
export interface ServerWords {
  /** For example `Triton`. */
  readonly server: string;
  /** What it says to a graph that it cannot load. */
  readonly laterMessage: string;
}

/** What a kind's own checks look at. */
export interface ModelFacts {
  /** Undefined where there is no such file; the findings tell. */
  readonly weights?: WeightsFacts;
  /** Place of a field in the spec's text. */
  readonly at: CheckContext['at'];
  /** What is wrong with the model whoever serves it: name, weights, labels, contract, provenance. */
  readonly findings: readonly Finding[];
}

/**
 * What has to be right for every server that runs a graph by itself. The rules about graph, labels and contract are those of
 * the handler that Model Deck writes for TorchServe; what only TorchServe would say is left out.
 *
 * @throws ModelDeckError as `PackageKind.check`
 */
export async function checkModel(
  { folder, spec, specFile, specText }: CheckRequest,
  words: ServerWords,
  task: Task = {},
): Promise<ModelFacts> {
  const weights = spec.weights === undefined ? undefined : await weightsOf(folder, spec.weights, task);
  const handler = weights?.kind === 'onnx' ? onnxImageClassifier.id : torchImageClassifier.id;
  const shared = await checkPackage(
    {
      folder,
      spec: withoutCode(spec, handler),
      ...(specFile !== undefined && { specFile }),
      ...(specText !== undefined && { specText }),
    },
    task,
    weights,
  );
  const at = await specLocator(specFile, specText);
  const findings = shared.map((finding) => inWordsOf(words, finding));
  if (handlerKind(spec) === 'own') {
    findings.push({
      code: 'handler-not-run',
      severity: 'error',
      message: `handler: ${spec.handler} is code for TorchServe, which ${words.server} does not run.`,
      remedy: `Package it for TorchServe; or write ${handler} as the handler, if input and output say all that it does.`,
      ...located(at('handler')),
    });
  }
  const isSaid = findings.some(({ code }) => code === 'input-missing');
  if (weights?.kind === 'torchscript' && contractOf(spec) === undefined && !isSaid) {
    findings.push({ ...inputMissing(words), ...located(at('handler')) });
  }
  return { at, findings, ...(weights && { weights }) };
}

function weightsOf(folder: string, weights: string, task: Task): Promise<WeightsFacts | undefined> {
  return inspectWeights(path.resolve(folder, weights), task).catch(() => undefined);
}

/** The spec without the files that only TorchServe reads. */
function withoutCode(spec: ModelSpec, handler: string): ModelSpec {
  const { name, version, weights, labels, extraFiles, preprocessing, input, output, origins, provenance } = spec;
  return {
    name,
    version,
    handler,
    ...(weights !== undefined && { weights }),
    ...(labels !== undefined && { labels }),
    ...(extraFiles && { extraFiles }),
    ...(preprocessing && { preprocessing }),
    ...(input && { input }),
    ...(output && { output }),
    ...(origins && { origins }),
    ...(provenance && { provenance }),
  };
}

function inWordsOf(words: ServerWords, finding: Finding): Finding {
  const { laterMessage, location, ...rest } = finding;
  const place = location ? { location } : {};
  if (finding.code === 'input-missing') return { ...inputMissing(words), ...place };
  const isOfGraph = laterMessage !== undefined && finding.code.startsWith('onnx-');
  return { ...rest, ...place, ...(isOfGraph && { laterMessage: words.laterMessage }) };
}

/** The server takes tensors, and the spec has no contract. */
export function inputMissing({ server }: Pick<ServerWords, 'server'>): Finding {
  return {
    code: 'input-missing',
    severity: 'error',
    message: `input: ${server} takes tensors, and nothing says how a picture becomes one.`,
    remedy: 'Add input with width, height, mean and std; what is left out is assumed.',
  };
}

/**
 * The findings about weights that a server with ONNX alone does not load: one that says so, in place of those that say what
 * TorchServe lacks.
 *
 * @param refusal its code, and what the server loads, as a sentence without its end
 */
export function needsOnnx(
  { findings, at }: Pick<ModelFacts, 'findings' | 'at'>,
  { name, explanation }: { readonly name: string; readonly explanation: string },
  refusal: { readonly code: string; readonly loads: string },
): readonly Finding[] {
  const others = findings.filter(
    ({ code }) => code !== 'weights-unsupported' && code !== 'state-dict-without-model-file',
  );
  return [
    ...others,
    {
      code: refusal.code,
      severity: 'error',
      message: `weights: ${refusal.loads}; ${name} is something else. ${explanation}`,
      remedy: 'Export the model to ONNX; or package it for TorchServe.',
      ...located(at('weights')),
    },
  ];
}

/** Says that the package has a lower IR version than the user's graph; nothing where it has not. */
export function loweredFindings(
  { weights, at }: ModelFacts,
  name: string,
  onnxRuntime: string,
  servers: string,
): Finding[] {
  const versions = weights?.graph && packagedVersions(weights.graph, onnxRuntime);
  if (versions?.loweredFrom === undefined) return [];
  return [
    {
      code: 'onnx-ir-lowered',
      severity: 'warning',
      message: `weights: ${name} says IR version ${versions.loweredFrom}; the package says ${versions.irVersion}, which is enough for opset ${versions.opset}, so that ${servers} load it, too.`,
      remedy: 'Nothing has to be done: no byte of the graph or the weights is changed but that number.',
      ...located(at('weights')),
    },
  ];
}

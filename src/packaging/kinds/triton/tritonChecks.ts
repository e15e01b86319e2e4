import path from 'node:path';
import type { Task } from '../../../foundation/task.ts';
import type { OnnxVersions, Serves } from '../../modelPackage.ts';
import type { Finding } from '../../read/detection.ts';
import { inspectWeights, type WeightsFacts } from '../../read/formats/weightsFile.ts';
import { checkModel, loweredFindings } from '../folder/modelChecks.ts';
import { packagedVersions } from '../folder/onnxEntries.ts';
import { limitsOf, oldestFor } from '../onnxRuntimeVersions.ts';
import type { CheckRequest, ForeseeRequest } from '../packageKind.ts';
import { located, type CheckContext } from '../torchserve/checks/context.ts';
import { tritonServes } from './served.ts';
import { firstTagWith, kserveTritonTag, onnxRuntimeOf } from './tritonImages.ts';

const server = 'Triton';

/** ONNX Runtime in the image that KServe comes with. */
export const usualOnnxRuntime = onnxRuntimeOf(`tritonserver:${kserveTritonTag}`) ?? '1.15.0';

/**
 * What Triton would refuse, in its words.
 * @throws ModelDeckError as `PackageKind.check`
 */
export async function checkForTriton(request: CheckRequest, task: Task = {}): Promise<readonly Finding[]> {
  const laterMessage = 'failed to load model: Internal: onnx runtime error';
  const facts = await checkModel(request, { server, laterMessage }, task);
  const { at, weights, findings } = facts;
  const kindFindings = checkWeightsKind(request, weights, at);
  return [
    // That tensors alone lack the code of their network is said in its words.
    ...findings.filter(({ code }) => kindFindings.length === 0 || code !== 'state-dict-without-model-file'),
    ...kindFindings,
    ...loweredFindings(facts, request.spec.weights ?? '', usualOnnxRuntime, 'older images of Triton'),
    ...checkVersions(request, weights, at),
  ];
}

function checkWeightsKind(
  { spec }: CheckRequest,
  weights: WeightsFacts | undefined,
  at: CheckContext['at'],
): Finding[] {
  const name = spec.weights ?? '';
  const what = weights && tensorsOnly[weights.kind];
  if (what === undefined) return [];
  return [
    {
      code: 'triton-needs-graph',
      severity: 'error',
      message: `weights: ${name} is ${what}, and Triton loads ONNX graphs and TorchScript: what has its network in it.`,
      remedy: 'Export the model to ONNX or TorchScript (torch.jit.trace); or package it for TorchServe.',
      laterMessage: 'failed to load model: PytorchStreamReader failed locating file constants.pkl: file not found',
      ...located(at('weights')),
    },
  ];
}

const tensorsOnly: Readonly<Partial<Record<WeightsFacts['kind'], string>>> = {
  'eager-state-dict': 'a state_dict',
  checkpoint: 'a training checkpoint',
  safetensors: 'tensors alone',
};

function checkVersions({ image }: CheckRequest, weights: WeightsFacts | undefined, at: CheckContext['at']): Finding[] {
  if (weights?.graph === undefined) return [];
  const versions = packagedVersions(weights.graph, usualOnnxRuntime);
  const place = located(at('weights'));
  return versionFindings(versions, image ?? `tritonserver:${kserveTritonTag}`).map((finding) => ({
    ...finding,
    message: `weights: ${finding.message}`,
    // What runs in the cluster is not known here; the plan of a deploy looks at it.
    severity: image === undefined ? ('warning' as const) : finding.severity,
    ...place,
  }));
}

/** What an image of Triton says to a package. */
export function suitsTriton({ onnx }: Serves, image: string): readonly Finding[] {
  return onnx === undefined ? [] : versionFindings(onnx, image);
}

function versionFindings(versions: OnnxVersions, image: string): readonly Finding[] {
  const onnxRuntime = onnxRuntimeOf(image);
  const first = oldestFor(versions);
  const tag = first && firstTagWith(first.onnxRuntime);
  const needed = tag === undefined ? 'a newer Triton' : `Triton ${tag} or newer`;
  const what = `the graph has IR version ${versions.irVersion} and opset ${versions.opset}`;
  if (onnxRuntime === undefined) {
    const usual = limitsOf(usualOnnxRuntime);
    if (usual !== undefined && versions.irVersion <= usual.irVersion && versions.opset <= usual.opset) return [];
    return [
      {
        code: 'triton-image-unknown',
        severity: 'warning',
        message: `${what}, which needs ${needed}; ${image} does not say which version it is.`,
        remedy: 'Look which version the image has.',
      },
    ];
  }
  const limits = limitsOf(onnxRuntime);
  if (limits === undefined) return [];
  const tooNew =
    versions.opset > limits.opset
      ? `opset ${limits.opset}`
      : versions.irVersion > limits.irVersion
        ? `IR version ${limits.irVersion}`
        : undefined;
  if (tooNew === undefined) return [];
  return [
    {
      code: 'triton-onnx-too-new',
      severity: 'error',
      message: `${what}; ${image} has ONNX Runtime ${onnxRuntime}, which loads up to ${tooNew}.`,
      remedy: `Use ${needed}; or export the model again with opset ${Math.min(limits.opset, versions.opset)}.`,
      laterMessage:
        versions.irVersion > limits.irVersion
          ? `Unsupported model IR version: ${versions.irVersion}, max supported IR version: ${limits.irVersion}`
          : `ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset ${versions.opset} is under development`,
    },
  ];
}

/** What the repository of a folder will need. @throws ModelDeckError as `PackageKind.foresee` */
export async function foreseeTriton({ folder, spec }: ForeseeRequest, task: Task = {}): Promise<Serves> {
  if (spec.weights === undefined) return tritonServes;
  const { graph } = await inspectWeights(path.resolve(folder, spec.weights), task);
  if (graph === undefined) return tritonServes;
  const { irVersion, opset } = packagedVersions(graph, usualOnnxRuntime);
  return { ...tritonServes, onnx: { irVersion, opset } };
}

import path from 'node:path';
import type { Task } from '../../../foundation/task.ts';
import type { Serves } from '../../modelPackage.ts';
import type { Finding } from '../../read/detection.ts';
import { checkModel, loweredFindings, needsOnnx } from '../folder/modelChecks.ts';
import type { CheckRequest, ForeseeRequest } from '../packageKind.ts';
import { specLocator } from '../torchserve/checks/context.ts';
import { checkName } from '../torchserve/checks/names.ts';
import { mlServerServes, oldestOnnxRuntime, picturesServes } from './served.ts';
import { tabularKind } from './tabular.ts';

const words = {
  server: 'MLServer',
  laterMessage: 'onnxruntime.capi.onnxruntime_pybind11_state.Fail: [ONNXRuntimeError]',
};

/** What MLServer would refuse. @throws ModelDeckError as `PackageKind.check` */
export async function checkForMLServer(request: CheckRequest, task: Task = {}): Promise<readonly Finding[]> {
  const { folder, spec, specFile, specText } = request;
  const name = spec.weights ?? '';
  const file = spec.weights === undefined ? undefined : path.resolve(folder, spec.weights);
  if (file !== undefined && (await tabularKind(file, task)) !== undefined) {
    return checkName({ spec, at: await specLocator(specFile, specText) });
  }
  const facts = await checkModel(request, words, task);
  const { weights, findings } = facts;
  if (weights === undefined || weights.kind === 'onnx') {
    return [...findings, ...loweredFindings(facts, name, oldestOnnxRuntime, 'older images of MLServer')];
  }
  const loads = 'MLServer gets ONNX graphs, and models of scikit-learn, XGBoost and LightGBM';
  return needsOnnx(facts, { name, ...weights }, { code: 'mlserver-needs-onnx', loads });
}

/**
 * What an image of MLServer says to a package of ours. The whole image brings onnxruntime with its runtime for Hugging Face
 * (mlserver-huggingface requires it and Pillow); the slim one has none of the runtimes.
 */
export function suitsMLServer({ pythonPackages = [] }: Serves, image: string): readonly Finding[] {
  if (pythonPackages.length === 0) return [];
  const [, tag] = /(?:^|\/)seldonio\/mlserver:([\w.-]+)/.exec(image) ?? [];
  const needed = pythonPackages.join(' and ');
  if (tag === undefined) {
    return [
      {
        code: 'mlserver-image-unknown',
        severity: 'warning',
        message: `The package needs ${needed} in the image, and whether ${image} has them is not known here.`,
        remedy: `Look with "pip show ${pythonPackages.join(' ')}" in the image.`,
      },
    ];
  }
  if (!/-(slim|sklearn|xgboost|lightgbm|mlflow|catboost|alibi)/.test(tag)) return [];
  return [
    {
      code: 'mlserver-image-without-packages',
      severity: 'error',
      message: `The package needs ${needed}, and ${image} does not have them.`,
      remedy: `Use seldonio/mlserver:${tag.replace(/-.*$/, '')}, the whole image.`,
      laterMessage: "ModuleNotFoundError: No module named 'onnxruntime'",
    },
  ];
}

/** What the folder of a model will need. @throws ModelDeckError as `PackageKind.foresee` */
export async function foreseeMLServer({ folder, spec }: ForeseeRequest, task: Task = {}): Promise<Serves> {
  const tabular = spec.weights === undefined ? undefined : await tabularKind(path.resolve(folder, spec.weights), task);
  return tabular === undefined ? picturesServes : { ...mlServerServes, modelFormat: tabular.modelFormat };
}

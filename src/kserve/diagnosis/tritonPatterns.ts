import type { LogPattern } from './logPatterns.ts';
import { onnxRuntimePatterns } from './onnxRuntimePatterns.ts';

/**
 * What Triton (2.34 to 2.51) writes when it cannot serve, causes before consequences.
 * @see triton-inference-server/core `src/model_config_utils.cc`, `src/backend_model.cc`, `src/model_repository_manager/`
 */
export const tritonPatterns: readonly LogPattern[] = [
  ...onnxRuntimePatterns,
  {
    code: 'model-layout',
    category: 'not-found',
    pattern: /at least one version must be available under the version policy of model '([^'\n]*)'/,
    summary: ([, model], name) =>
      `Triton of ${name} finds no version of the model ${model ?? ''}: there is no folder ${model ?? ''}/1 with the model in it.`,
    remedy:
      'Point the storage URI at the folder that holds <model>/<version>/, or package the model for Triton and upload it.',
  },
  {
    code: 'model-layout',
    category: 'not-found',
    pattern: /unable to determine model version from (\S+)/,
    summary: ([, path], name) =>
      `Triton of ${name} takes ${path ?? 'a folder'} for a version of a model, and versions are called by numbers.`,
    remedy:
      'Point the storage URI at the folder that holds <model>/<version>/, or package the model for Triton and upload it.',
  },
  {
    code: 'model-config',
    category: 'invalid-input',
    pattern: /Invalid model name: Could not determine backend for model '([^'\n]*)'/,
    summary: ([, model], name) =>
      `Triton of ${name} cannot tell what computes the model ${model ?? ''}: there is no config.pbtxt with a backend, and no file that it knows, such as 1/model.onnx.`,
    remedy: 'Package the model for Triton, or add config.pbtxt with its backend.',
  },
  {
    code: 'backend-missing',
    category: 'not-found',
    pattern: /unable to find backend library '([^'\n]+)'|unable to find backend library for backend '([^'\n]+)'/,
    summary: ([, library, backend], name) =>
      `The image of Triton of ${name} has not the backend ${backend ?? library ?? ''} that the model needs.`,
    remedy: 'Use an image that has it (those with -py3 have all), or package the model for another server.',
  },
  {
    code: 'model-device',
    category: 'unsupported',
    pattern:
      /instance group \S+ of model \S+ (?:has kind KIND_GPU but (?:no GPUs are available|server does not support GPUs)|specifies invalid or unsupported gpu id)|failed to load '[^'\n]*' version[^\n]*(?:no CUDA-capable device is detected|CUDA driver version is insufficient)/,
    summary: (_match, name) => `The model of ${name} is to run on a GPU, and its pod has none that Triton can use.`,
    remedy:
      'Ask for a GPU (resources: nvidia.com/gpu), or take KIND_GPU out of config.pbtxt; a driver that is too old is a matter of the node.',
  },
  {
    code: 'model-config',
    category: 'invalid-input',
    pattern:
      /tensor '([^'\n]+)': the model expects \d+ dimensions \(shape (\[[^\]\n]*\])\) but the model configuration specifies \d+ dimensions \([^)\n]*(\[[^\]\n]*\])\)/,
    summary: ([, tensor, has, says], name) =>
      `The config.pbtxt of ${name} contradicts its model: ${tensor ?? 'a tensor'} has the shape ${has ?? ''}, and config.pbtxt says ${says ?? ''}.`,
    remedy: 'Correct dims and max_batch_size in config.pbtxt, or package the model again.',
  },
  {
    code: 'model-config',
    category: 'invalid-input',
    pattern: /the model expects data-type (\w+) but the model configuration specifies data-type (\w+)/,
    summary: ([, has, says], name) =>
      `The config.pbtxt of ${name} contradicts its model: a tensor is ${has ?? ''}, and config.pbtxt says ${says ?? ''}.`,
    remedy: 'Correct data_type in config.pbtxt, or package the model again.',
  },
  {
    code: 'model-config',
    category: 'invalid-input',
    pattern: /unexpected inference (input|output) '([^'\n]+)', allowed (?:inputs|outputs) are: ([^\n|]+)/,
    summary: ([, kind, tensor, known = ''], name) =>
      `The config.pbtxt of ${name} names the ${kind ?? 'tensor'} ${tensor ?? ''}, and its model has ${known.trim()}.`,
    remedy: 'Correct the name in config.pbtxt, or package the model again.',
  },
  {
    code: 'model-config',
    category: 'invalid-input',
    pattern: /failed to read text proto from (\S+)/,
    summary: ([, file], name) =>
      `Triton of ${name} cannot read ${file ?? 'config.pbtxt'}: it is not in protobuf's text format.`,
    remedy: 'Correct config.pbtxt (its log tells line and column), or package the model again.',
  },
  {
    code: 'model-config',
    category: 'invalid-input',
    pattern: /(?:Invalid argument: |': )(model [^\n|]*?must specify [^\n|]*|must specify [^\n|]*)/,
    summary: ([, what = ''], name) =>
      `Triton of ${name} does not take its config.pbtxt: ${what.trim().replace(/\.$/, '')}.`,
    remedy: 'Correct config.pbtxt, or package the model again.',
  },
  {
    code: 'server-load-failed',
    category: 'server',
    pattern: /(?:failed to load(?: model)?|Poll failed for model directory) '([^'\n]*)'[^:\n]*: ([^\n|]+)/,
    summary: ([, model, what = ''], name) =>
      `Triton of ${name} cannot load the model ${model ?? ''}: ${what
        .replace(/^(?:Internal|Invalid argument|Not found|Unsupported): /, '')
        .trim()
        .slice(0, 240)
        .replace(/\.$/, '')}.`,
    remedy: 'Correct what Triton names, and package and upload the model again.',
  },
];

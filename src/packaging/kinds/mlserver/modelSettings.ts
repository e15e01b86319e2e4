import path from 'node:path';
import { pictureShape, type ModelContract } from '../../../contract/modelContract.ts';
import { runtimeClass } from './runtimePython.ts';
import type { TabularKind } from './tabular.ts';

/** Name of the file that MLServer looks for. */
export const settingsFile = 'model-settings.json';

interface Named {
  readonly name: string;
  readonly version: string;
}

/** The names of the graph's tensors, where the contract does not name them. */
export interface TensorNames {
  readonly input: string;
  readonly output: string;
}

/** `model-settings.json` of an ONNX graph that takes pictures. */
export function picturesSettings({ name, version }: Named, contract: ModelContract, names: TensorNames): string {
  const { input, output } = contract;
  const datatype = input.type === 'uint8' ? 'UINT8' : 'FP32';
  const classes = output.classes ?? output.labels?.length ?? -1;
  return json({
    name,
    platform: 'onnx',
    implementation: runtimeClass,
    parameters: { uri: './model.onnx', version },
    inputs: [{ name: input.name ?? names.input, datatype, shape: [-1, ...pictureShape(input)] }],
    outputs: [{ name: output.name ?? names.output, datatype: 'FP32', shape: [-1, classes] }],
  });
}

/** `model-settings.json` of a model of scikit-learn, XGBoost or LightGBM, which MLServer's own runtimes load. */
export function tabularSettings({ name, version }: Named, kind: TabularKind, file: string): string {
  return json({
    name,
    platform: kind.modelFormat,
    implementation: kind.implementation,
    parameters: { uri: `./${path.posix.basename(file)}`, version },
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

import type { LogPattern } from './logPatterns.ts';

/**
 * What OpenVINO Model Server (2023 to 2026) writes when it cannot serve, causes before consequences. Read in its sources; no
 * package of it was at hand to make it fail.
 * @see openvinotoolkit/model_server `src/modelmanager.cpp`, `src/model.cpp`, `src/status.cpp`
 */
export const openVinoPatterns: readonly LogPattern[] = [
  {
    code: 'model-layout',
    category: 'not-found',
    pattern: /No version found for model in path: (\S+)|Directory does not exist: (\S+)/,
    summary: ([, empty, missing], name) =>
      `OpenVINO Model Server of ${name} finds no model in ${empty ?? missing ?? 'its folder'}: versions are folders that are called by numbers, such as 1/model.onnx.`,
    remedy:
      'Point the storage URI at the folder that holds 1/, or package the model for OpenVINO Model Server and upload it.',
  },
  {
    code: 'operator-unknown',
    category: 'unsupported',
    pattern: /OpenVINO does not support the following ONNX operations: ([^\n]+)/,
    summary: ([, operations = ''], name) =>
      `The ONNX graph of ${name} has operators that OpenVINO does not have: ${operations.trim().replace(/\.$/, '')}.`,
    remedy: 'Export the model without them, or package it for another server.',
  },
  {
    code: 'weights-unusable',
    category: 'invalid-input',
    pattern: /Unable to read the model: (\S+)/,
    summary: ([, file], name) =>
      `OpenVINO Model Server of ${name} cannot read ${file ?? 'the model'}: it is of another format, or cut off.`,
    remedy: 'Check the file, and package and upload the model again.',
  },
  {
    code: 'model-config',
    category: 'invalid-input',
    pattern:
      /((?:Shape|Layout) from config (?:not found in model|has real name[^\n]*)|The provided (?:shape|layout|float|color format|precision) is in wrong format|Model could not be reshaped with requested shape)/,
    summary: ([, what = ''], name) =>
      `The arguments of OpenVINO Model Server of ${name} do not fit its model: ${what}.`,
    remedy: 'Correct --shape, --layout, --mean or --scale in the manifest, or package the model again.',
  },
  {
    code: 'server-load-failed',
    category: 'server',
    pattern: /Error occurred while loading model: [^\n;]*;[^\n]*?error: ([^\n;]+)/,
    summary: ([, what = ''], name) =>
      `OpenVINO Model Server of ${name} cannot load the model: ${what.trim().replace(/\.$/, '')}.`,
    remedy: 'Its log tells more before that line; correct it, and package and upload the model again.',
  },
];

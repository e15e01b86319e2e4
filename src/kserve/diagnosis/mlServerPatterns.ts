import type { LogPattern } from './logPatterns.ts';
import { onnxRuntimePatterns } from './onnxRuntimePatterns.ts';

/**
 * What MLServer (1.5 to 1.7) writes when it cannot serve, causes before consequences.
 * @see SeldonIO/MLServer `mlserver/registry.py`, `mlserver/errors.py`, `mlserver/repository/`
 */
export const mlServerPatterns: readonly LogPattern[] = [
  ...onnxRuntimePatterns,
  {
    code: 'model-config',
    category: 'invalid-input',
    pattern: /Failed load model settings at (\S+)/,
    summary: ([, file = ''], name) => `MLServer of ${name} cannot read ${file.replace(/\.$/, '')}.`,
    remedy: 'Correct model-settings.json (its log tells the field), or package the model again.',
  },
  {
    code: 'model-layout',
    category: 'not-found',
    pattern: /Invalid URI specified for model (\S+)(?: \(([^)\n]+)\))?/,
    summary: ([, model, file], name) =>
      `MLServer of ${name} finds no file for the model ${model ?? ''}${file === undefined ? '' : ` at ${file}`}.`,
    remedy: 'Correct parameters.uri in model-settings.json, or package the model for MLServer and upload it.',
  },
  {
    code: 'backend-missing',
    category: 'not-found',
    mayBeHarmless: true,
    pattern: /ModuleNotFoundError: No module named '([^'.\n]+)/,
    fits: ([, library = '']) => library.startsWith('mlserver_'),
    summary: ([, library], name) =>
      `The image of MLServer of ${name} has not the runtime ${library ?? ''} of the model.`,
    remedy: 'Use an image that has it, or another implementation in model-settings.json.',
  },
];

import path from 'node:path';
import { inspectWeights } from '../../read/formats/weightsFile.ts';
import type { ModelSpec } from '../../spec/modelSpec.ts';
import { builtInHandlers } from './handlers/builtInHandlers.ts';
import { generatedHandler } from './handlers/generatedHandlers.ts';

/**
 * Name of the weights in the archive: that of the file, but for TorchScript, which TorchServe loads only from a name that
 * ends in `.pt`. A handler of one's own may open the file by its name, so there it stays.
 */
export async function weightsName(folder: string, spec: ModelSpec, weights: string): Promise<string> {
  const name = path.posix.basename(weights);
  const ending = path.posix.extname(name);
  const loadsItself = !builtInHandlers.includes(spec.handler) && generatedHandler(spec.handler) === undefined;
  const hasClass = spec.modelFile !== undefined || spec.architecture !== undefined;
  if (ending === '.pt' || ending === '.onnx' || loadsItself || hasClass) return name;
  const { kind } = await inspectWeights(path.join(folder, weights));
  return kind === 'torchscript' ? `${path.posix.basename(name, ending)}.pt` : name;
}

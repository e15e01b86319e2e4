import path from 'node:path';
import type { ModelContract } from '../../contract/modelContract.ts';
import type { TriedGraph } from '../../local/index.ts';
import type { ModelSpec } from '../../packaging/spec/modelSpec.ts';
import { onnxHandler } from './packageQuestions.ts';

/**
 * The graph behind a spec, as the local runtime loads it; undefined for what ONNX Runtime does not compute here.
 *
 * Its other files are offered to the graph under the names that it may give them: relative to its own folder.
 */
export function triedGraph(folder: string, spec: ModelSpec, { input }: ModelContract): TriedGraph | undefined {
  const { weights, handler, extraFiles = [] } = spec;
  if (weights === undefined || handler !== onnxHandler) return undefined;
  const home = path.posix.dirname(weights);
  return {
    graph: path.join(folder, weights),
    externalData: extraFiles
      .filter((file) => !/\.(json|py|txt|ya?ml|md)$/i.test(file) && !/[*?[]/.test(file))
      .map((file) => ({ path: path.posix.relative(home, file), file: path.join(folder, file) })),
    ...(input.name !== undefined && { inputName: input.name }),
  };
}

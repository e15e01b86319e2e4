import { stat } from 'node:fs/promises';
import { externalDataFiles, isOutside } from '../../read/formats/externalData.ts';

/** A file of weights beside an ONNX graph, under the name by which the graph finds it in the archive. */
export interface ExternalWeights {
  readonly name: string;
  readonly file: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * The files that an ONNX graph keeps weights in, for the archive. TorchServe unpacks the archive and puts the graph at its
 * root, so each file goes where the graph looks for it from there. Files that are missing are left out: the checks tell.
 *
 * @param weights absolute path of any weights; those that are no graph have no such files
 */
export async function externalWeights(weights: string): Promise<readonly ExternalWeights[]> {
  const files = await externalDataFiles(weights).catch(() => []);
  const entries: ExternalWeights[] = [];
  for (const { name, file } of files.filter((found) => !isOutside(found.name))) {
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isFile()) entries.push({ name, file, size: stats.size, mtimeMs: stats.mtimeMs });
  }
  return entries;
}

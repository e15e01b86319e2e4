import { stat } from 'node:fs/promises';
import path from 'node:path';
import { modelSpecFileName } from '../../spec/modelSpec.ts';

/** Whether a folder has a model-deck.yaml: then it is a model to be packaged, whatever else is in it. */
export function isModelFolder(folder: string): Promise<boolean> {
  return isFile(path.join(folder, modelSpecFileName));
}

export function isFile(where: string): Promise<boolean> {
  return stat(where).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

export function isFolder(where: string): Promise<boolean> {
  return stat(where).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

import path from 'node:path';
import { isFile } from '../../../foundation/isThere.ts';
import { modelSpecFileName } from '../../spec/modelSpec.ts';

/** Whether a folder has a model-deck.yaml: then it is a model to be packaged, whatever else is in it. */
export function isModelFolder(folder: string): Promise<boolean> {
  return isFile(path.join(folder, modelSpecFileName));
}

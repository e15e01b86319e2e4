import { completeContract } from '../../../../contract/completeContract.ts';
import { contractFileName, formatContract } from '../../../../contract/contractJson.ts';
import { toPreprocessing } from '../../../../contract/fromPreprocessing.ts';
import type { ModelSpec } from '../../../spec/modelSpec.ts';
import { contractOf } from '../../../spec/specContract.ts';
import type { LayoutEntry } from '../layoutEntry.ts';
import type { GeneratedHandler } from './generatedHandler.ts';
import { onnxImageClassifier } from './onnxImageClassifier.ts';
import { torchImageClassifier } from './torchImageClassifier.ts';

export const generatedHandlers: readonly GeneratedHandler[] = [onnxImageClassifier, torchImageClassifier];

/** File that carried the preprocessing in archives of Model Deck 1.0; written on for those who read nothing else. */
export const preprocessingFile = 'preprocessing.json';

/** The handler of this id; undefined for one that Model Deck does not write. */
export function generatedHandler(id: string): GeneratedHandler | undefined {
  return generatedHandlers.find((handler) => handler.id === id);
}

/** The `handler` of the manifest for a spec's handler. */
export function manifestHandler(handler: string): string {
  return generatedHandler(handler)?.file ?? handler.replace(/^.*\//, '');
}

/** The Python handler and the contract that it follows, as files of the archive. */
export function generatedFiles(handler: GeneratedHandler, spec: ModelSpec): LayoutEntry[] {
  const contract = contractOf(spec) ?? completeContract({});
  return [
    { name: handler.file, content: handler.source },
    { name: contractFileName, content: formatContract(contract) },
    { name: preprocessingFile, content: `${JSON.stringify(toPreprocessing(contract) ?? {}, null, 2)}\n` },
  ];
}

import type { ContractSource } from './contractSource.ts';
import { huggingFace } from './huggingFace.ts';
import { monai } from './monai.ts';
import { onnxMetadata } from './onnxMetadata.ts';
import { timm } from './timm.ts';
import { ultralytics } from './ultralytics.ts';
import { windowsMl } from './windowsMl.ts';

/**
 * Everything that says how a model is used, in the order of its say: what is in the weights themselves first. A new one is
 * one file and its line here.
 */
export const contractSources: readonly ContractSource[] = [
  windowsMl,
  ultralytics,
  onnxMetadata,
  timm,
  huggingFace,
  monai,
];

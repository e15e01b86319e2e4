import path from 'node:path';
import type { Detection } from '../../packaging/read/detection.ts';
import type { ModelSpec } from '../../packaging/spec/modelSpec.ts';
import { multiStep } from '../core/multiStep.ts';
import { packageQuestions, specFromAnswers } from './packageQuestions.ts';

/**
 * Asks what detection could not know, pre-filled with what it could, and gives the spec.
 * @throws ModelDeckError `cancelled`
 */
export async function askForSpec(detection: Detection, suggestion: ModelSpec): Promise<ModelSpec> {
  const title = `Package ${path.basename(detection.folder)}`;
  return specFromAnswers(await multiStep(title, packageQuestions(detection, suggestion)), suggestion);
}

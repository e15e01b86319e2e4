import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import type * as packaging from '../../packaging/index.ts';
import type { Detection } from '../../packaging/read/detection.ts';
import type { ModelSpec } from '../../packaging/spec/modelSpec.ts';
import { multiStep } from '../core/multiStep.ts';
import type { Answers } from '../core/questions.ts';
import {
  chosenSuggestion,
  onlyAsked,
  packageQuestions,
  specFromAnswers,
  type AskedExtent,
  type PackageQuestion,
} from './packageQuestions.ts';
import { triedSpec } from './triedSpec.ts';
import type { TryModel } from './tryModel.ts';

/**
 * Asks what detection could not know, pre-filled with what it could, lets the user try the model where it can be computed here,
 * and gives the spec.
 * @param extent `unknown`: only what has no sensible answer, and no trying: the user wants the model to run
 * @throws ModelDeckError `cancelled`
 */
export async function askForSpec(
  detection: Detection,
  suggestion: ModelSpec,
  { packageContract }: Pick<typeof packaging, 'packageContract'>,
  tryModel: TryModel,
  extent: AskedExtent,
): Promise<ModelSpec> {
  const title = `Package ${path.basename(detection.folder)}`;
  let answers: Answers<PackageQuestion> = {};
  for (;;) {
    const questions = packageQuestions(detection, suggestion, extent);
    answers = onlyAsked(questions, await multiStep(title, questions, answers));
    const spec = specFromAnswers(answers, chosenSuggestion(detection, suggestion, answers));
    if (extent === 'unknown') return spec;
    const contract = await packageContract(detection.folder, spec);
    if (contract === undefined) return spec;
    const result = await tryModel.ask(detection.folder, spec, contract);
    if (result.kind === 'cancel') throw ModelDeckError.cancelled();
    if (result.kind === 'go-on') return triedSpec(spec, contract, result);
  }
}

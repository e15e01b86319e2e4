import { fromPreprocessing } from '../../contract/fromPreprocessing.ts';
import type { ModelContract } from '../../contract/modelContract.ts';
import type { ModelKnowledge } from '../endpoint.ts';

/** The contract that is known, be it only what the old `preprocessing` of a package says. */
export function knownContract({ contract, preprocessing }: ModelKnowledge): ModelContract | undefined {
  return contract ?? (preprocessing && fromPreprocessing(preprocessing));
}

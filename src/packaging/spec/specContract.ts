import { completeContract } from '../../contract/completeContract.ts';
import { fromPreprocessing } from '../../contract/fromPreprocessing.ts';
import type { ModelContract } from '../../contract/modelContract.ts';
import { formatOrigins, parseOrigins } from '../../contract/origins.ts';
import type { ModelSpec } from './modelSpec.ts';

/**
 * The contract that a spec says, with what it leaves out assumed; undefined for a spec that says nothing of input and
 * output. The labels of a file are not in it: `packageContract` reads those too.
 */
export function contractOf({ preprocessing, input, output, origins }: ModelSpec): ModelContract | undefined {
  if (input !== undefined || output !== undefined) {
    return completeContract({
      ...(input && { input }),
      ...(output && { output }),
      ...(origins && { origins: parseOrigins(origins) }),
    });
  }
  return preprocessing && fromPreprocessing(preprocessing);
}

/** The blocks of `model-deck.yaml` that say a contract. {@link contractOf} of them gives it back. */
export function contractBlocks(contract: ModelContract): Pick<ModelSpec, 'input' | 'output' | 'origins'> {
  const origins = formatOrigins(contract.origins);
  return {
    input: contract.input,
    output: contract.output,
    ...(Object.keys(origins).length > 0 && { origins }),
  };
}

/** The spec with another contract; an old `preprocessing` block goes, since the new blocks say the same. */
export function withContract(spec: ModelSpec, contract: ModelContract): ModelSpec {
  const said: ReadonlySet<string> = new Set(['preprocessing', 'input', 'output', 'origins']);
  const rest = Object.fromEntries(Object.entries(spec).filter(([key]) => !said.has(key)));
  return { ...(rest as unknown as ModelSpec), ...contractBlocks(contract) };
}

import { withContract } from '../../packaging/spec/specContract.ts';
import type { ModelContract } from '../../contract/modelContract.ts';
import type { ModelSpec } from '../../packaging/spec/modelSpec.ts';

/** What the user made of a model on the page "Try it". */
export interface Tried {
  readonly contract: ModelContract;
  readonly examples: readonly { readonly image: string; readonly label: string }[];
}

/** The spec after the model was tried. A contract that nobody touched leaves it as it was. */
export function triedSpec(spec: ModelSpec, before: ModelContract, { contract, examples }: Tried): ModelSpec {
  const isChanged = JSON.stringify(contract) !== JSON.stringify(before);
  return {
    ...(isChanged ? withContract(spec, withoutFileLabels(spec, contract)) : spec),
    ...(examples.length > 0 && { examples }),
  };
}

/** Labels that lie in a file of their own stay there. */
function withoutFileLabels(spec: ModelSpec, contract: ModelContract): ModelContract {
  if (spec.labels === undefined || spec.output?.labels !== undefined) return contract;
  const { labels, ...output } = contract.output;
  return labels === undefined ? contract : { ...contract, output };
}

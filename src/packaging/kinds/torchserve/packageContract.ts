import path from 'node:path';
import type { ModelContract } from '../../../contract/modelContract.ts';
import { labelsInOrder, readLabels } from '../../read/labels/readLabels.ts';
import { contractOf } from '../../spec/specContract.ts';
import type { ModelSpec } from '../../spec/modelSpec.ts';

/**
 * The contract of a package: what the spec says, with the labels of its file where it names them there. Labels that cannot
 * be read are for the checks to tell; the contract then has none.
 */
export async function packageContract(folder: string, spec: ModelSpec): Promise<ModelContract | undefined> {
  const contract = contractOf(spec);
  if (contract === undefined || contract.output.labels !== undefined || spec.labels === undefined) return contract;
  try {
    const reading = await readLabels(path.resolve(folder, spec.labels));
    if (reading === undefined) return contract;
    return { ...contract, output: { ...contract.output, labels: labelsInOrder(reading) } };
  } catch {
    return contract;
  }
}

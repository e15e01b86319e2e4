import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelContract } from '../../../contract/modelContract.ts';
import { contractOf } from '../../spec/specContract.ts';
import type { ModelSpec } from '../../spec/modelSpec.ts';
import { labelList } from './archiveLabels.ts';

/**
 * The contract of a package: what the spec says, with the labels of its file where it names them there. Labels that cannot
 * be read are for the checks to tell; the contract then has none.
 */
export async function packageContract(folder: string, spec: ModelSpec): Promise<ModelContract | undefined> {
  const contract = contractOf(spec);
  if (contract === undefined || contract.output.labels !== undefined || spec.labels === undefined) return contract;
  try {
    const labels = labelList(JSON.parse(await readFile(path.resolve(folder, spec.labels), 'utf8')));
    return { ...contract, output: { ...contract.output, labels } };
  } catch {
    return contract;
  }
}

import { ThisComputer } from '../../../src/targets/index.ts';
import { serverSource } from '../local/sampleArchive.ts';

type Options = Parameters<typeof ThisComputer.open>[0];

/** This computer with its servers started from the source, and without a TorchServe unless `change` says where to look. */
export function openThisComputer(stateFolder: string, change: Partial<Options> = {}): Promise<ThisComputer> {
  return ThisComputer.open({
    stateFolder,
    ...serverSource,
    torchServeSearch: () => Promise.resolve({ workspaceFolders: [], searchPath: '' }),
    log: () => undefined,
    ...change,
  });
}

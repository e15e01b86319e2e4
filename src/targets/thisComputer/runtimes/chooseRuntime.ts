import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import { findTorchServe, type TorchServeSearch } from '../../../local/index.ts';
import { readArchive, requireManifest } from '../../../packaging/index.ts';
import type { StoredModel } from '../../../stores/modelStore.ts';
import type { DeployPlan } from '../../target.ts';

/** What will compute on this computer. */
export type LocalRuntime = DeployPlan &
  ({ readonly kind: 'onnx' } | { readonly kind: 'torchserve'; readonly python: string });

/**
 * Chooses by what the archive holds: an ONNX graph with its preprocessing is run by ONNX Runtime, which we bring;
 * everything else needs a TorchServe that the user brings.
 *
 * @throws ModelDeckError `not-found` when the archive is gone, `conflict` when it is not what was stored, `missing-tool`
 *   without TorchServe
 */
export async function chooseRuntime(
  model: StoredModel,
  search: () => Promise<TorchServeSearch>,
  task: Task = {},
): Promise<LocalRuntime> {
  const { archivePath, name } = model;
  if (archivePath === undefined) {
    throw new ModelDeckError('unsupported', `${name} does not lie in a folder of this computer.`, {
      remedy: 'Deploy it from the local folder store.',
    });
  }
  const contents = await readArchive(archivePath, task);
  if (model.sha256 !== undefined && contents.sha256 !== model.sha256) {
    throw new ModelDeckError(
      'conflict',
      `${path.basename(archivePath)} is not the archive that was stored: its sha256 differs.`,
      {
        remedy: 'Remove it from the store, and deploy the model again.',
        location: { path: archivePath },
      },
    );
  }
  const { serializedFile = '', handler } = requireManifest(contents).model;
  const { warnings } = contents;
  const isOnnx = serializedFile.toLowerCase().endsWith('.onnx');
  if (isOnnx && contents.preprocessing !== undefined) {
    const reason = 'The archive holds an ONNX graph and its preprocessing; no Python is needed.';
    return { kind: 'onnx', runtime: 'ONNX Runtime (WebAssembly)', reason, warnings };
  }
  const found = await findTorchServe(await search(), task);
  if (found) {
    const reason = `The archive's handler is ${handler}, which needs Python: ${found.where}.`;
    return { kind: 'torchserve', python: found.python, runtime: `TorchServe ${found.version}`, reason, warnings };
  }
  const what = isOnnx ? 'an ONNX graph without preprocessing.json' : 'PyTorch weights';
  throw new ModelDeckError(
    'missing-tool',
    `${name} holds ${what}, and no Python with TorchServe was found on this computer.`,
    {
      remedy:
        'Install torchserve, torch and torchvision into a Python environment and choose it in the setting "modelDeck.python.path", or deploy to a cluster.',
      nextStep: { kind: 'open-setting', setting: 'modelDeck.python.path' },
    },
  );
}

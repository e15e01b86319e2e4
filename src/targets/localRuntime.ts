import path from 'node:path';
import { ModelDeckError } from '../foundation/error.ts';
import type { Task } from '../foundation/task.ts';
import { readArchive, requireManifest } from '../packaging/index.ts';
import type { StoredModel } from '../stores/modelStore.ts';
import type { DeployPlan } from './target.ts';

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
export async function chooseRuntime(model: StoredModel, task: Task = {}): Promise<LocalRuntime> {
  const { archivePath, name } = model;
  if (archivePath === undefined) {
    throw new ModelDeckError('unsupported', `${name} does not lie in a folder of this computer.`, {
      remedy: 'Deploy it from the local folder store.',
    });
  }
  const contents = await readArchive(archivePath, task);
  if (contents.sha256 !== model.sha256) {
    throw new ModelDeckError(
      'conflict',
      `${path.basename(archivePath)} is not the archive that was stored: its sha256 differs.`,
      {
        remedy: 'Remove it from the store, and deploy the model again.',
        location: { path: archivePath },
      },
    );
  }
  const { serializedFile = '' } = requireManifest(contents).model;
  const { warnings } = contents;
  const isOnnx = serializedFile.toLowerCase().endsWith('.onnx');
  if (isOnnx && contents.preprocessing !== undefined) {
    const reason = 'The archive holds an ONNX graph and its preprocessing; no Python is needed.';
    return { kind: 'onnx', runtime: 'ONNX Runtime (WebAssembly)', reason, warnings };
  }
  const what = isOnnx ? 'an ONNX graph without preprocessing.json' : 'PyTorch weights';
  throw new ModelDeckError(
    'unsupported',
    `${name} holds ${what}: this computer serves ONNX graphs with preprocessing.`,
    {
      remedy: 'Export the model to ONNX and package it again, or deploy it to a cluster.',
    },
  );
}

import { ModelDeckError } from '../../../foundation/error.ts';
import { findTorchServe } from '../../../local/index.ts';
import { readArchive, requireManifest } from '../../../packaging/index.ts';
import type { LocalModel, LocalRuntime } from './localRuntime.ts';

/** A TorchServe that the user has installed: for whatever needs Python. */
export const torchServeRuntime: LocalRuntime = {
  id: 'torchserve',
  label: 'TorchServe',
  imageEncoding: 'rgb-jpeg',
  serves: async (model, { torchServeSearch }, task) => {
    const { archivePath } = model;
    if (archivePath === undefined) return { whyNot: noArchive(model) };
    const { handler } = requireManifest(await readArchive(archivePath, task)).model;
    const found = await findTorchServe(await torchServeSearch(), task);
    if (!found) {
      const what = (await model.onnxGraph()) ? 'an ONNX graph without contract.json' : 'PyTorch weights';
      return { whyNot: missing(model.name, what) };
    }
    const { python, version, where } = found;
    const storeFolder = model.path;
    return {
      runtime: `TorchServe ${version}`,
      reason: `The archive's handler is ${handler}, which needs Python: ${where}.`,
      engine: async (workFolder) => {
        if (storeFolder === undefined) {
          throw new ModelDeckError('unsupported', 'TorchServe needs a model that lies in a folder.');
        }
        return { kind: 'torchserve', python, storeFolder, workFolder: await workFolder() };
      },
    };
  },
};

function noArchive({ name }: LocalModel): ModelDeckError {
  return new ModelDeckError(
    'unsupported',
    `${name} is packaged for another server than TorchServe, and holds no ONNX graph with a contract.`,
    {
      remedy: 'Deploy it to a cluster, or package it as an archive for TorchServe.',
    },
  );
}

function missing(name: string, what: string): ModelDeckError {
  return new ModelDeckError(
    'missing-tool',
    `${name} holds ${what}, and no Python with TorchServe was found on this computer.`,
    {
      remedy:
        'Install torchserve, torch and torchvision into a Python environment and choose it in the setting "modelDeck.python.path", or deploy to a cluster.',
      nextStep: { kind: 'open-setting', setting: 'modelDeck.python.path' },
    },
  );
}

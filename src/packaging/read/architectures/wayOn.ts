import path from 'node:path';
import type { LibraryModel, ModelLibrary } from './libraryModel.ts';

/** Where weights lie in their model folder. */
export interface WeightsPlace {
  /** Relative with `/`. */
  readonly weights: string;
  /** Whether the folder has a file, or a folder, of this relative path. */
  readonly has: (file: string) => boolean;
}

/** What the libraries call themselves. */
const names: Readonly<Record<ModelLibrary, string>> = {
  transformers: 'transformers',
  timm: 'timm',
  ultralytics: 'Ultralytics',
  monai: 'MONAI',
  efficientnet_pytorch: 'efficientnet_pytorch',
  fastai: 'fastai',
};

type Way = (model: LibraryModel, place: WeightsPlace) => string;

/** How each library makes an ONNX file. Commands are run in the model folder, and none writes over a file that is there. */
const ways: Readonly<Record<ModelLibrary, Way>> = {
  transformers: (_, { weights, has }) => {
    const home = path.posix.dirname(weights);
    const made = freeName(path.posix.join(home, 'onnx'), has);
    return `Run in the model folder: pip install "optimum-onnx[onnxruntime]", then optimum-cli export onnx --model ${quoted(home)} --task image-classification ${quoted(made)}. Then package ${made}.`;
  },
  timm: ({ name = 'NAME', classes, picture = [3, 224, 224] }, { weights, has }) => {
    const made = freeName(beside(weights, 'model.onnx'), has);
    const count = classes === undefined ? 'num_classes=N' : `num_classes=${classes}`;
    return `Run in the model folder, in Python: import timm, torch; torch.onnx.export(timm.create_model("${name}", ${count}, checkpoint_path="${weights}").eval(), torch.zeros(1, ${picture.join(', ')}), "${made}"). Then package ${made}.`;
  },
  ultralytics: (_, { weights, has }) => {
    const made = `${weights.replace(/\.[^./]+$/, '')}.onnx`;
    // The command has no option for the name of what it writes.
    return has(made)
      ? `${made} lies beside it, as "yolo export" writes it: package that.`
      : `Run in the model folder: yolo export model=${quoted(weights)} format=onnx. Then package ${made}.`;
  },
  monai: (_, { weights, has }) => {
    const made = freeName(beside(weights, 'model.onnx'), has);
    const config = ['configs/inference.json', 'configs/inference.yaml', 'configs/train.json'].find(has);
    return `Run in the model folder: python -m monai.bundle onnx_export network_def --config_file ${quoted(config ?? 'configs/inference.json')} --ckpt_file ${quoted(weights)} --filepath ${quoted(made)}. Then package ${made}.`;
  },
  efficientnet_pytorch: (_, { weights, has }) => {
    const made = freeName(beside(weights, 'model.onnx'), has);
    return `In Python, with the model loaded: model.set_swish(memory_efficient=False); torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "${made}"). Then package ${made}.`;
  },
  fastai: (_, { weights, has }) => {
    const made = freeName(beside(weights, 'model.onnx'), has);
    return `If you trust where it comes from, in Python: from fastai.vision.all import *; learn = load_learner("${weights}"); torch.onnx.export(learn.model.eval(), torch.zeros(1, 3, 224, 224), "${made}"). Then package ${made}, with the names of learn.dls.vocab as labels.`;
  },
};

/** How a model of a library becomes one that can be packaged, with commands that can be run as they are. */
export function wayOn(model: LibraryModel, place: WeightsPlace): string {
  const { library, name, because } = model;
  const network = name === undefined ? 'a network' : `the network ${name}`;
  const told = because === undefined ? '' : `${because} ${network} of ${names[library]}. `;
  return `${told}The stock image of TorchServe has no ${names[library]}: export it to ONNX. ${ways[library](model, place)}`;
}

/** The name, or the first one with a number behind it, that nothing in the folder has. */
export function freeName(wanted: string, has: (file: string) => boolean): string {
  const ending = path.posix.extname(wanted);
  const stem = wanted.slice(0, wanted.length - ending.length);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${stem}-${number}${ending}`;
    if (!has(name)) return name;
  }
}

function beside(weights: string, name: string): string {
  return path.posix.join(path.posix.dirname(weights), name);
}

/** A path for a shell. */
function quoted(file: string): string {
  return /^[\w./@%+=:,-]+$/.test(file) ? file : `"${file}"`;
}

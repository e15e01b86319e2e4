import { endsWith, stem, type OtherFormat } from './otherFormat.ts';

const exportAgain = 'Export the model that it was made from to ONNX, and package that.';

/** What is recognised by its name. A new format is one entry; the first one that fits names the file. */
export const otherFormats: readonly OtherFormat[] = [
  {
    name: 'a TensorFlow SavedModel',
    wayOn: 'Export it to ONNX (python -m tf2onnx.convert --saved-model), and package that.',
    folder: (_, inside) => inside.has('saved_model.pb'),
  },
  {
    name: 'a Core ML package',
    wayOn: exportAgain,
    folder: endsWith('.mlpackage', '.mlmodelc'),
  },
  {
    name: 'a Core ML model',
    wayOn: exportAgain,
    file: endsWith('.mlmodel'),
  },
  {
    name: 'a TensorFlow Lite model',
    wayOn: 'Convert it to ONNX (python -m tf2onnx.convert --tflite), and package that.',
    file: endsWith('.tflite', '.lite'),
  },
  {
    name: 'an OpenVINO model',
    wayOn: exportAgain,
    file: (baseName, beside) => baseName.endsWith('.xml') && beside.has(`${stem(baseName)}.bin`),
  },
  {
    name: 'a TensorFlow.js model',
    wayOn:
      'Convert it back to Keras (tensorflowjs_converter --input_format=tfjs_layers_model), export that to ONNX (tf2onnx), and package it.',
    file: (baseName, beside) =>
      baseName === 'model.json' && [...beside].some((name) => /^weights\.bin$|shard\d+of\d+(\.bin)?$/.test(name)),
  },
  {
    name: 'a TensorRT engine, which runs on one kind of graphics card only',
    wayOn: 'Package the ONNX file that it was built from.',
    file: endsWith('.engine', '.plan', '.trt'),
  },
  {
    name: 'a PaddlePaddle model',
    wayOn: 'Export it to ONNX (paddle2onnx), and package that.',
    file: (baseName, beside) =>
      baseName.endsWith('.pdmodel') || (baseName.endsWith('.pdiparams') && !beside.has(`${stem(baseName)}.pdmodel`)),
  },
  {
    name: 'weights of PaddlePaddle without their network',
    wayOn: 'Export the network with them to ONNX (paddle.onnx.export), and package that.',
    file: endsWith('.pdparams'),
  },
  {
    name: 'an ExecuTorch program, made for phones',
    wayOn: exportAgain,
    file: endsWith('.pte'),
  },
  {
    name: 'a model of PyTorch Mobile',
    wayOn: 'Save the module that it was made from with torch.jit.save, and package that.',
    file: endsWith('.ptl'),
  },
  {
    name: 'a model in the ORT format of ONNX Runtime',
    wayOn: 'Package the ONNX file that it was made from.',
    file: endsWith('.ort'),
  },
  {
    name: 'a frozen graph of TensorFlow',
    wayOn: 'Export it to ONNX (python -m tf2onnx.convert --graphdef), and package that.',
    file: endsWith('.pb'),
  },
  {
    name: 'a checkpoint of TensorFlow, weights without their network',
    wayOn: 'Load it with its code, export the model to ONNX (tf2onnx), and package that.',
    file: endsWith('.ckpt.index', '.ckpt.meta'),
  },
  {
    name: 'weights of Flax',
    wayOn: 'Load them with their code, export the model to ONNX (jax2onnx), and package that.',
    file: endsWith('.msgpack'),
  },
  {
    name: 'a model of MXNet',
    wayOn: 'Export it to ONNX (mxnet.onnx.export_model), and package that.',
    file: (baseName, beside) =>
      baseName.endsWith('.params') && [...beside].some((name) => name.endsWith('-symbol.json')),
  },
  { name: 'a model of Caffe', wayOn: exportAgain, file: endsWith('.caffemodel') },
  { name: 'weights of Darknet', wayOn: exportAgain, file: endsWith('.weights') },
  {
    name: 'a model of ncnn',
    wayOn: exportAgain,
    file: (baseName, beside) => baseName.endsWith('.param') && beside.has(`${stem(baseName)}.bin`),
  },
  { name: 'a model of MNN', wayOn: exportAgain, file: endsWith('.mnn') },
  { name: 'a model for chips of Rockchip', wayOn: exportAgain, file: endsWith('.rknn') },
  { name: 'a model for chips of Qualcomm', wayOn: exportAgain, file: endsWith('.dlc') },
  { name: 'a model for chips of Hailo', wayOn: exportAgain, file: endsWith('.hef') },
  {
    name: 'a language model of llama.cpp',
    wayOn: 'It classifies no pictures. Deploy it with a runtime that serves GGUF.',
    file: endsWith('.gguf', '.ggml'),
  },
  {
    name: 'a model of NVIDIA NeMo',
    wayOn: 'Export it to ONNX (model.export), and package that.',
    file: endsWith('.nemo'),
  },
  {
    name: 'a pickle of joblib, as scikit-learn writes them',
    wayOn:
      'Export the model to ONNX (skl2onnx); or write packageKind: mlserver into model-deck.yaml, which takes it as it is.',
    file: endsWith('.joblib'),
  },
  {
    name: 'numpy arrays',
    wayOn: 'If they are weights, load them with their code and export the model to ONNX.',
    file: endsWith('.npz'),
    isLastResort: true,
  },
  {
    name: 'a packed archive, which is not looked into',
    wayOn: 'Unpack it into this folder, and package again.',
    file: endsWith('.zip', '.tar.gz', '.tgz', '.tar.bz2', '.tar.xz', '.tar.zst', '.7z', '.rar'),
    isLastResort: true,
  },
  {
    name: 'a notebook, which holds no weights itself',
    wayOn: 'Run it, save the model with torch.onnx.export or torch.save into this folder, and package again.',
    file: endsWith('.ipynb'),
    isLastResort: true,
  },
  {
    name: 'data that a model may be in, kept by DVC or git-annex elsewhere',
    wayOn: 'Get the file with "dvc pull", and package again.',
    file: endsWith('.dvc'),
    isLastResort: true,
  },
];

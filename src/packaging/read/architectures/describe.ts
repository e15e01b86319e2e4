import type { Architecture, ForeignNetwork, OwnHead, TorchvisionNetwork } from './architecture.ts';

/** What a file of weights is, in one or two sentences with the way on; undefined where nothing was recognised. */
export function describeArchitecture(architecture: Architecture | undefined): string | undefined {
  switch (architecture?.kind) {
    case 'torchvision':
      return torchvision(architecture);
    case 'own-head':
      return ownHead(architecture);
    case 'foreign':
      return foreign(architecture);
    case undefined:
      return undefined;
  }
}

function torchvision({ name, classes, channels, sizeIsFixed, imageSize }: TorchvisionNetwork): string {
  const size = sizeIsFixed ? `, for pictures of ${imageSize} pixels` : '';
  const colours = channels === 3 ? '' : `, for pictures of ${channels} channel${channels === 1 ? '' : 's'}`;
  return `Its keys and shapes are those of torchvision's ${name} with ${classes} class${classes === 1 ? '' : 'es'}${size}${colours}.`;
}

function ownHead({ name, head }: OwnHead): string {
  const layers = head
    .filter(({ shape }) => shape.length > 1)
    .map(({ key, shape }) => `${key} [${shape.join(', ')}]`)
    .join(', ');
  return `Its keys are those of torchvision's ${name} with other last layers${layers === '' ? '' : ` (${layers})`}: what lies between them is not in the weights, so it needs the Python file of its class.`;
}

/** How each library makes a file that is served without it. */
const exports: Readonly<Record<ForeignNetwork['library'], string>> = {
  transformers: 'optimum-cli export onnx --model . --task image-classification onnx/',
  timm: 'torch.onnx.export(timm.create_model(NAME, num_classes=N, checkpoint_path=FILE).eval(), image, "model.onnx")',
  ultralytics: 'yolo export model=best.pt format=onnx',
  monai:
    'python -m monai.bundle onnx_export --config_file configs/inference.json --ckpt_file models/model.pt --filepath model.onnx',
  efficientnet_pytorch:
    'model.set_swish(memory_efficient=False), then torch.onnx.export(model.eval(), image, "model.onnx")',
};

function foreign({ library, family }: ForeignNetwork): string {
  const owner = library === 'transformers' ? "Hugging Face's" : `${library}'s`;
  return `Its keys are those of ${owner} ${family}; the stock image of TorchServe has no ${library}. Export it to ONNX: ${exports[library]}`;
}

import type { Architecture, ForeignNetwork, LikeTorchvision, OwnHead, TorchvisionNetwork } from './architecture.ts';

/** What a file of weights is, in one or two sentences with the way on; undefined where nothing was recognised. */
export function describeArchitecture(architecture: Architecture | undefined): string | undefined {
  switch (architecture?.kind) {
    case 'torchvision':
      return torchvision(architecture);
    case 'own-head':
      return ownHead(architecture);
    case 'foreign':
      return foreign(architecture);
    case 'like-torchvision':
      return family(architecture);
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

function foreign({ library, family }: ForeignNetwork): string {
  const owner = library === 'transformers' ? "Hugging Face's" : `${library}'s`;
  return `Its keys are those of ${owner} ${family}.`;
}

function family({ family: name }: LikeTorchvision): string {
  return `Its keys are named as in torchvision's ${name}, but it is none of torchvision's networks: layers are missing, or have other shapes. It needs the Python file of its class.`;
}

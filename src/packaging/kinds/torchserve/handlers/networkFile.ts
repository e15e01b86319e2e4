import type { NetworkSpec } from '../../../spec/modelSpec.ts';

/** Name of the Python file that Model Deck writes for a network of torchvision. */
export const networkFileName = 'model.py';

/**
 * Python with the one class that TorchServe looks for in a model file. Called without arguments it gives the network of
 * torchvision itself, so that the keys of its weights bear no prefix. Works with torchvision 0.9 and newer.
 */
export function networkSource({ name, classes, channels, imageSize, auxiliary, transformInput }: NetworkSpec): string {
  const options = [
    `num_classes=${classes}`,
    ...(imageSize === undefined ? [] : [`image_size=${imageSize}`]),
    ...(auxiliary === undefined ? [] : [`aux_logits=${python(auxiliary)}`, 'init_weights=False']),
    ...(transformInput === true ? ['transform_input=True'] : []),
  ];
  return `# Written by Model Deck when it packaged this model, for weights with the keys of torchvision's ${name}.
import torch
import torchvision


class Network(torch.nn.Module):
    def __new__(cls):
        network = torchvision.models.${name}(${options.join(', ')})
${channels === undefined ? '' : channelChange(channels)}        return network
`;
}

/** The first convolution with another number of channels, and all else as it was. */
function channelChange(channels: number): string {
  return `        name, old = next(item for item in network.named_modules() if isinstance(item[1], torch.nn.Conv2d))
        new = torch.nn.Conv2d(
            ${channels}, old.out_channels, old.kernel_size, old.stride, old.padding, bias=old.bias is not None
        )
        owner, _, field = name.rpartition(".")
        setattr(network.get_submodule(owner), field, new)
`;
}

function python(value: boolean): string {
  return value ? 'True' : 'False';
}

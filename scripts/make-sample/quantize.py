"""Weight-only int8: the large weights of convolutions and of the classifier become int8, one scale per output channel.

    python quantize.py FLOAT.onnx INT8.onnx

A DequantizeLinear in front of each layer gives the float weight back, so that activations stay float and every runtime
of opset 13 computes the same. Only the file gets smaller.

Small weights stay float: the stem and the first blocks lose most by rounding (with them in int8, the error of the
logits is more than twice as large) and save least.
"""

import sys

import numpy
import onnx
from onnx import helper, numpy_helper

# Values in the largest weight that stays float; 20 000 costs 0.5 MB.
SMALL = 20_000
# Input that holds the weight, and the axis of its output channels.
WEIGHTED = {'Conv': (1, 0), 'Gemm': (1, 0)}


def to_int8(weight, axis):
    """Symmetric: zero stays zero, the largest magnitude of a channel becomes 127."""
    others = tuple(i for i in range(weight.ndim) if i != axis)
    scale = numpy.abs(weight).max(axis=others, keepdims=True) / numpy.float32(127)
    scale[scale == 0] = 1  # a channel of zeros: any scale does
    values = numpy.clip(numpy.rint(weight / scale), -127, 127).astype(numpy.int8)
    return values, scale.reshape(-1).astype(numpy.float32)


def quantize(model):
    graph = model.graph
    initializers = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type in WEIGHTED:
            index, axis = WEIGHTED[node.op_type]
            if node.op_type == 'Gemm' and not any(a.name == 'transB' and a.i == 1 for a in node.attribute):
                raise ValueError(f'{node.name}: a Gemm without transB has its channels on the other axis')
            name = node.input[index]
            tensor = initializers.pop(name)
            weight = numpy_helper.to_array(tensor)
            if weight.size < SMALL:
                nodes.append(node)
                continue
            values, scale = to_int8(weight, axis)
            graph.initializer.remove(tensor)
            graph.initializer.append(numpy_helper.from_array(values, f'{name}_int8'))
            graph.initializer.append(numpy_helper.from_array(scale, f'{name}_scale'))
            nodes.append(
                helper.make_node(
                    'DequantizeLinear', [f'{name}_int8', f'{name}_scale'], [name], name=f'{name}_dequantize', axis=axis
                )
            )
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def main(source, target):
    model = quantize(onnx.load(source))
    model.producer_name = 'model-deck make-sample'
    model.producer_version = ''
    model.doc_string = 'EfficientNet-Lite0, ImageNet, int8 weights per output channel'
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, target)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])

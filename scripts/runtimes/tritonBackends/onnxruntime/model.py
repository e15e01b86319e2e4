"""Stands for Triton's ONNX Runtime backend, which the Triton of PyPI does not have. It loads the same files, and refuses what
the real one refuses: inputs and outputs that the graph has otherwise, and a batch that the graph does not have free.
"""
import json
import os
import sys

# The server's Python does not read PYTHONPATH.
sys.path[:0] = os.environ["PYTHONPATH"].split(os.pathsep)

import numpy as np
import onnxruntime
import triton_python_backend_utils as pb_utils

TYPES = {
    "TYPE_FP32": "tensor(float)",
    "TYPE_FP16": "tensor(float16)",
    "TYPE_UINT8": "tensor(uint8)",
    "TYPE_INT64": "tensor(int64)",
}


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        path = os.path.join(args["model_repository"], args["model_version"], "model.onnx")
        if os.path.isdir(path):
            path = os.path.join(path, "model.onnx")
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.inputs = [one["name"] for one in config["input"]]
        self.outputs = [one["name"] for one in config["output"]]
        is_batched = config["max_batch_size"] > 0
        for told, have in ((config["input"], self.session.get_inputs()), (config["output"], self.session.get_outputs())):
            check(told, {one.name: one for one in have}, is_batched)

    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        feed = {name: pb_utils.get_input_tensor_by_name(request, name).as_numpy() for name in self.inputs}
        names = [name for name in self.outputs if name in request.requested_output_names()]
        try:
            found = self.session.run(names, feed)
        except Exception as error:
            return pb_utils.InferenceResponse(error=pb_utils.TritonError(str(error)))
        tensors = [pb_utils.Tensor(name, np.ascontiguousarray(value)) for name, value in zip(names, found)]
        return pb_utils.InferenceResponse(output_tensors=tensors)


def check(told, have, is_batched):
    for one in told:
        tensor = have.get(one["name"])
        if tensor is None:
            raise pb_utils.TritonModelException("unexpected tensor '%s', the model has %s" % (one["name"], list(have)))
        if TYPES.get(one["data_type"]) != tensor.type:
            raise pb_utils.TritonModelException("'%s' is %s, and %s was told" % (one["name"], tensor.type, one["data_type"]))
        dims = [int(size) for size in one["dims"]]
        shape = [size if isinstance(size, int) else -1 for size in tensor.shape]
        if is_batched:
            if shape[:1] != [-1]:
                raise pb_utils.TritonModelException("'%s' has no free batch: %s" % (one["name"], tensor.shape))
            shape = shape[1:]
        # What the graph leaves free may be told in any size.
        if len(dims) != len(shape) or any(size not in (-1, want) for size, want in zip(shape, dims)):
            raise pb_utils.TritonModelException("'%s' is %s, and %s was told" % (one["name"], tensor.shape, dims))

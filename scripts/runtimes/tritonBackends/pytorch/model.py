"""Stands for Triton's PyTorch backend, which the Triton of PyPI does not have."""
import json
import os

import numpy as np
import torch
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        self.inputs = [one["name"] for one in config["input"]]
        self.outputs = [one["name"] for one in config["output"]]
        for name in self.inputs + self.outputs:
            if not name.rpartition("__")[2].isdigit():
                raise pb_utils.TritonModelException("'%s' does not follow <name>__<index>" % name)
        path = os.path.join(args["model_repository"], args["model_version"], "model.pt")
        self.module = torch.jit.load(path, map_location="cpu").eval()

    def execute(self, requests):
        responses = []
        for request in requests:
            given = [pb_utils.get_input_tensor_by_name(request, name).as_numpy() for name in self.inputs]
            with torch.no_grad():
                found = self.module(*[torch.from_numpy(np.array(one)) for one in given])
            values = found if isinstance(found, (tuple, list)) else [found]
            tensors = [pb_utils.Tensor(name, value.numpy()) for name, value in zip(self.outputs, values)]
            responses.append(pb_utils.InferenceResponse(output_tensors=tensors))
        return responses

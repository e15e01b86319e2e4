"""
KServe's own Python server with two models of one ONNX graph: "floats" takes normalised planes, as Triton and OpenVINO
do, "pixels" takes the bytes of the image. Answers with the logits. Arguments: the graph, and a port of 127.0.0.1.
"""

import sys

import kserve
import numpy as np
import onnxruntime
import uvicorn


class LoopbackConfig(uvicorn.Config):
    """Without it the server would listen on every address of this machine."""

    def __init__(self, app, **options):
        super().__init__(app, **{**options, "host": "127.0.0.1"})


uvicorn.Config = LoopbackConfig


class Classifier(kserve.Model):
    def __init__(self, name, graph, datatype, shape):
        super().__init__(name)
        self.session = onnxruntime.InferenceSession(graph)
        self.input = {"name": f"{name}_input", "datatype": datatype, "shape": shape}
        self.ready = True

    def get_input_types(self):
        return [self.input]

    def get_output_types(self):
        return [{"name": "logits", "datatype": "FP32", "shape": [-1, 1000]}]

    def predict(self, payload, headers=None):
        (tensor,) = payload.inputs
        assert tensor.name == self.input["name"]
        values = self.planes(tensor.as_numpy())
        (logits,) = self.session.run(None, {self.session.get_inputs()[0].name: values})
        output = kserve.InferOutput(name="logits", shape=list(logits.shape), datatype="FP32")
        output.set_data_from_numpy(logits, binary_data=False)
        return kserve.InferResponse(response_id=payload.id, model_name=self.name, infer_outputs=[output])

    def planes(self, values):
        return values


class OfPixels(Classifier):
    def planes(self, values):
        mean = np.float32([0.485, 0.456, 0.406])
        deviation = np.float32([0.229, 0.224, 0.225])
        normalised = (values.astype(np.float32) / 255 - mean) / deviation
        return np.ascontiguousarray(normalised.transpose(0, 3, 1, 2))


if __name__ == "__main__":
    graph, port = sys.argv[1:]
    models = [
        Classifier("floats", graph, "FP32", [-1, 3, 224, 224]),
        OfPixels("pixels", graph, "UINT8", [-1, 224, 224, 3]),
    ]
    kserve.ModelServer(http_port=int(port), enable_grpc=False, workers=1).start(models)

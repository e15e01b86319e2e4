import { preprocessingPython } from '../../../contract/preprocessingPython.ts';

/** Name of our runtime's file in a package. */
export const runtimeFile = 'model_deck_runtime.py';

/** What `implementation` of model-settings.json names. */
export const runtimeClass = 'model_deck_runtime.OnnxPictures';

/**
 * The runtime that serves ONNX pictures in MLServer 1.3 or newer. It takes a tensor as the contract says, or a picture's bytes,
 * and answers the model's own numbers, as Triton does: whoever asks has the contract for their meaning. Half precision is
 * taken and given as FP32, since MLServer speaks JSON, which has no 16-bit numbers.
 */
export const runtimePython = `# Written by Model Deck when it packaged this model.
"""Serves an ONNX image classifier in MLServer. Needs onnxruntime, Pillow and numpy.

contract.json says how a picture becomes the input. Takes the tensor itself, or a picture's bytes as BYTES (base64);
answers the numbers of the model's output.
"""
import io
import json
import os

import numpy as np
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import Base64Codec, NumpyCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceResponse
from mlserver.utils import get_model_uri
from PIL import Image, ImageOps


class OnnxPictures(MLModel):
    async def load(self):
        path = await get_model_uri(self._settings)
        with open(os.path.join(os.path.dirname(path), "contract.json"), encoding="utf-8") as file:
            contract = json.load(file)
        self.steps = contract["input"]
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.input_name = self.steps.get("name") or self.session.get_inputs()[0].name
        self.output_name = contract["output"].get("name") or self.session.get_outputs()[0].name
        return True

    async def predict(self, payload):
        if len(payload.inputs) != 1:
            raise InferenceError("The model takes one input, and the request has %d." % len(payload.inputs))
        tensor = self.tensor_of(payload.inputs[0])
        count, batch = len(tensor), self.steps["batch"]
        if batch != "free" and count < batch:
            # A graph that takes only so many pictures at once gets the last one as often.
            tensor = np.concatenate([tensor, np.repeat(tensor[-1:], batch - count, axis=0)])
        try:
            (numbers,) = self.session.run([self.output_name], {self.input_name: tensor})
        except Exception as error:
            raise InferenceError(str(error)) from error
        numbers = np.asarray(numbers)
        if numbers.dtype == np.float16:
            numbers = numbers.astype(np.float32)
        answer = NumpyCodec.encode_output(self.output_name, numbers[:count])
        return InferenceResponse(
            id=payload.id, model_name=self.name, model_version=self.version, outputs=[answer]
        )

    def tensor_of(self, given):
        if given.datatype == "BYTES":
            pictures = [prepare_picture(open_picture(one), self.steps) for one in Base64Codec.decode_input(given)]
            return np.stack(pictures)
        try:
            tensor = np.asarray(NumpyCodec.decode_input(given)).astype(self.steps["type"])
        except Exception as error:
            raise InferenceError("The input is no tensor of the shape that it says: %s" % error) from error
        return tensor[np.newaxis] if tensor.ndim == 3 else tensor


${preprocessingPython}`;

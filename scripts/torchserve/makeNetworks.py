"""Writes weights of torchvision's networks with fixed random numbers, saved in each way that people save them, for the
suite against a real TorchServe; and the logits that torchvision itself gives. Arguments: the folder, and a picture.
"""
import json
import os
import struct
import sys

import numpy as np
import torch
import torchvision
from PIL import Image, ImageOps
from torchvision import transforms


def seeded(name, classes, **options):
    torch.manual_seed(11)
    network = getattr(torchvision.models, name)(num_classes=classes, **options)
    # Untrained batch norms make all pictures alike; these spread the answers.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return network.eval()


def logits(network, picture, size=224):
    steps = transforms.Compose([
        transforms.Resize(round(size * 256 / 224)),
        transforms.CenterCrop(size),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    with torch.no_grad():
        return network(steps(picture)[None])[0].tolist()


def save_safetensors(path, tensors):
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}
    header, content = {"__metadata__": {"format": "pt"}}, b""
    for key in sorted(tensors):
        tensor = tensors[key].contiguous()
        raw = tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
        data = raw.numpy().tobytes()
        header[key] = {
            "dtype": names[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(content), len(content) + len(data)],
        }
        content += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + content)


class Progress(object):
    """Stands for what training keeps beside the weights; the class is not there when the model is served."""

    def __init__(self):
        self.best = np.float64(0.5)


def prefixed(tensors, prefix):
    return {prefix + key: tensor for key, tensor in tensors.items()}


def main(folder, photo):
    picture = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
    # The same picture lying on its side, with the note in its file that says so.
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = os.path.join(folder, "turned.jpg")
    picture.rotate(90, expand=True).save(turned, quality=95, exif=exif)
    network = seeded("resnet18", 7)
    tensors = network.state_dict()
    expected = {}

    def model(name, file, content, answer, save=torch.save):
        os.makedirs(os.path.join(folder, name))
        save(content, os.path.join(folder, name, file))
        expected[name] = answer

    usual = logits(network, picture)
    model("bare", "resnet18.pth", tensors, usual)
    model("data-parallel", "model.pth", torch.nn.DataParallel(network).state_dict(), usual)
    model("compiled", "model.pt", prefixed(tensors, "_orig_mod."), usual)
    model("checkpoint", "model_best.pth.tar", {
        "epoch": 3, "arch": "resnet18", "best_acc1": torch.tensor(71.5), "progress": Progress(),
        "state_dict": prefixed(tensors, "module."),
        "optimizer": torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9).state_dict(),
    }, usual)
    model("lightning", "epoch=9-step=100.ckpt", {
        "epoch": 9, "pytorch-lightning_version": "2.1.0", "callbacks": {}, "optimizer_states": [{"state": {}}],
        "state_dict": dict(prefixed(tensors, "model."), **{"criterion.weight": torch.ones(7)}),
        "hyper_parameters": {"lr": np.float64(0.1)},
    }, usual)
    model("legacy", "model.pth", tensors, usual, lambda content, path: torch.save(
        content, path, _use_new_zipfile_serialization=False))
    model("safetensors", "model.safetensors", tensors, usual, lambda content, path: save_safetensors(path, content))
    halves = {key: (t.half() if t.is_floating_point() else t) for key, t in tensors.items()}
    brain = {key: (t.bfloat16() if t.is_floating_point() else t) for key, t in tensors.items()}
    network.load_state_dict(halves)
    model("half", "model.safetensors", halves, logits(network, picture), lambda content, path: save_safetensors(path, content))
    network.load_state_dict(brain)
    model("bfloat16", "model.safetensors", brain, logits(network, picture), lambda content, path: save_safetensors(path, content))
    network = seeded("resnet18", 7)
    model("torchscript", "net.pth", network, usual, lambda content, path: torch.jit.trace(
        content, torch.zeros(1, 3, 224, 224)).save(path))
    pair = seeded("squeezenet1_1", 2)
    model("two-classes", "model.pth", pair.state_dict(), logits(pair, picture))
    one = seeded("mobilenet_v3_small", 1)
    model("one-number", "model.pth", one.state_dict(), logits(one, picture))
    upright = ImageOps.exif_transpose(Image.open(turned)).convert("RGB")
    expected["turned"] = logits(network, upright)
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump(expected, file)


main(*sys.argv[1:])

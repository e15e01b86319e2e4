"""Writes how the image classifiers of torchvision are recognised by the keys and shapes of their weights.

Run it with the Python of `npm run test:torchserve` when torchvision has new models:

    python scripts/torchserve/fingerprints.py

It writes src/packaging/read/architectures/torchvision.json, a row for each model: the layer that takes the picture
(`stem`), the one that gives the classes (`head`), and two hashes over keys and shapes, of all layers (`whole`) and of
all that stand before the head (`body`). `canonicalLines` in recogniseTorchvision.ts computes the same lines.
It also writes test/fixtures/torchvision-tensors.json.gz, all keys and shapes, from which the tests make their files.
Models of an older table that this torchvision does not have are kept.
"""
import gzip
import hashlib
import json
import os
import re
from unittest import mock

import torch
import torchvision

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TABLE = os.path.join(ROOT, "src", "packaging", "read", "architectures", "torchvision.json")
FIXTURE = os.path.join(ROOT, "test", "fixtures", "torchvision-tensors.json.gz")

# Side of the pictures that a model takes when nobody says another one; 224 where it is not listed.
SIZES = {
    "inception_v3": 299, "efficientnet_b1": 240, "efficientnet_b2": 288, "efficientnet_b3": 300,
    "efficientnet_b4": 380, "efficientnet_b5": 456, "efficientnet_b6": 528, "efficientnet_b7": 600,
    "efficientnet_v2_s": 384, "efficientnet_v2_m": 480, "efficientnet_v2_l": 480, "vit_h_14": 518,
    "swin_v2_t": 256, "swin_v2_s": 256, "swin_v2_b": 256,
}

# Not weights, but what a module counts or computes for itself; old files lack them. And layers that only training uses.
PASSED_OVER = re.compile(r"(num_batches_tracked|relative_position_index|relative_coords_table|attn_mask)$|^(AuxLogits|aux1|aux2)\.")


def names():
    models = torchvision.models
    for name in sorted(dir(models)):
        if name.islower() and callable(getattr(models, name)) and not re.match("get_|list_", name):
            yield name


def network(name):
    options = {"init_weights": False} if name in ("inception_v3", "googlenet") else {}
    # Shapes alone: the largest models have gigabytes of numbers.
    empty = torch.empty
    with mock.patch.object(torch, "empty", lambda *size, **how: empty(*size, **dict(how, device="meta"))):
        return getattr(torchvision.models, name)(**options)


def ends(model):
    """Names of the first convolution and of the layer with the classes."""
    layers = [(name, layer) for name, layer in model.named_modules() if not PASSED_OVER.search(name + ".")]
    stem = next(name for name, layer in layers if isinstance(layer, torch.nn.Conv2d))
    head = [name for name, layer in layers if isinstance(layer, (torch.nn.Linear, torch.nn.Conv2d))
            and next(iter(layer.parameters())).shape[0] == 1000][-1]
    return stem, head


def canonical_lines(shapes, stem, head):
    for key in sorted(shapes):
        if PASSED_OVER.search(key):
            continue
        shape = list(shapes[key])
        if key in (head + ".weight", head + ".bias"):
            shape[0] = "*"
        elif key == stem + ".weight":
            shape[1] = "*"
        elif key == "encoder.pos_embedding":
            shape[1] = "*"
        yield key, "%s %s" % (key, "x".join(map(str, shape)))


def digest(lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def main():
    known = {}
    if os.path.exists(TABLE):
        with open(TABLE) as file:
            known = {row["name"]: row for row in json.load(file)["models"]}
    tensors = {}
    for name in names():
        model = network(name)
        stem, head = ends(model)
        shapes = {key: list(value.shape) for key, value in model.state_dict().items()}
        tensors[name] = shapes
        lines = list(canonical_lines(shapes, stem, head))
        body = [line for key, line in lines if key.split(".")[0] != head.split(".")[0]]
        row = {"name": name, "stem": stem, "head": head, "size": SIZES.get(name, 224)}
        row["whole"] = digest(line for _, line in lines)
        row["body"] = digest(body)
        known[name] = row
        print(row)
    rows = [known[name] for name in sorted(known)]
    for column in ("whole", "body"):
        assert len({row[column] for row in rows}) == len(rows), "two models have one " + column
    with open(TABLE, "w") as file:
        json.dump({"torchvision": torchvision.__version__, "models": rows}, file, indent=2)
        file.write("\n")
    with open(FIXTURE, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
            packed.write(json.dumps(tensors, separators=(",", ":"), sort_keys=True).encode())


main()

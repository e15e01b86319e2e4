"""Writes small models with fixed random weights for the suite against a real TorchServe. Argument: the folder."""
import json
import os
import sys

import torch

MODEL = '''import torch


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.features = torch.nn.Conv2d(3, 8, 7, stride=4)
        self.classes = torch.nn.Linear(8, 12)

    def forward(self, image):
        return self.classes(torch.relu(self.features(image)).mean((2, 3)) * 20)
'''


def main(folder):
    torch.manual_seed(7)
    space = {}
    exec(MODEL, space)
    model = space["Small"]().eval()
    labels = {str(index): "class %d" % index for index in range(12)}
    for name in ("eager", "scripted", "two-classes", "missing-module"):
        os.makedirs(os.path.join(folder, name))
        with open(os.path.join(folder, name, "index_to_name.json"), "w") as file:
            json.dump(labels, file)
    for name in ("eager", "two-classes", "missing-module"):
        torch.save(model.state_dict(), os.path.join(folder, name, "weights.pth"))
    write(folder, "eager", MODEL)
    write(folder, "two-classes", MODEL + "\n\nclass Other(Small):\n    pass\n")
    write(folder, "missing-module", "import not_there_at_all\n" + MODEL)
    torch.jit.trace(model, torch.zeros(1, 3, 224, 224)).save(os.path.join(folder, "scripted", "weights.pt"))


def write(folder, name, source):
    with open(os.path.join(folder, name, "model.py"), "w") as file:
        file.write(source)


main(sys.argv[1])

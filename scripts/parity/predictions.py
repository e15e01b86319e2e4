"""What onnxruntime answers for the sample's photos after Pillow has prepared them: the five most probable classes of each.

    python predictions.py SAMPLE

`pixelsSha256` is over the RGB bytes after resize and crop, `inputSha256` over the tensor as little-endian float32.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy
import onnxruntime
from PIL import Image

settings = json.loads(sys.stdin.read())
sample = Path(sys.argv[1])
session = onnxruntime.InferenceSession(str(sample / settings['weights']), providers=['CPUExecutionProvider'])
labels = json.loads((sample / settings['labels']).read_text(encoding='utf-8'))
steps = settings['preprocessing']


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def prepare(image):
    """torchvision's Resize and CenterCrop on a Pillow image."""
    length, crop = steps['resize'], steps['crop']
    width, height = image.size
    longer = int(length * max(width, height) / min(width, height))
    image = image.resize((length, longer) if width <= height else (longer, length), Image.Resampling.BILINEAR)
    left, top = (int(round((side - crop) / 2.0)) for side in image.size)
    return numpy.asarray(image.crop((left, top, left + crop, top + crop)))


def classify(photo):
    pixels = prepare(Image.open(photo).convert('RGB'))
    mean, std = (numpy.asarray(steps[name], dtype=numpy.float32) for name in ('mean', 'std'))
    tensor = ((pixels.astype(numpy.float32) / numpy.float32(255) - mean) / std).transpose(2, 0, 1)[numpy.newaxis]
    tensor = numpy.ascontiguousarray(tensor)
    logits = session.run(None, {steps['inputName']: tensor})[0][0].astype(numpy.float64)
    exponentials = numpy.exp(logits - logits.max())
    probabilities = exponentials / exponentials.sum()
    best = numpy.argsort(-probabilities, kind='stable')[:5]
    return {
        'file': photo.name,
        'pixelsSha256': sha256(pixels.tobytes()),
        'inputSha256': sha256(tensor.astype('<f4').tobytes()),
        'top5': [{'label': labels[str(index)], 'probability': float(probabilities[index])} for index in best],
    }


photos = sorted(item for item in (sample / 'photos').iterdir() if item.suffix in ('.jpg', '.png'))
print(json.dumps([classify(photo) for photo in photos]))

"""Times what Pillow takes for the panel's work on an image; a line of JSON in, milliseconds out.

A question is {"task": name, "file": path, "room": most bytes of the result}. The file is read before the clock starts.
"""

import io
import json
import sys
import time

import numpy
from PIL import Image, ImageOps


def check(content, _room):
    """Every byte is read, at an eighth of the size: enough to know that the file is whole."""
    image = Image.open(io.BytesIO(content))
    image.draft('RGB', (image.width // 8, image.height // 8))
    image.load()
    return len(content)


def upright_jpeg(content, room):
    """Rotated upright, as an RGB JPEG that fits."""
    pixels = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert('RGB')
    image = pixels
    while True:
        output = io.BytesIO()
        image.save(output, 'JPEG', quality=95, subsampling=0)
        size = output.tell()
        if size <= room:
            return size
        step = min(0.95, (room / size) ** 0.5 * 0.97)
        width = int(image.width * step)
        image = pixels.resize((width, round(width * pixels.height / pixels.width)), Image.Resampling.LANCZOS)


def tensor(content, _room):
    """Decoded, resized to 256, cropped to 224 and normalised."""
    image = Image.open(io.BytesIO(content)).convert('RGB')
    length, crop = 256, 224
    longer = int(length * max(image.size) / min(image.size))
    size = (length, longer) if image.width <= image.height else (longer, length)
    image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = (round((side - crop) / 2) for side in image.size)
    pixels = numpy.asarray(image.crop((left, top, left + crop, top + crop)), dtype=numpy.float32) / 255
    mean = numpy.asarray([0.485, 0.456, 0.406], dtype=numpy.float32)
    std = numpy.asarray([0.229, 0.224, 0.225], dtype=numpy.float32)
    return numpy.ascontiguousarray(((pixels - mean) / std).transpose(2, 0, 1)).size


TASKS = {'check': check, 'upright_jpeg': upright_jpeg, 'tensor': tensor}

for line in sys.stdin:
    question = json.loads(line)
    with open(question['file'], 'rb') as file:
        content = file.read()
    started = time.perf_counter()
    result = TASKS[question['task']](content, question['room'])
    print(json.dumps({'ms': (time.perf_counter() - started) * 1000, 'result': result}), flush=True)

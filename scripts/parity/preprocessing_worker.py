"""Tensors of the preprocessing that goes into generated handlers and into "Copy as Python".

A line of JSON in, one out: first {"source": Python}, which is taken in; then {"pixels": base64 of RGB bytes, "width",
"height", "steps"} is answered with sha256, shape and type of the tensor.
{"file": base64 of a picture file} is answered with sha256 and size of the pixels that `open_picture` makes of it.
"""

import base64
import hashlib
import io
import json
import sys

import numpy as np
from PIL import Image, ImageOps

taken = {'io': io, 'np': np, 'Image': Image, 'ImageOps': ImageOps}


def answer(question):
    if 'source' in question:
        exec(question['source'], taken)
        return {'numpy': np.__version__, 'pillow': Image.__version__}
    if 'file' in question:
        picture = taken['open_picture'](base64.b64decode(question['file']))
        return {'sha256': hashlib.sha256(picture.tobytes()).hexdigest(), 'size': picture.size}
    pixels = base64.b64decode(question['pixels'])
    picture = Image.frombytes('RGB', (question['width'], question['height']), pixels)
    tensor = taken['prepare_picture'](picture, question['steps'])
    little = tensor.astype(tensor.dtype.newbyteorder('<'))
    return {'sha256': hashlib.sha256(little.tobytes()).hexdigest(), 'shape': tensor.shape, 'type': str(tensor.dtype)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

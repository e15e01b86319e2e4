"""Times onnxruntime with Pillow on pictures; a line of JSON in, milliseconds for all of them out.

    python onnx_worker.py MODEL PICTURE

A question is {"pictures": how many, "threads": how many at a time}. The file is in memory, the session warm.
"""

import io
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
with open(sys.argv[2], "rb") as file:
    content = file.read()
mean = numpy.asarray([0.485, 0.456, 0.406], numpy.float32)
std = numpy.asarray([0.229, 0.224, 0.225], numpy.float32)


def classify(_=None):
    image = Image.open(io.BytesIO(content)).convert("RGB")
    longer = int(256 * max(image.size) / min(image.size))
    size = (256, longer) if image.width <= image.height else (longer, 256)
    image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = (round((side - 224) / 2) for side in image.size)
    pixels = numpy.asarray(image.crop((left, top, left + 224, top + 224)), dtype=numpy.float32) / 255
    tensor = numpy.ascontiguousarray(((pixels - mean) / std).transpose(2, 0, 1))[None]
    logits = session.run(None, {name: tensor})[0][0]
    exponentials = numpy.exp(logits - logits.max())
    return (exponentials / exponentials.sum()).argsort()[::-1][:5].tolist()


classify()
for line in sys.stdin:
    question = json.loads(line)
    with ThreadPoolExecutor(question["threads"]) as pool:
        started = time.perf_counter()
        best = list(pool.map(classify, range(question["pictures"])))[0]
        print(json.dumps({"ms": (time.perf_counter() - started) * 1000, "best": best}), flush=True)

"""Compares the shipped int8 model in onnxruntime with the float model in torch, and writes down what to expect.

    python verify.py WORK SAMPLE

Reads WORK/{float,int8}.onnx, WORK/reference.npz, WORK/versions-torch.json, WORK/photos, WORK/stamps (may be missing) and
SAMPLE/{index_to_name.json,photos}; writes WORK/agreement.json and WORK/sample-expected.json.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy
import onnxruntime
from PIL import Image

from preprocessing import INPUT_NAME

CHANNEL_VALUES = 8


def softmax(logits):
    exponentials = numpy.exp(logits.astype(numpy.float64) - logits.max())
    return exponentials / exponentials.sum()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def compare(names, reference, whole, small):
    """How int8 agrees with float over some photos. Probabilities are those that each model gives the float top-1."""
    rows = []
    conversion = 0.0
    for name in names:
        tensor = reference[f'{name}/input']
        torch_logits = reference[f'{name}/logits']
        conversion = max(conversion, float(numpy.abs(whole.run(None, {INPUT_NAME: tensor})[0][0] - torch_logits).max()))
        expected = softmax(torch_logits)
        got = softmax(small.run(None, {INPUT_NAME: tensor})[0][0])
        best = int(expected.argmax())
        rows.append(
            {
                'photo': name,
                'class': best,
                'float': float(expected[best]),
                'int8': float(got[best]),
                'agrees': bool(got.argmax() == best),
                'topFiveShared': len(set(numpy.argsort(-expected)[:5]) & set(numpy.argsort(-got)[:5])),
            }
        )
    return {
        'photos': len(rows),
        'agreeing': sum(row['agrees'] for row in rows),
        'topFiveShared': sum(row['topFiveShared'] for row in rows) / len(rows),
        'largestChange': max(abs(row['float'] - row['int8']) for row in rows),
        'meanChange': sum(abs(row['float'] - row['int8']) for row in rows) / len(rows),
        'largestConversionError': conversion,
        'rows': rows,
    }


def expected_answer(photo, reference, small, labels):
    pixels = reference[f'{photo.name}/pixels']
    tensor = reference[f'{photo.name}/input']
    probabilities = softmax(small.run(None, {INPUT_NAME: tensor})[0][0])
    top = numpy.argsort(-probabilities, kind='stable')[:5]
    width, height = Image.open(photo).size
    flat = tensor.reshape(3, -1)
    return {
        'file': photo.name,
        'sha256': sha256(photo.read_bytes()),
        'width': width,
        'height': height,
        'pixelsSha256': sha256(pixels.tobytes()),
        'inputSha256': sha256(tensor.astype('<f4').tobytes()),
        'inputFirstValues': [[float(value) for value in channel[:CHANNEL_VALUES]] for channel in flat],
        'top5': [
            {'index': int(index), 'label': labels[str(index)], 'probability': float(probabilities[index])} for index in top
        ],
    }


def main(work, sample):
    whole = onnxruntime.InferenceSession(str(work / 'float.onnx'), providers=['CPUExecutionProvider'])
    small = onnxruntime.InferenceSession(str(work / 'int8.onnx'), providers=['CPUExecutionProvider'])
    reference = numpy.load(work / 'reference.npz')
    labels = json.loads((sample / 'index_to_name.json').read_text(encoding='utf-8'))
    versions = json.loads((work / 'versions-torch.json').read_text())
    versions['onnxruntime'] = onnxruntime.__version__

    agreement = {'versions': versions}
    for folder in ('photos', 'stamps'):
        if (work / folder).is_dir():
            names = sorted(path.name for path in (work / folder).iterdir())
            agreement[folder] = compare(names, reference, whole, small)
    (work / 'agreement.json').write_text(json.dumps(agreement, indent=2))

    expected = {
        'about': (
            'What onnxruntime in Python answers for the sample photos; written by scripts/make-sample. pixelsSha256: the RGB '
            'bytes after resize and crop, row by row. inputSha256: the input tensor as little-endian float32, NCHW. '
            'inputFirstValues: the first values of its channels R, G and B.'
        ),
        'versions': versions,
        'modelSha256': sha256((work / 'int8.onnx').read_bytes()),
        'photos': [
            expected_answer(photo, reference, small, labels)
            for photo in sorted((sample / 'photos').iterdir())
            if photo.suffix in ('.jpg', '.png')
        ],
    }
    (work / 'sample-expected.json').write_text(json.dumps(expected, indent=2, ensure_ascii=False) + '\n', encoding='utf-8')


if __name__ == '__main__':
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""The matrix's models and pictures, and what onnxruntime answers for them after Pillow and numpy have prepared a picture.

A line of JSON in, one out, by what the question holds:
- {"make": folder, "cases": [...]} writes NAME/NAME.onnx for each case, and the pictures, whose names are answered;
- {"model", "picture", "input", "output"} is answered with {"probabilities": one for each label};
- {"numbers", "output"} likewise, of a model's own numbers;
- {"script", "folder"} runs a Python script there, and is answered with what it printed.

It shares no line with the product's own Python: that is what it is compared with.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageOps

FILTERS = {
    'nearest': Image.Resampling.NEAREST,
    'bilinear': Image.Resampling.BILINEAR,
    'bicubic': Image.Resampling.BICUBIC,
    'lanczos': Image.Resampling.LANCZOS,
}
TYPES = {'float32': TensorProto.FLOAT, 'float16': TensorProto.FLOAT16, 'uint8': TensorProto.UINT8}
sessions = {}


def make_model(folder, case):
    """Means over small regions of the picture, then a matrix: another resize, crop, colour or mean changes every number."""
    takes, gives, name = case['input'], case['output'], case['name']
    channels = 1 if takes['colour'] == 'grey' else 3
    width, height, is_last = takes['width'], takes['height'], takes['layout'] == 'NHWC'
    random = numpy.random.default_rng(case['seed'])
    features = channels * (width // 4) * (height // 4)
    step = {'0..1': 1, '0..255': 255, '-1..1': 2}[takes['range']] / takes['std'][0]
    matrix = random.normal(0, 2 / (step * features**0.5), (features, gives['classes'])).astype(numpy.float32)
    bias = random.normal(0, 0.3, gives['classes']).astype(numpy.float32)
    nodes, last = [], takes['name']

    def then(operator, *more, **attributes):
        nonlocal last
        result = f'{operator.lower()}_{len(nodes)}'
        nodes.append(helper.make_node(operator, [last, *more], [result], **attributes))
        last = result

    if is_last:
        then('Transpose', perm=[0, 3, 1, 2])
    if takes['type'] != 'float32':
        then('Cast', to=TensorProto.FLOAT)
    then('AveragePool', kernel_shape=[2, 2], strides=[4, 4])
    then('Flatten')
    pooled = last
    then('Gemm', 'matrix', 'bias')
    if case['ending']:
        then(case['ending'], **({'axis': 1} if case['ending'] == 'Softmax' else {}))
    is_half = takes['type'] == 'float16'
    if is_half:
        then('Cast', to=TensorProto.FLOAT16)
    nodes.append(helper.make_node('Identity', [last], [gives['name']]))
    batch = 'N' if takes['batch'] == 'free' else takes['batch']
    shape = [batch, height, width, channels] if is_last else [batch, channels, height, width]
    kind = TensorProto.FLOAT16 if is_half else TensorProto.FLOAT
    outputs = [helper.make_tensor_value_info(gives['name'], kind, [batch, gives['classes']])]
    if case['twoOutputs']:
        outputs.insert(0, helper.make_tensor_value_info(pooled, TensorProto.FLOAT, [batch, features]))
    weights = [numpy_helper.from_array(matrix, 'matrix'), numpy_helper.from_array(bias, 'bias')]
    inputs = [helper.make_tensor_value_info(takes['name'], TYPES[takes['type']], shape)]
    graph = helper.make_graph(nodes, name, inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    (folder / name).mkdir()
    beside = {'save_as_external_data': True, 'location': f'{name}.onnx.data', 'size_threshold': 0}
    onnx.save_model(model, folder / name / f'{name}.onnx', **(beside if case['isExternal'] else {}))


def scene(width, height, seed):
    """Soft colours, hard edges and fine grain, all different in each corner."""
    random = numpy.random.default_rng(seed)
    coarse = random.integers(0, 256, (5, 6, 3), dtype=numpy.uint8)
    soft = numpy.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)).astype(int)
    for _ in range(12):
        left, top = random.integers(0, width), random.integers(0, height)
        soft[top : top + height // 5, left : left + width // 5] = random.integers(0, 256, 3)
    return Image.fromarray(numpy.clip(soft + random.integers(-25, 26, soft.shape), 0, 255).astype(numpy.uint8))


def make_pictures(folder):
    turned = Image.Exif()
    turned[0x0112] = 6
    scene(203, 131, 1).save(folder / 'wide.png')
    scene(120, 251, 2).save(folder / 'tall.jpg', quality=92)
    scene(173, 140, 3).save(folder / 'turned.jpg', quality=85, exif=turned)
    scene(90, 90, 4).convert('L').save(folder / 'grey.png')
    return sorted(str(file) for file in folder.iterdir() if file.is_file())


def tensor_of(picture, takes):
    picture = ImageOps.exif_transpose(Image.open(picture)).convert('RGB')
    resized = resize(picture.convert('L') if takes['colour'] == 'grey' else picture, takes)
    values = numpy.asarray(resized, dtype=numpy.float32).reshape(takes['height'], takes['width'], -1)
    if takes['colour'] == 'bgr':
        values = values[..., ::-1]
    if takes['range'] == '0..1':
        values = values / numpy.float32(255)
    elif takes['range'] == '-1..1':
        values = values / numpy.float32(127.5) - numpy.float32(1)
    values = (values - numpy.float32(takes['mean'])) / numpy.float32(takes['std'])
    if takes['layout'] == 'NCHW':
        values = numpy.moveaxis(values, -1, 0)
    values = numpy.ascontiguousarray(values, dtype=takes['type'])[numpy.newaxis]
    return values if takes['batch'] == 'free' else numpy.repeat(values, takes['batch'], axis=0)


def resize(picture, takes):
    how, by = takes['resize'], FILTERS[takes['interpolation']]
    want, have = (takes['width'], takes['height']), picture.size
    if how['method'] == 'exact':
        return picture.resize((how['width'], how['height']), by)
    if how['method'] == 'letterbox':
        scale = min(want[0] / have[0], want[1] / have[1])
        small = picture.resize([round(side * scale) for side in have], by)
        canvas = Image.new(picture.mode, want, how['fill'] if picture.mode == 'L' else (how['fill'],) * 3)
        # Half a pixel more goes to the right and below, as in Ultralytics' LetterBox.
        canvas.paste(small, tuple(round((side - inner) / 2 - 0.1) for side, inner in zip(want, small.size)))
        return canvas
    # torchvision's Resize(n) and CenterCrop.
    shorter, longer = min(have), max(have)
    sides = {shorter: how['length'], longer: int(how['length'] * longer / shorter)}
    large = picture.resize((sides[have[0]], sides[have[1]]), by)
    left, top = (int(round((side - inner) / 2.0)) for side, inner in zip(large.size, want))
    return large.crop((left, top, left + want[0], top + want[1]))


def answer_for(model, picture, takes, gives):
    if model not in sessions:
        sessions[model] = onnxruntime.InferenceSession(model, providers=['CPUExecutionProvider'])
    (rows,) = sessions[model].run([gives['name']], {takes['name']: tensor_of(picture, takes)})
    return probabilities(rows[0], gives)


def probabilities(numbers, gives):
    numbers = numpy.asarray(numbers, dtype=numpy.float64).ravel()
    if gives['activation'] == 'softmax':
        numbers = numpy.exp(numbers) / numpy.exp(numbers).sum()
    elif gives['activation'] == 'sigmoid':
        numbers = 1 / (1 + numpy.exp(-numbers))
    return [1 - numbers[0], numbers[0]] if gives['meaning'] == 'binary' else numbers.tolist()


def run(script, folder):
    printed = io.StringIO()
    os.chdir(folder)
    with contextlib.redirect_stdout(printed):
        exec(compile(script, 'copied.py', 'exec'), {'__name__': '__main__'})
    return printed.getvalue()


def reply(question):
    if 'make' in question:
        folder = Path(question['make'])
        for case in question['cases']:
            make_model(folder, case)
        return {'pictures': make_pictures(folder)}
    if 'script' in question:
        return {'printed': run(question['script'], question['folder'])}
    if 'numbers' in question:
        return {'probabilities': probabilities(question['numbers'], question['output'])}
    found = answer_for(question['model'], question['picture'], question['input'], question['output'])
    return {'probabilities': found}


def safely(question):
    """What a question raises is the answer to it, and the next one is answered."""
    try:
        return reply(question)
    except Exception as error:
        words = error.read().decode() if hasattr(error, 'read') else ''
        return {'error': f'{type(error).__name__}: {error} {words}'}


for line in sys.stdin:
    print(json.dumps(safely(json.loads(line)), default=float), flush=True)

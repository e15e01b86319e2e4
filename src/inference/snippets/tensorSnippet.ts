import type { ImageInput } from '../../contract/modelContract.ts';
import { preprocessingPython } from '../../contract/preprocessingPython.ts';
import type { TensorInput } from '../client/modelInput.ts';

/**
 * The part of the Python script that makes a tensor of an image: the steps of the generated handlers, in the same text.
 * Defines `body`, and writes it to `request.json`.
 * @param fileName as a Python literal
 */
export function tensorScript({ tensor, input }: TensorInput, fileName: string): string[] {
  return [
    'import io',
    '',
    'import numpy as np',
    'from PIL import Image, ImageOps',
    '',
    `steps = ${stepsLiteral(input)}`,
    '',
    '',
    preprocessingPython,
    '',
    `with open(${fileName}, "rb") as file:`,
    '    picture = open_picture(file.read())',
    'tensor = {',
    `    "name": ${JSON.stringify(tensor.name)},`,
    `    "shape": [${tensor.shape.join(', ')}],`,
    `    "datatype": ${JSON.stringify(tensor.datatype)},`,
    '    "data": prepare_picture(picture, steps).ravel().tolist(),',
    '}',
    'body = json.dumps({"inputs": [tensor]})',
    'with open("request.json", "w") as file:',
    '    file.write(body)',
  ];
}

/** JSON without `true`, `false` and `null` is Python. */
function stepsLiteral({
  colour,
  resize,
  interpolation,
  width,
  height,
  range,
  mean,
  std,
  layout,
  type,
}: ImageInput): string {
  return JSON.stringify({ colour, resize, interpolation, width, height, range, mean, std, layout, type }, null, 4);
}

import type { ImageInput } from '../../contract/modelContract.ts';
import { preprocessingPython } from '../../contract/preprocessingPython.ts';
import { goesAsBytes, type TensorInput } from '../client/modelInput.ts';

/**
 * The part of the Python script that makes a tensor of an image: the steps of the generated handlers, in the same text.
 * Defines `body` as bytes and `headers`, which say how they are to be read, and writes them to {@link requestFiles}.
 * @param fileName as a Python literal
 */
export function tensorScript(asked: TensorInput, fileName: string): string[] {
  const { tensor, input } = asked;
  const isBytes = goesAsBytes(asked);
  const files = requestFiles(asked);
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
    ...(isBytes ? ['data = prepare_picture(picture, steps).astype("<f2").tobytes()'] : []),
    'tensor = {',
    `    "name": ${JSON.stringify(tensor.name)},`,
    `    "shape": [${tensor.shape.join(', ')}],`,
    `    "datatype": ${JSON.stringify(tensor.datatype)},`,
    isBytes
      ? '    "parameters": {"binary_data_size": len(data)},'
      : '    "data": prepare_picture(picture, steps).ravel().tolist(),',
    '}',
    'text = json.dumps({"inputs": [tensor]}).encode()',
    ...(isBytes
      ? [
          'body = text + data',
          'headers = {',
          '    "Content-Type": "application/octet-stream",',
          '    "Inference-Header-Content-Length": str(len(text)),',
          '}',
        ]
      : ['body = text', 'headers = {"Content-Type": "application/json"}']),
    `with open("${files.body}", "wb") as file:`,
    '    file.write(body)',
    `with open("${files.headers}", "w") as file:`,
    '    file.writelines("%s: %s\\n" % header for header in headers.items())',
  ];
}

/** Where the script leaves the request, for curl. */
export function requestFiles(asked: TensorInput): { readonly body: string; readonly headers: string } {
  return { body: goesAsBytes(asked) ? 'request.bin' : 'request.json', headers: 'request.headers' };
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

import type { ImageInput } from '../../contract/modelContract.ts';
import { preprocessingPython } from '../../contract/preprocessingPython.ts';
import { copiesOf, goesAsBytes, type TensorInput } from '../client/modelInput.ts';

/** The parts of the Python script that make a tensor of an image: the steps of the generated handlers, in the same text. */
export interface TensorScript {
  /** Functions and the steps, once. */
  readonly setup: readonly string[];
  /** For each `file_name`: defines `body` as bytes and `headers`, which say how they are to be read, and writes them to {@link requestFiles}. */
  readonly perFile: readonly string[];
}

export function tensorScript(asked: TensorInput): TensorScript {
  const { tensor, input } = asked;
  const isBytes = goesAsBytes(asked);
  const files = requestFiles(asked);
  const copies = copiesOf(asked);
  const times = copies > 1 ? ` * ${copies}` : '';
  return {
    setup: [
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
    ],
    perFile: [
      'with open(file_name, "rb") as file:',
      '    picture = open_picture(file.read())',
      ...(copies > 1 ? [`# The model takes ${copies} pictures at once: the same one is sent as often.`] : []),
      ...(isBytes
        ? [`data = prepare_picture(picture, steps).astype("${numpyTypes[tensor.datatype] ?? '<f4'}").tobytes()${times}`]
        : []),
      'tensor = {',
      `    "name": ${JSON.stringify(tensor.name)},`,
      `    "shape": [${tensor.shape.join(', ')}],`,
      `    "datatype": ${JSON.stringify(tensor.datatype)},`,
      isBytes
        ? '    "parameters": {"binary_data_size": len(data)},'
        : `    "data": prepare_picture(picture, steps).ravel().tolist()${times},`,
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
    ],
  };
}

/** numpy's names for V2's datatypes, little-endian as V2 wants them. */
const numpyTypes: Readonly<Record<string, string>> = {
  FP16: '<f2',
  FP32: '<f4',
  FP64: '<f8',
  UINT8: 'u1',
  UINT16: '<u2',
  UINT32: '<u4',
  UINT64: '<u8',
  INT16: '<i2',
  INT32: '<i4',
  INT64: '<i8',
};

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

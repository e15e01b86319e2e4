import type { TensorInput } from '../client/modelInput.ts';

/**
 * The part of the Python script that makes a tensor of an image: Pillow's steps are those that we do, and torchvision's.
 * Defines `body`, and writes it to `request.json`.
 * @param fileName as a Python literal
 */
export function tensorScript({ tensor, preprocessing, values }: TensorInput, fileName: string): string[] {
  const { resize, crop, mean, std, layout } = preprocessing;
  const normalise =
    values === 'normalised'
      ? `pixels = (pixels / 255 - np.float32(${list(mean)})) / np.float32(${list(std)})`
      : `pixels = pixels.astype(int)`;
  return [
    'import numpy as np',
    'from PIL import Image',
    '',
    `image = Image.open(${fileName}).convert("RGB")`,
    'shorter = min(image.size)',
    `image = image.resize([${resize} * side // shorter for side in image.size], Image.BILINEAR)`,
    `left, top = [round((side - ${crop}) / 2) for side in image.size]`,
    `image = image.crop((left, top, left + ${crop}, top + ${crop}))`,
    'pixels = np.asarray(image, dtype=np.float32)',
    normalise,
    ...(layout === 'NCHW' ? ['pixels = pixels.transpose(2, 0, 1)'] : []),
    'tensor = {',
    `    "name": ${JSON.stringify(tensor.name)},`,
    `    "shape": [${tensor.shape.join(', ')}],`,
    `    "datatype": ${JSON.stringify(tensor.datatype)},`,
    '    "data": pixels.ravel().tolist(),',
    '}',
    'body = json.dumps({"inputs": [tensor]})',
    'with open("request.json", "w") as file:',
    '    file.write(body)',
  ];
}

function list(numbers: readonly number[]): string {
  return `[${numbers.join(', ')}]`;
}

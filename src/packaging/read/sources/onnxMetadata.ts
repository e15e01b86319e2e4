import type { Colour, ImageInput } from '../../../contract/modelContract.ts';
import { parsePython } from '../labels/pythonLiteral.ts';
import { said, type ContractSource } from './contractSource.ts';
import { timmInput } from './timm.ts';

/** Keys of the metadata under which people write their preprocessing, by the word of timm for the same thing. */
const keys: Readonly<Record<string, readonly string[]>> = {
  mean: ['mean', 'image_mean', 'norm_mean', 'input_mean'],
  std: ['std', 'image_std', 'norm_std', 'input_std'],
  interpolation: ['interpolation'],
  crop_pct: ['crop_pct'],
  crop_mode: ['crop_mode'],
  input_size: ['input_size'],
};
const colourKeys = ['colour', 'color', 'color_format', 'channel_order', 'color_space', 'input_format'];

/** Any ONNX file: what its author wrote into metadata and doc strings, for example `mean` and `std`. */
export const onnxMetadata: ContractSource = {
  title: 'ONNX metadata',
  read: ({ facts }) => {
    if (facts === undefined) return Promise.resolve([]);
    const { metadata, docs } = facts;
    const settings = Object.fromEntries(
      Object.entries(keys).flatMap(([word, names]) => {
        const text = names.map((name) => metadata[name]).find((found) => found !== undefined) ?? inDocs(docs, word);
        return text === undefined ? [] : [[word, literal(text)]];
      }),
    );
    const { resize, ...levels } = timmInput(settings);
    const input = said<ImageInput>({
      ...levels,
      colour: colourKeys.map((key) => colour(metadata[key])).find((found) => found !== undefined),
      resize: settings.crop_pct === undefined ? undefined : resize,
    });
    return Promise.resolve(Object.keys(input).length === 0 ? [] : [{ origin: { from: 'graph' }, input }]);
  },
};

/** `mean=[0.5, 0.5, 0.5]` in a description. */
function inDocs(docs: readonly string[], word: string): string | undefined {
  if (word !== 'mean' && word !== 'std') return undefined;
  const pattern = new RegExp(`\\b${word}\\s*[=:]\\s*([[(][\\d.,\\s]+[\\])])`, 'i');
  return docs.map((text) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
}

function literal(text: string): unknown {
  const plain = text.trim();
  if (/^[\d.]+(\s*,\s*[\d.]+)+$/.test(plain)) return plain.split(',').map(Number);
  return /^[\d.]+$/.test(plain) ? Number(plain) : (parsePython(plain) ?? plain);
}

function colour(text: string | undefined): Colour | undefined {
  const plain = text?.trim().toLowerCase();
  if (plain === 'rgb' || plain === 'bgr') return plain;
  return plain === 'gray' || plain === 'grey' || plain === 'grayscale' ? 'grey' : undefined;
}

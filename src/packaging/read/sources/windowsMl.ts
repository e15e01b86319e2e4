import { neutralLevels } from '../../../contract/completeContract.ts';
import type { Colour, ImageInput, ValueRange } from '../../../contract/modelContract.ts';
import { said, type ContractSource, type SourceReading } from './contractSource.ts';

const colours: Readonly<Record<string, Colour>> = { Bgr8: 'bgr', Rgb8: 'rgb', Gray8: 'grey' };
const ranges: Readonly<Record<string, ValueRange>> = {
  NominalRange_0_255: '0..255',
  Normalized_0_1: '0..1',
  Normalized_1_1: '-1..1',
};

/**
 * Windows ML and Custom Vision: the pixel format of the input as metadata of the graph, or in the `metadata_properties.json`
 * of a Custom Vision export.
 */
export const windowsMl: ContractSource = {
  title: 'Custom Vision and Windows ML',
  read: async ({ near, facts }) => {
    const readings: SourceReading[] = [];
    const graph = pixels(facts?.metadata ?? {});
    if (graph !== undefined) readings.push({ origin: { from: 'graph' }, input: graph });
    const properties = await near.json('metadata_properties.json');
    const file = properties && pixels(properties.value);
    if (file !== undefined) readings.push({ origin: { from: 'file', file: properties?.file ?? '' }, input: file });
    return readings;
  },
};

function pixels(properties: Readonly<Record<string, unknown>>): Partial<ImageInput> | undefined {
  const look = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => {
    const value = String(properties[key]);
    return Object.hasOwn(table, value) ? table[value] : undefined;
  };
  const colour = look(colours, 'Image.BitmapPixelFormat');
  const range = look(ranges, 'Image.NominalPixelRange');
  if (colour === undefined && range === undefined) return undefined;
  const levels = range === undefined ? {} : { range, ...neutralLevels(colour === 'grey' ? 1 : 3) };
  return said<ImageInput>({ colour, ...levels });
}

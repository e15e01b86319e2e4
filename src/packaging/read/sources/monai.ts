import { neutralLevels } from '../../../contract/completeContract.ts';
import type { Colour, ImageInput } from '../../../contract/modelContract.ts';
import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import { numbersOf, said, sideOf, type ContractSource } from './contractSource.ts';

/** MONAI bundle: `configs/metadata.json` describes the network's input and output under `network_data_format`. */
export const monai: ContractSource = {
  title: 'MONAI',
  read: async ({ near }) => {
    const metadata = await near.json('metadata.json');
    const format = metadata?.value.network_data_format;
    if (metadata === undefined || !isRecord(format)) return [];
    const image = first(format.inputs);
    const answer = first(format.outputs);
    const classes = isRecord(answer?.channel_def)
      ? Object.keys(answer.channel_def).length
      : sideOf(answer?.num_channels);
    return [
      {
        origin: { from: 'file', file: metadata.file },
        ...(image && { input: inputOf(image) }),
        ...(classes !== undefined && { output: { classes } }),
      },
    ];
  },
};

function first(named: unknown): JsonObject | undefined {
  return isRecord(named) ? Object.values(named).find(isRecord) : undefined;
}

function inputOf({
  num_channels: channels,
  spatial_shape: shape,
  value_range: values,
  format,
}: JsonObject): Partial<ImageInput> {
  const sides = Array.isArray(shape) && shape.length === 2 ? (shape as readonly unknown[]) : [];
  const range = ({ '0,1': '0..1', '0,255': '0..255', '-1,1': '-1..1' } as const)[numbersOf(values)?.join() ?? ''];
  return said<ImageInput>({
    colour: colourOf(channels, String(format)),
    height: sideOf(sides[0]),
    width: sideOf(sides[1]),
    ...(range !== undefined && { range, ...neutralLevels(channels === 1 ? 1 : 3) }),
  });
}

function colourOf(channels: unknown, format: string): Colour | undefined {
  if (channels === 1) return 'grey';
  return channels === 3 && /^(rgb|bgr)$/i.test(format) ? (format.toLowerCase() as Colour) : undefined;
}

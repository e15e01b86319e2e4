import { completeContract } from '../../../contract/completeContract.ts';
import type { ContractField, ImageInput, ModelContract } from '../../../contract/modelContract.ts';
import { messagesOf, textOf, textsOf, type TextMessage } from './readConfig.ts';
import { configFile } from './tritonRepository.ts';

const types: Readonly<Record<string, ImageInput['type']>> = {
  TYPE_FP32: 'float32',
  TYPE_FP16: 'float16',
  TYPE_UINT8: 'uint8',
};

/**
 * What a config.pbtxt that somebody else wrote says of the contract; the rest is assumed and marked. Undefined where its
 * model takes anything but one picture, or nobody says what it takes.
 * @param labels of the label file that it names
 */
export function contractOfConfig(
  config: TextMessage,
  labels: readonly string[] | undefined,
): ModelContract | undefined {
  const [input, second] = messagesOf(config, 'input');
  const outputs = messagesOf(config, 'output');
  if (input === undefined || second !== undefined) return undefined;
  const type = types[textOf(input, 'data_type') ?? ''];
  const dims = textsOf(input, 'dims').map(Number);
  const sides = sidesOf(dims.slice(-3));
  if (type === undefined || sides === undefined || dims.length < 3) return undefined;
  const output = outputs.find((one) => textOf(one, 'label_filename') !== undefined) ?? outputs[0];
  const name = textOf(input, 'name');
  const answer = output && textOf(output, 'name');
  const classes = output && textsOf(output, 'dims').map(Number).at(-1);
  const known = {
    input: { ...sides, type, ...(name !== undefined && { name }) },
    output: {
      ...(answer !== undefined && { name: answer }),
      ...(classes !== undefined && classes > 0 && { classes }),
      ...(labels && { labels }),
    },
  };
  const fields: readonly ContractField[] = [
    ...Object.keys(known.input).map((key) => `input.${key}` as ContractField),
    ...Object.keys(known.output).map((key) => `output.${key}` as ContractField),
  ];
  const origins = Object.fromEntries(fields.map((field) => [field, { from: 'file' as const, file: configFile }]));
  return completeContract({ ...known, origins });
}

function sidesOf(
  dims: readonly number[],
): Partial<Pick<ImageInput, 'layout' | 'width' | 'height' | 'colour'>> | undefined {
  const [first = 0, second = 0, third = 0] = dims;
  const isChannels = (size: number): boolean => size === 1 || size === 3;
  const layout = isChannels(first) ? 'NCHW' : isChannels(third) ? 'NHWC' : undefined;
  if (layout === undefined) return undefined;
  const [channels, height, width] = layout === 'NCHW' ? [first, second, third] : [third, first, second];
  return {
    layout,
    ...(channels === 1 && { colour: 'grey' as const }),
    ...(height > 0 && { height }),
    ...(width > 0 && { width }),
  };
}

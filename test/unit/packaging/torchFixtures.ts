import type { NamedTensor } from '../../../src/packaging/read/formats/stateDicts.ts';
import { torchZip } from './detectFixtures.ts';

const short = (value: string): string => `\x8c${String.fromCharCode(value.length)}${value}`;
const int = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return `J${bytes.toString('latin1')}`;
};
const global = (module: string, name: string): string => `c${module}\n${name}\n`;

/** Tensors by their key, as a pickle makes them: `_rebuild_tensor_v2(storage, 0, shape, (), False, OrderedDict())`. */
export function pickledDict(tensors: readonly NamedTensor[]): string {
  const items = tensors.map(({ key, shape }) => {
    const count = shape.reduce((product, side) => product * side, 1);
    const storage = `(${short('storage')}${global('torch', 'FloatStorage')}${short('0')}${short('cpu')}${int(count)}tQ`;
    return `${short(key)}${global('torch._utils', '_rebuild_tensor_v2')}(${storage}K\x00(${shape.map(int).join('')}t)\x89${global('collections', 'OrderedDict')})RtR`;
  });
  return `${global('collections', 'OrderedDict')})R(${items.join('')}u`;
}

/** A file of `torch.save(state_dict)`, without the numbers. */
export function stateDictFile(tensors: readonly NamedTensor[]): Buffer {
  return torchZip(Buffer.from(`\x80\x02${pickledDict(tensors)}.`, 'latin1'));
}

/** A checkpoint: text keys with what a pickle makes for them. */
export function checkpointFile(entries: Readonly<Record<string, string>>): Buffer {
  const items = Object.entries(entries).map(([key, value]) => short(key) + value);
  return torchZip(Buffer.from(`\x80\x02}(${items.join('')}u.`, 'latin1'));
}

/** An object of a class that is not PyTorch's. */
export const foreignObject = `${global('argparse', 'Namespace')})\x81`;

/** A safetensors file whose tensors have no numbers behind the header but zeros. */
export function safetensorsFile(tensors: readonly NamedTensor[]): Buffer {
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const { key, shape } of tensors) {
    const begin = end;
    end += 4 * shape.reduce((product, side) => product * side, 1);
    header[key] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(end)]);
}

import { crc32, deflateRawSync } from 'node:zlib';

/** Small files of each kind of weights, made byte by byte, so that no test needs Python or PyTorch. */

const text = (value: string): Buffer => Buffer.from(value, 'latin1');

/** A ZIP in memory. `deflate` compresses, as torch.save does not and an attacker may. */
export function zip(entries: readonly (readonly [name: string, content: Buffer])[], deflate = false): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const data = deflate ? deflateRawSync(content) : content;
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(deflate ? 8 : 0, 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    locals.push(text('PK\x03\x04'), facts, text(name), data);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(text('PK\x01\x02\x14\x00'), facts, tail, text(name));
    offset += 30 + name.length + data.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, listing, text('PK\x05\x06'), end]);
}

const short = (value: string): string => `\x8c${String.fromCharCode(value.length)}${value}`;
const global = (module: string, name: string): string => `c${module}\n${name}\n`;
const proto = '\x80\x02';

/** `torch._utils._rebuild_tensor_v2(storage, 0, (), (), False, OrderedDict())` with a storage by persistent id. */
const tensor = `${global('torch._utils', '_rebuild_tensor_v2')}((${short('storage')}${global('torch', 'FloatStorage')}${short('0')}${short('cpu')}K\x04tQK\x00))\x89}tR`;

const mapping = (items: readonly (readonly [string, string])[]): string =>
  `${global('collections', 'OrderedDict')})R(${items.map(([key, value]) => short(key) + value).join('')}u`;

/** Pickles, as the bytes of `data.pkl`. */
export const pickles = {
  stateDict: text(
    `${proto}${mapping([
      ['conv.weight', tensor],
      ['conv.bias', tensor],
    ])}.`,
  ),
  checkpoint: text(`${proto}}(${short('epoch')}K\x03${short('model')}${mapping([['w', tensor]])}u.`),
  wholeModule: text(`${proto}${global('torchvision.models.resnet', 'ResNet')})\x81}(${short('w')}${tensor}ub.`),
  mainModule: text(`${proto}${global('__main__', 'Net')})\x81}b.`),
  namespaceInside: text(
    `${proto}${mapping([
      ['w', tensor],
      ['args', `${global('argparse', 'Namespace')})\x81`],
    ])}.`,
  ),
  tensor: text(`${proto}${tensor}.`),
  list: text(`${proto}](K\x01K\x02e.`),
  /** A module of TorchScript: its class is inside the file. */
  torchScript: text(`${proto}${global('__torch__.Net', 'Net')})\x81}b.`),
} as const;

/** `module.name('x')` in each way in which a pickle can look a name up. */
export const hostilePickles: Readonly<Record<string, { readonly bytes: Buffer; readonly names: RegExp }>> = {
  'GLOBAL, posix': { bytes: text(`${global('posix', 'system')}(S'true'\ntR.`), names: /^posix\.system$/ },
  'GLOBAL, Windows': { bytes: text(`${proto}${global('nt', 'system')}${short('x')}\x85R.`), names: /^nt\.system$/ },
  'GLOBAL, os': { bytes: text(`${proto}${global('os', 'popen')}${short('x')}\x85R.`), names: /^os\.popen$/ },
  subprocess: { bytes: text(`${proto}${global('subprocess', 'Popen')}${short('x')}\x85R.`), names: /subprocess/ },
  'eval of Python 2': { bytes: text(`${global('__builtin__', 'eval')}(S'1'\ntR.`), names: /^builtins\.eval$/ },
  'exec of Python 3': {
    bytes: text(`${proto}${global('builtins', 'exec')}${short('x')}\x85R.`),
    names: /^builtins\.exec$/,
  },
  __import__: { bytes: text(`${proto}${global('builtins', '__import__')}${short('x')}\x85R.`), names: /__import__/ },
  getattr: { bytes: text(`${proto}${global('builtins', 'getattr')}${short('x')}\x85R.`), names: /getattr/ },
  runpy: { bytes: text(`${proto}${global('runpy', '_run_code')}${short('x')}\x85R.`), names: /runpy/ },
  socket: { bytes: text(`${proto}${global('socket', 'create_connection')}${short('x')}\x85R.`), names: /socket/ },
  webbrowser: { bytes: text(`${proto}${global('webbrowser', 'open')}${short('x')}\x85R.`), names: /webbrowser/ },
  'INST, protocol 0': { bytes: text(`(S'true'\niposix\nsystem\n.`), names: /^posix\.system$/ },
  'OBJ, protocol 1': { bytes: text(`(${global('posix', 'system')}S'true'\no.`), names: /^posix\.system$/ },
  STACK_GLOBAL: {
    bytes: text(`\x80\x04${short('posix')}${short('system')}\x93${short('x')}\x85R.`),
    names: /^posix\.system$/,
  },
  'STACK_GLOBAL from the memo': {
    bytes: text(`\x80\x04${short('posix')}\x940${short('system')}\x940h\x00h\x01\x93${short('x')}\x85R.`),
    names: /^posix\.system$/,
  },
  'STACK_GLOBAL of a computed name': {
    bytes: text(`\x80\x04${short('a')}](K\x01e\x93${short('x')}\x85R.`),
    names: /computes/,
  },
  'a name spelt with escapes': { bytes: text(`\x80\x04V\\u0070osix\n${short('system')}\x93)R.`), names: /computes/ },
  'a number of the extension registry': { bytes: text(`${proto}\x82\x01)R.`), names: /computes/ },
  'through the dots of a harmless module': {
    bytes: text(`\x80\x04${short('torch')}${short('serialization.os.system')}\x93${short('x')}\x85R.`),
    names: /os\.system/,
  },
  'before a broken end': {
    bytes: text(`${proto}${global('posix', 'system')}${short('x')}\x85R\xff\xff`),
    names: /^posix\.system$/,
  },
  'inside a state_dict': {
    bytes: text(
      `${proto}${mapping([
        ['w', tensor],
        ['x', `${global('posix', 'system')}${short('x')}\x85R`],
      ])}.`,
    ),
    names: /^posix\.system$/,
  },
  'dropped after the call': {
    bytes: text(`${proto}${global('posix', 'system')}${short('x')}\x85R0${mapping([['w', tensor]])}.`),
    names: /^posix\.system$/,
  },
};

/** A file of `torch.save` around a pickle. */
export function torchZip(pickle: Buffer, deflate = false): Buffer {
  return zip(
    [
      ['net/data.pkl', pickle],
      ['net/data/0', Buffer.alloc(16)],
      ['net/version', text('3\n')],
    ],
    deflate,
  );
}

export function torchScriptZip(pickle: Buffer = pickles.torchScript): Buffer {
  const constants = text(`${proto}).`);
  return zip([
    ['net/data.pkl', pickle],
    ['net/code/__torch__.py', text('class Net(Module): pass\n')],
    ['net/constants.pkl', constants],
  ]);
}

/** A file of `torch.save` before it wrote ZIPs: five pickles, then the numbers. */
export function legacyTorch(pickle: Buffer): Buffer {
  const magic = Buffer.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]);
  const version = text(`${proto}M\xe9\x03.`);
  const system = text(`${proto}}(${short('little_endian')}\x88u.`);
  const keys = text(`${proto}](${short('0')}e.`);
  return Buffer.concat([magic, version, system, pickle, keys, Buffer.alloc(8 + 16, 0xc3)]);
}

// Protobuf, as far as ONNX needs it.
const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
};
const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
};
const name = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));

export interface OnnxOptions {
  readonly input?: readonly (number | string)[];
  readonly output?: readonly (number | string)[];
  readonly inputName?: string;
  readonly lastOperator?: string;
  /** Lists the weights among the inputs, as exporters did before IR version 4. */
  readonly weightsAsInputs?: boolean;
  readonly externalFile?: string;
  /** How far into that file the graph reads. */
  readonly externalBytes?: number;
  readonly secondInput?: boolean;
  readonly weightBytes?: number;
  readonly irVersion?: number;
  readonly opset?: number;
}

/** An ONNX graph with one node and one initializer. */
export function onnx(options: OnnxOptions = {}): Buffer {
  const { input = ['batch', 3, 224, 224], output = ['batch', 3], inputName = 'image' } = options;
  const value = (field: number, title: string, shape: readonly (number | string)[]): Buffer => {
    const dimensions = shape.map((size) => bytes(1, typeof size === 'number' ? number(1, size) : name(2, size)));
    return bytes(field, name(1, title), bytes(2, bytes(1, number(1, 1), bytes(2, ...dimensions))));
  };
  const external = options.externalFile;
  const initializer = bytes(
    5,
    number(1, 4),
    number(2, 1),
    name(8, 'weight'),
    ...(external === undefined
      ? [bytes(9, Buffer.alloc(options.weightBytes ?? 16))]
      : [
          bytes(13, name(1, 'location'), name(2, external)),
          bytes(13, name(1, 'length'), name(2, String(options.externalBytes ?? 0))),
          number(14, 1),
        ]),
  );
  const graph = bytes(
    7,
    bytes(1, name(1, inputName), name(1, 'weight'), name(2, 'scores'), name(4, options.lastOperator ?? 'Gemm')),
    name(2, 'net'),
    initializer,
    ...(options.weightsAsInputs === true ? [value(11, 'weight', [4])] : []),
    value(11, inputName, input),
    ...(options.secondInput === true ? [value(11, 'mask', ['batch', 1])] : []),
    value(12, 'scores', output),
  );
  const { irVersion = 8, opset = 17 } = options;
  const opsets = [bytes(8, name(1, 'ai.onnx.ml'), number(2, 3)), bytes(8, number(2, opset))];
  return Buffer.concat([number(1, irVersion), graph, ...opsets]);
}

/** A safetensors file with one tensor of `size` bytes. */
export function safetensors(size = 16): Buffer {
  const header = Buffer.from(
    JSON.stringify({ __metadata__: {}, w: { dtype: 'F32', shape: [size / 4], data_offsets: [0, size] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(size)]);
}

/** What lies in the place of a file of so many bytes that git-lfs has not fetched. */
export function lfsPointer(size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize ${size}\n`;
}

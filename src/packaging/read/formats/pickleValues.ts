/** A name that a pickle looks up in a Python module: what it can call, when it is loaded. */
export interface PickleGlobal {
  readonly module: string;
  readonly name: string;
}

/** What a pickle would build, as far as it tells the kind of the file. Nothing is ever built. */
export type PickleValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'global'; readonly global: PickleGlobal }
  /** A dict or OrderedDict, by its text keys. */
  | { readonly kind: 'mapping'; readonly entries: Map<string, PickleValue>; otherKeys: number }
  /** The result of calling a global; for PyTorch's rebuilding functions with the tensor that it would be. */
  | { readonly kind: 'instance'; readonly of: PickleGlobal; readonly tensor?: TensorFacts }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'tuple'; readonly items: readonly PickleValue[] }
  | { readonly kind: 'storage'; readonly storage: PickleStorage }
  | { readonly kind: 'other' };

/** Numbers of a tensor that the pickle only names: `torch.save` writes them behind it. */
export interface PickleStorage {
  /** Name of the storage's class, for example `FloatStorage`. */
  readonly type: string;
  /** Number of elements. */
  readonly count: number;
}

/** What is known of a tensor without its numbers. */
export interface TensorFacts {
  readonly shape: readonly number[];
  /** As PyTorch names it: `float32`, `bfloat16`, `int64` … */
  readonly type: string;
}

export const other: PickleValue = { kind: 'other' };

/** A tensor's rebuilding function has up to eight arguments, and a tensor rarely more dimensions. */
const longestTuple = 8;

export function emptyMapping(): PickleValue {
  return { kind: 'mapping', entries: new Map(), otherKeys: 0 };
}

/** Tuples name storages, shapes and arguments. They are short; a longer one, and dicts in one, would be kept for nothing. */
export function shallowTuple(items: readonly PickleValue[]): PickleValue {
  if (items.length > longestTuple) return other;
  return { kind: 'tuple', items: items.map((item) => (item.kind === 'mapping' ? other : item)) };
}

/** `('storage', class, key, place, count)` with more behind it, as `torch.save` names storages. */
export function storageOf(id: PickleValue): { readonly key: string; readonly storage: PickleStorage } | undefined {
  if (id.kind !== 'tuple') return undefined;
  const [what, type, key, , count] = id.items;
  const isStorage = what?.kind === 'text' && what.text === 'storage';
  if (!isStorage || type?.kind !== 'global' || key?.kind !== 'text' || count?.kind !== 'number') return undefined;
  return { key: key.text, storage: { type: type.global.name, count: count.value } };
}

/** What calling `callee` with a tuple of arguments would give. */
export function called(callee: PickleValue, given: PickleValue = other): PickleValue {
  if (callee.kind !== 'global') return other;
  const { module, name } = callee.global;
  if (module === 'collections' && name === 'OrderedDict') return emptyMapping();
  const tensor = given.kind === 'tuple' ? rebuilt(callee.global, given.items) : undefined;
  return { kind: 'instance', of: callee.global, ...(tensor && { tensor }) };
}

/** The tensor that one of PyTorch's rebuilding functions would give for these arguments. */
function rebuilt({ module, name }: PickleGlobal, items: readonly PickleValue[]): TensorFacts | undefined {
  const [first, , third] = items;
  if (module === 'torch._tensor' && name === '_rebuild_from_type_v2' && first !== undefined) {
    const inner = called(first, third);
    return inner.kind === 'instance' ? inner.tensor : undefined;
  }
  if (module !== 'torch._utils') return undefined;
  // A parameter is rebuilt from its tensor, a tensor from storage, offset, size and stride.
  if (/^_rebuild_parameter/.test(name)) return first?.kind === 'instance' ? first.tensor : undefined;
  if (!/^_rebuild_q?tensor/.test(name) || first?.kind !== 'storage' || third?.kind !== 'tuple') return undefined;
  const shape = third.items.map((item) => (item.kind === 'number' ? item.value : Number.NaN));
  if (shape.some((side) => !Number.isSafeInteger(side) || side < 0)) return undefined;
  return { shape, type: typeOfStorage(first.storage.type) };
}

const storageTypes: Readonly<Record<string, string>> = {
  Float: 'float32',
  Double: 'float64',
  Half: 'float16',
  BFloat16: 'bfloat16',
  Byte: 'uint8',
  Char: 'int8',
  Short: 'int16',
  Int: 'int32',
  Long: 'int64',
  Bool: 'bool',
};

function typeOfStorage(storage: string): string {
  const plain = storage.replace(/Storage$/, '');
  return storageTypes[plain] ?? plain.toLowerCase();
}

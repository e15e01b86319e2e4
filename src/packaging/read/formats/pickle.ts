import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { CutOff, type ByteStream } from './byteStream.ts';
import {
  called,
  emptyMapping,
  other,
  shallowTuple,
  storageOf,
  type PickleGlobal,
  type PickleStorage,
  type PickleValue,
} from './pickleValues.ts';

export type { PickleGlobal, PickleStorage, PickleValue } from './pickleValues.ts';

export interface PickleWalk {
  /** Each once, in the order in which they are looked up. */
  readonly globals: readonly PickleGlobal[];
  /** By their key, as persistent ids name them. */
  readonly storages: ReadonlyMap<string, PickleStorage>;
  /** What the pickle stands for; missing when its end was not reached. */
  readonly root?: PickleValue;
  /** Why the walk ended before the pickle's end. The globals before that would have been looked up all the same. */
  readonly problem?: string;
}

/** The name of a global that is computed while the pickle is loaded, so that nobody can read it off. */
export const computedName = '(a name that it computes)';

// A real file stays far below these; one made to exhaust memory does not.
const longestText = 4096;
const longestLine = 64 * 1024;
const mostValues = 1_000_000;
const mostTupleItems = 4_000_000;
const mostText = 64 * 1024 * 1024;
/** What a short text costs in memory, in bytes. */
const textOverhead = 32;

type Slot = PickleValue | 'mark';

/** Opcodes that push a value of no interest, with the bytes of their argument. */
const constants: Readonly<Record<number, number>> = {
  [0x47]: 8, // BINFLOAT
  [0x4e]: 0, // NONE
  [0x88]: 0, // NEWTRUE
  [0x89]: 0, // NEWFALSE
  [0x5d]: 0, // EMPTY_LIST
  [0x8f]: 0, // EMPTY_SET
  [0x97]: 0, // NEXT_BUFFER
};

/** Opcodes with a counted payload: the bytes of the count, and whether the payload is text. */
const counted: Readonly<Record<number, { readonly width: 1 | 4 | 8; readonly text: boolean }>> = {
  [0x54]: { width: 4, text: true }, // BINSTRING
  [0x55]: { width: 1, text: true }, // SHORT_BINSTRING
  [0x58]: { width: 4, text: true }, // BINUNICODE
  [0x8c]: { width: 1, text: true }, // SHORT_BINUNICODE
  [0x8d]: { width: 8, text: true }, // BINUNICODE8
  [0x42]: { width: 4, text: false }, // BINBYTES
  [0x43]: { width: 1, text: false }, // SHORT_BINBYTES
  [0x8e]: { width: 8, text: false }, // BINBYTES8
  [0x96]: { width: 8, text: false }, // BYTEARRAY8
  [0x8a]: { width: 1, text: false }, // LONG1
  [0x8b]: { width: 4, text: false }, // LONG4
};

/**
 * Walks the opcodes of one pickle (protocols 0 to 5, Python's `pickletools`) with a stack of symbols instead of objects,
 * so that nothing is imported, called or built. Stops behind the pickle's STOP.
 *
 * @throws ModelDeckError `cancelled`
 */
export async function walkPickle(stream: ByteStream, task: Task = {}): Promise<PickleWalk> {
  const walker = new Walker(stream);
  try {
    for (let count = 0; ; count += 1) {
      if (count % 10_000 === 0) throwIfCancelled(task);
      // No fixed argument is longer than 8 bytes: after this, only lines and payloads have to wait.
      if (!stream.has(9)) await stream.fill(9);
      const step = walker.step();
      const root = step instanceof Promise ? await step : step;
      if (root !== undefined) return { globals: walker.globals, storages: walker.storages, root };
    }
  } catch (error) {
    throwIfCancelled(task);
    const problem = error instanceof Error ? error.message : String(error);
    return { globals: walker.globals, storages: walker.storages, problem };
  }
}

class Walker {
  readonly globals: PickleGlobal[] = [];
  readonly storages = new Map<string, PickleStorage>();
  private readonly seen = new Set<string>();
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private kept = 0;
  private entries = 0;
  private tupleItems = 0;

  constructor(private readonly stream: ByteStream) {}

  /** One opcode. Gives the root at STOP; a promise only where it may have to wait for bytes, as most opcodes do not. */
  step(): PickleValue | undefined | Promise<undefined> {
    const opcode = this.number(1);
    const width = constants[opcode];
    if (width !== undefined) {
      this.stream.take(width);
      this.push(other);
      return undefined;
    }
    const payload = counted[opcode];
    if (payload !== undefined) return this.payload(this.number(payload.width), payload.text);
    if (opcode === 0x2e) return this.pop();
    return this.stackOperation(opcode) ? undefined : this.lineOperation(opcode);
  }

  /** Opcodes that need the stack and fixed arguments only. */
  private stackOperation(opcode: number): boolean {
    switch (opcode) {
      case 0x28: // MARK
        this.pushSlot('mark');
        return true;
      case 0x30: // POP
        if (this.stack.pop() === undefined) throw new Error('it takes from an empty stack');
        return true;
      case 0x31: // POP_MARK
        this.popToMark();
        return true;
      case 0x32: // DUP
        this.push(this.top());
        return true;
      case 0x4a: // BININT
        this.push({ kind: 'number', value: this.stream.take(4).readInt32LE() });
        return true;
      case 0x4b: // BININT1
        this.push({ kind: 'number', value: this.number(1) });
        return true;
      case 0x4d: // BININT2
        this.push({ kind: 'number', value: this.stream.take(2).readUInt16LE() });
        return true;
      case 0x80: // PROTO
        this.stream.take(1);
        return true;
      case 0x95: // FRAME
        this.stream.take(8);
        return true;
      case 0x98: // READONLY_BUFFER
        this.top();
        return true;
      default:
        return this.callOperation(opcode) || this.containerOperation(opcode) || this.memoOperation(opcode);
    }
  }

  /** Opcodes that call something. */
  private callOperation(opcode: number): boolean {
    switch (opcode) {
      case 0x51: // BINPERSID
        this.storage(this.pop());
        return true;
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const given = this.pop();
        this.push(called(this.pop(), given));
        return true;
      }
      case 0x92: // NEWOBJ_EX
        this.pop();
        this.pop();
        this.push(called(this.pop()));
        return true;
      case 0x6f: {
        // OBJ
        const [callee] = this.popToMark();
        this.push(called(callee ?? other));
        return true;
      }
      case 0x62: // BUILD
        this.pop();
        this.top();
        return true;
      default:
        return false;
    }
  }

  /** Opcodes that make or fill lists, tuples, sets and dicts. */
  private containerOperation(opcode: number): boolean {
    switch (opcode) {
      case 0x61: // APPEND
        this.pop();
        this.top();
        return true;
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        this.popToMark();
        this.top();
        return true;
      case 0x73: {
        // SETITEM
        const value = this.pop();
        this.setItems([this.pop(), value]);
        return true;
      }
      case 0x75: // SETITEMS
        this.setItems(this.popToMark());
        return true;
      case 0x7d: // EMPTY_DICT
        this.push(emptyMapping());
        return true;
      case 0x64: {
        // DICT
        const items = this.popToMark();
        this.push(emptyMapping());
        this.setItems(items);
        return true;
      }
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        this.popToMark();
        this.push(other);
        return true;
      case 0x29: // EMPTY_TUPLE
        this.tuple([]);
        return true;
      case 0x74: // TUPLE
        this.tuple(this.popToMark());
        return true;
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        this.tuple(Array.from({ length: opcode - 0x84 }, () => this.pop()).reverse());
        return true;
      default:
        return false;
    }
  }

  private memoOperation(opcode: number): boolean {
    switch (opcode) {
      case 0x68: // BINGET
        this.push(this.remembered(this.number(1)));
        return true;
      case 0x6a: // LONG_BINGET
        this.push(this.remembered(this.number(4)));
        return true;
      case 0x71: // BINPUT
        this.remember(this.number(1));
        return true;
      case 0x72: // LONG_BINPUT
        this.remember(this.number(4));
        return true;
      case 0x94: // MEMOIZE
        this.remember(this.memo.size);
        return true;
      case 0x93: {
        // STACK_GLOBAL
        const name = this.pop();
        const module = this.pop();
        const readable = name.kind === 'text' && module.kind === 'text';
        this.global(readable ? module.text : '', readable ? name.text : computedName);
        return true;
      }
      case 0x82: // EXT1, EXT2, EXT4: a number that only the loading process can turn into a name
      case 0x83:
      case 0x84:
        this.stream.take(opcode === 0x82 ? 1 : opcode === 0x83 ? 2 : 4);
        this.global('', computedName);
        return true;
      default:
        return false;
    }
  }

  /** Opcodes whose arguments are lines of text: protocol 0, and GLOBAL. */
  private async lineOperation(opcode: number): Promise<undefined> {
    const line = (): Promise<string> => this.stream.line(longestLine);
    switch (opcode) {
      case 0x46: // FLOAT
      case 0x49: // INT
      case 0x4c: // LONG
      case 0x50: // PERSID
        await line();
        this.push(other);
        return undefined;
      case 0x53: // STRING
      case 0x56: {
        // UNICODE
        const text = await line();
        const bare = opcode === 0x53 ? text.trim().slice(1, -1) : text;
        // An escape could spell a name that we do not see.
        this.push(bare.includes('\\') ? other : this.text(bare));
        return undefined;
      }
      case 0x63: // GLOBAL
        this.global(await line(), await line());
        return undefined;
      case 0x69: {
        // INST
        this.global(await line(), await line());
        const callee = this.pop();
        this.popToMark();
        this.push(called(callee));
        return undefined;
      }
      case 0x67: // GET
        this.push(this.remembered(Number(await line())));
        return undefined;
      case 0x70: // PUT
        this.remember(Number(await line()));
        return undefined;
      default:
        throw new Error(`byte ${this.stream.position - 1} is no pickle opcode (0x${opcode.toString(16)})`);
    }
  }

  private async payload(length: number, isText: boolean): Promise<undefined> {
    if (!isText || length > longestText) {
      await this.stream.skip(length);
      this.push(other);
      return undefined;
    }
    if (!this.stream.has(length)) await this.stream.fill(length);
    this.push(this.text(this.stream.take(length).toString('utf8')));
    return undefined;
  }

  private text(text: string): PickleValue {
    this.kept += text.length + textOverhead;
    if (this.kept > mostText) throw new Error('it holds too much text to be looked through');
    return { kind: 'text', text };
  }

  private global(module: string, name: string): void {
    const global = { module, name };
    const key = `${module}\n${name}`;
    if (!this.seen.has(key)) {
      this.seen.add(key);
      this.globals.push(global);
      this.text(key);
    }
    this.push({ kind: 'global', global });
  }

  private number(width: 1 | 4 | 8): number {
    const bytes = this.stream.take(width);
    if (width === 1) return bytes.readUInt8();
    if (width === 4) return bytes.readUInt32LE();
    const long = bytes.readBigUInt64LE();
    if (long > BigInt(Number.MAX_SAFE_INTEGER)) throw new CutOff();
    return Number(long);
  }

  private push(value: PickleValue): void {
    this.pushSlot(value);
  }

  private pushSlot(slot: Slot): void {
    if (this.stack.length > mostValues) throw new Error('it stacks too many values to be looked through');
    this.stack.push(slot);
  }

  private pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === 'mark') throw new Error('it takes from an empty stack');
    return value;
  }

  private top(): PickleValue {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  private tuple(items: readonly PickleValue[]): void {
    const value = shallowTuple(items);
    if (value.kind === 'tuple') this.tupleItems += items.length;
    if (this.tupleItems > mostTupleItems) throw new Error('it has too many tuples to be looked through');
    this.push(value);
  }

  /** A persistent id: `torch.save` names storages by them. */
  private storage(id: PickleValue): void {
    const found = storageOf(id);
    if (found !== undefined) this.storages.set(found.key, found.storage);
    this.push(found === undefined ? other : { kind: 'storage', storage: found.storage });
  }

  private popToMark(): PickleValue[] {
    const values: PickleValue[] = [];
    for (;;) {
      const value = this.stack.pop();
      if (value === undefined) throw new Error('it looks for a mark that is not there');
      if (value === 'mark') return values.reverse();
      values.push(value);
    }
  }

  private setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    if (target.kind !== 'mapping') return;
    for (let index = 0; index + 1 < items.length; index += 2) {
      const key = items[index];
      const value = items[index + 1];
      if (key?.kind === 'text' && value !== undefined) target.entries.set(key.text, value);
      else target.otherKeys += 1;
      this.entries += 1;
      if (this.entries > mostValues) throw new Error('it has too many keys to be looked through');
    }
  }

  private remember(key: number): void {
    if (this.memo.size > mostValues) throw new Error('it remembers too many values to be looked through');
    this.memo.set(key, this.top());
  }

  private remembered(key: number): PickleValue {
    const value = this.memo.get(key);
    if (value === undefined) throw new Error('it recalls a value that it never kept');
    return value;
  }
}

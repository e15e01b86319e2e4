import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import { CutOff } from './byteStream.ts';
import type { ByteSource } from './fileReader.ts';

/** The bytes are no protobuf message, or one with a part that cannot be. */
export class NotProtobuf extends Error {}

/** One field of a message. */
export interface Field {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 bytes with a length, 5 four bytes. */
  readonly wire: number;
  /** Of a varint, as a signed number. */
  readonly value: number;
  /** Where the bytes of any other field lie. */
  readonly start: number;
  readonly end: number;
}

/** Names and shapes are short; a longer one was made to exhaust memory. */
const longestText = 1 << 20;

/** Walks through the messages of a protobuf file, field by field; what is not asked for is passed over without reading it. */
export class Protobuf {
  constructor(
    private readonly source: ByteSource,
    private readonly task: Task = {},
  ) {}

  /** The whole of the source as one message. */
  get whole(): Pick<Field, 'start' | 'end'> {
    return { start: 0, end: this.source.size };
  }

  /** The fields of a message. @throws CutOff, NotProtobuf */
  async *fields({ start, end }: Pick<Field, 'start' | 'end'>): AsyncGenerator<Field> {
    let at = start;
    while (at < end) {
      throwIfCancelled(this.task);
      const [tag, afterTag] = await this.varint(at, end);
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (number <= 0 || wire === 3 || wire === 4 || wire > 5) throw new NotProtobuf('it is no protobuf message');
      const [value, afterValue] = wire === 0 || wire === 2 ? await this.varint(afterTag, end) : [0, afterTag];
      const length = wire === 2 ? value : wire === 1 ? 8 : wire === 5 ? 4 : 0;
      if (length < 0) throw new NotProtobuf('it is no protobuf message');
      at = afterValue + length;
      if (at > end) {
        throw end === this.source.size ? new CutOff() : new NotProtobuf('a message of it is longer than its parent');
      }
      yield { number, wire, value, start: afterValue, end: at };
    }
  }

  async text(field: Field): Promise<string> {
    if (field.wire !== 2) throw new NotProtobuf('a name of it is no text');
    if (field.end - field.start > longestText) throw new NotProtobuf('a name of it is too long');
    return (await this.bytes(field)).toString('utf8');
  }

  /** @param most bytes that are read, from the field's start */
  async bytes({ start, end }: Field, most = Infinity): Promise<Buffer> {
    return this.source.read(start, Math.min(end - start, most));
  }

  /** Whole numbers of a repeated field, whether packed or one at a time. */
  async integers(field: Field): Promise<readonly number[]> {
    if (field.wire === 0) return [field.value];
    const values: number[] = [];
    for (let at = field.start; at < field.end;) {
      const [value, after] = await this.varint(at, field.end);
      values.push(value);
      at = after;
    }
    return values;
  }

  /** 32-bit floats of a repeated field, or 64-bit ones where `wide`. */
  async floats(field: Field, wide = false): Promise<readonly number[]> {
    const bytes = await this.bytes(field);
    const step = wide ? 8 : 4;
    return Array.from({ length: Math.floor(bytes.length / step) }, (_, index) =>
      wide ? bytes.readDoubleLE(index * step) : bytes.readFloatLE(index * step),
    );
  }

  /** A varint and the offset behind it. Numbers above 2^53 lose their last digits, which no field here needs. */
  private async varint(at: number, end: number): Promise<readonly [number, number]> {
    const bytes = await this.source.read(at, Math.min(10, Math.max(0, end - at)));
    let value = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return [index < 9 ? value : negative(bytes), at + index + 1];
    }
    throw bytes.length < 10 && end === this.source.size ? new CutOff() : new NotProtobuf('it is no protobuf message');
  }
}

/** Ten bytes hold a negative number, whose digits a double would lose. */
function negative(bytes: Buffer): number {
  let value = 0n;
  for (const [index, byte] of bytes.entries()) value |= BigInt(byte & 0x7f) << BigInt(7 * index);
  return Number(BigInt.asIntN(64, value));
}

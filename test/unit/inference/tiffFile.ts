/** One page of a TIFF file: values by tag. `pixels` are laid into strips or tiles as the tags say. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly sampleFormat?: number;
  readonly photometric: number;
  /** Interleaved samples in the file's type. */
  readonly pixels: Uint8Array | Uint16Array | Int16Array | Float32Array;
  /** Side of square tiles in separate planes; one strip of interleaved samples when left out. */
  readonly planarTile?: number;
  /** By TIFF's numbers; the bytes stay as they are. */
  readonly compression?: number;
  /** Further tags: SHORT values. */
  readonly shorts?: Readonly<Record<number, readonly number[]>>;
}

/** Writes a little-endian TIFF, uncompressed: the kinds that image libraries do not write. */
export function tiffFile(...pages: readonly TiffPage[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0', 'latin1')];
  let length = 8;
  const put = (part: Buffer): number => {
    const place = length;
    const padded = part.length % 2 === 0 ? part : Buffer.concat([part, Buffer.alloc(1)]);
    parts.push(padded);
    length += padded.length;
    return place;
  };
  const links: { part: Buffer; place: number }[] = [{ part: parts[0] as Buffer, place: 4 }];
  for (const page of pages) {
    const chunks = page.planarTile === undefined ? [bytesOf(page.pixels)] : tilesOf(page, page.planarTile);
    const offsets = chunks.map(put);
    const directory = directoryOf(
      page,
      offsets,
      chunks.map((chunk) => chunk.length),
      put,
    );
    const link = links.at(-1) as { part: Buffer; place: number };
    link.part.writeUInt32LE(put(directory), link.place);
    links.push({ part: directory, place: directory.length - 4 });
  }
  return Buffer.concat(parts);
}

function directoryOf(
  page: TiffPage,
  offsets: readonly number[],
  lengths: readonly number[],
  put: (part: Buffer) => number,
): Buffer {
  const { width, height, channels, bits, photometric, planarTile, sampleFormat = 1 } = page;
  const each = (value: number): number[] => Array.from({ length: channels }, () => value);
  const isTiled = planarTile !== undefined;
  const entries: [tag: number, type: 3 | 4, values: readonly number[]][] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, each(bits)],
    [259, 3, [page.compression ?? 1]],
    [262, 3, [photometric]],
    [277, 3, [channels]],
    [284, 3, [isTiled ? 2 : 1]],
    [339, 3, each(sampleFormat)],
    [isTiled ? 324 : 273, 4, offsets],
    [isTiled ? 325 : 279, 4, lengths],
    ...(isTiled
      ? ([
          [322, 3, [planarTile]],
          [323, 3, [planarTile]],
        ] as [number, 3, number[]][])
      : ([[278, 4, [height]]] as [number, 4, number[]][])),
    ...Object.entries(page.shorts ?? {}).map(([tag, values]): [number, 3, readonly number[]] => [
      Number(tag),
      3,
      values,
    ]),
  ];
  entries.sort(([a], [b]) => a - b);
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [index, [tag, type, values]] of entries.entries()) {
    const place = 2 + index * 12;
    directory.writeUInt16LE(tag, place);
    directory.writeUInt16LE(type, place + 2);
    directory.writeUInt32LE(values.length, place + 4);
    const size = type === 3 ? 2 : 4;
    const content = Buffer.alloc(Math.max(4, values.length * size));
    for (const [nth, value] of values.entries()) {
      if (size === 2) content.writeUInt16LE(value & 0xffff, nth * 2);
      else content.writeUInt32LE(value, nth * 4);
    }
    if (values.length * size <= 4) content.copy(directory, place + 8, 0, 4);
    else directory.writeUInt32LE(put(content), place + 8);
  }
  return directory;
}

function bytesOf({ buffer, byteOffset, byteLength }: TiffPage['pixels']): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function tilesOf({ width, height, channels, pixels }: TiffPage, side: number): Buffer[] {
  const tiles: Buffer[] = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let top = 0; top < height; top += side) {
      for (let left = 0; left < width; left += side) {
        const tile = Buffer.alloc(side * side);
        for (let y = 0; y < Math.min(side, height - top); y++) {
          for (let x = 0; x < Math.min(side, width - left); x++) {
            tile[y * side + x] = pixels[((top + y) * width + left + x) * channels + channel] as number;
          }
        }
        tiles.push(tile);
      }
    }
  }
  return tiles;
}

import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import type { Region } from '../raster.ts';
import type { DecodedImage } from '../rgbImage.ts';
import type { Signature } from './signatures.ts';

/** A format of picture files that is read; registered in `index.ts`. */
export interface ImageFormat {
  /** As messages name it, for example `JPEG`. */
  readonly name: string;
  readonly matches: Signature;
  /**
   * Reads the header.
   * @throws ModelDeckError `unsupported` for a variant that is not read; whatever else it throws becomes "cannot be decoded"
   */
  readonly open: (bytes: Uint8Array) => Promise<OpenedFile>;
}

/** What a format tells of a file by its header, and how its pixels are had. */
export interface OpenedFile {
  /** As stored, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Set where the file is 8-bit RGB and upright, so that a runtime that reads the format sees what we see. */
  readonly asItIs?: 'image/jpeg' | 'image/png';
  /** The file's type where nothing has to be chosen or said of it, so that who decodes it as we do may get the file itself. */
  readonly whole?: 'image/jpeg' | 'image/png';
  /** Upright 8-bit RGB. */
  readonly decode: (task?: Task) => Promise<DecodedImage>;
  /** The RGB bytes of a part, where they are had without holding all; then there is nothing to note. */
  readonly part?: (region: Region) => Promise<Uint8Array>;
  /** Reads every byte without keeping the pixels; `decode` does it where there is nothing quicker. */
  readonly check?: () => Promise<void>;
  /** A small upright picture with its transparency; made from `decode` where there is none. */
  readonly thumbnail?: (size: number) => Promise<{ readonly bytes: Uint8Array; readonly type: 'png' | 'jpeg' }>;
}

/** For a variant of a format that is not read. @param what for example `a 12-bit JPEG image` */
export function notRead(what: string, cause?: unknown): ModelDeckError {
  return new ModelDeckError('unsupported', `This is ${what}, which is not read here.`, {
    remedy: readable,
    ...(cause !== undefined && { cause }),
  });
}

export const readable = 'Export it as PNG, JPEG or TIFF with 8 or 16 bits per channel.';

/** One label with the number of its class, and the zero-based line where it stands. */
export interface LabelEntry {
  readonly index: number;
  readonly label: string;
  readonly line: number;
}

/** The labels of a file as it has them, nothing put right. */
export interface LabelReading {
  readonly entries: readonly LabelEntry[];
  /** The file's shape in words, for example "a JSON list". */
  readonly shape: string;
  /** Entries whose key is taken already: JSON and YAML keep the last one only. */
  readonly doubles?: readonly LabelEntry[];
  /** How many classes the file itself says there are. */
  readonly announced?: number;
  /** TorchServe reads the file as it is. */
  readonly isTorchServes?: boolean;
}

/** A label file's text; parsed once for all readers. */
export interface LabelText {
  /** Base name, for example `labels.txt`. */
  readonly name: string;
  readonly text: string;
  /** It begins with a byte order mark, which is not in `text`, and which Python's `json` does not take. */
  readonly hasMark: boolean;
}

/** Reads one shape of label files. */
export interface LabelReader {
  /** Whether a file of this name is usually one of labels. */
  readonly isUsual: (name: string) => boolean;
  /** Endings of the files that this reader is for, in small letters with their dot. */
  readonly endings: readonly string[];
  /**
   * @returns undefined when there are no labels in it at all
   * @throws LabelProblem when there should be, and something is wrong
   */
  readonly read: (file: LabelText) => LabelReading | undefined;
}

/** What is wrong with a label file, at its line. */
export class LabelProblem extends Error {
  /** @param line zero-based */
  constructor(
    readonly code: 'labels-not-json' | 'labels-shape' | 'labels-not-text',
    message: string,
    readonly line = 0,
    readonly column = 0,
  ) {
    super(message);
  }
}

/** A class number as it is written: digits only, below a million. */
export function classNumber(written: string): number | undefined {
  const number = /^\d{1,7}$/.test(written) ? Number(written) : undefined;
  return number !== undefined && number <= 1_000_000 ? number : undefined;
}

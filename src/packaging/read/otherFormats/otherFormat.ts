/** A format that a model can have and that goes into no package. It is named, with the one way on. */
export interface OtherFormat {
  /** As its makers call it, with its article: `a TensorFlow Lite model`. */
  readonly name: string;
  /** What to do instead, as a whole sentence. */
  readonly wayOn: string;
  /**
   * Whether this file is the model: one row is shown for it.
   * @param baseName in small letters
   * @param beside the names in its folder, in small letters
   */
  readonly file?: (baseName: string, beside: ReadonlySet<string>) => boolean;
  /** Whether this folder is the model as a whole, so that nothing in it is looked at by itself. The same arguments. */
  readonly folder?: (baseName: string, inside: ReadonlySet<string>) => boolean;
  /** Told only when the folder holds nothing else: what may make, or contain, a model. */
  readonly isLastResort?: true;
}

/** A folder that is a model as a whole. */
export interface FoundFolder {
  /** Relative with `/`; `.` for the folder itself. */
  readonly path: string;
  readonly format: OtherFormat;
}

/** Recognises a file by its endings, in small letters with their dots. */
export function endsWith(...endings: readonly string[]): (baseName: string) => boolean {
  return (baseName) => endings.some((ending) => baseName.endsWith(ending));
}

/** The name without its last ending. */
export function stem(baseName: string): string {
  return baseName.replace(/\.[^.]+$/, '');
}

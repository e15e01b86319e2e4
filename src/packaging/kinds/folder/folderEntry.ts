/** One file of a package that is a folder: where it comes from, and its place in there. */
export type FolderEntry = CopiedEntry | { readonly path: string; readonly content: string };

export interface CopiedEntry {
  /** In the package, with `/`. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  /** Bytes that are another one in the package. */
  readonly patches?: readonly { readonly offset: number; readonly byte: number }[];
  /** Set for the weights that the spec names. */
  readonly isWeights?: true;
}

/** One file of the archive: where it comes from, and its name in there. */
export type LayoutEntry =
  | {
      readonly name: string;
      readonly file: string;
      readonly size: number;
      readonly mtimeMs: number;
      /** Set for the weights, whose name in the archive may not be that of the file. */
      readonly isWeights?: true;
    }
  | { readonly name: string; readonly content: string };

/** One file of the archive: where it comes from, and its name in there. */
export type LayoutEntry =
  | { readonly name: string; readonly file: string; readonly size: number; readonly mtimeMs: number }
  | { readonly name: string; readonly content: string };

import { graphFile, type GraphFile } from './graphFile.ts';
import type { ReaderCase, Right } from './readerCase.ts';

/** A graph alone in its folder. */
export const graph =
  (kind: string) =>
  (what: string, file: GraphFile, right: Right): ReaderCase => ({
    kind,
    what,
    files: { 'net.onnx': graphFile(file) },
    right,
  });

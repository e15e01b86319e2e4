import { graphFile, type GraphFile } from './graphFile.ts';
import { casesOf, type ReaderCase, type Right } from './readerCase.ts';

/** A graph alone in its folder. */
export const graph =
  (kind: string) =>
  (what: string, file: GraphFile, right: Right): ReaderCase =>
    casesOf(kind)(what, { 'net.onnx': graphFile(file) }, right);

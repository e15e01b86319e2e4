import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../../foundation/fileErrors.ts';
import type { Task } from '../../../foundation/task.ts';
import type { OnnxVersions } from '../../modelPackage.ts';
import { externalDataFiles, isOutside } from '../../read/formats/externalData.ts';
import { FileReader } from '../../read/formats/fileReader.ts';
import type { OnnxFacts } from '../../read/formats/onnx.ts';
import { Protobuf } from '../../read/formats/protobuf.ts';
import { oldestWith } from '../onnxRuntimeVersions.ts';
import type { CopiedEntry, FolderEntry } from './folderEntry.ts';

/** The versions of a graph as they stand in its package. */
export interface GraphVersions extends OnnxVersions {
  /** The IR version in the user's file, where the package has a lower one. */
  readonly loweredFrom?: number;
}

/**
 * The versions that a graph gets in a package. Exporters write a newer IR version than a graph needs, and an older ONNX
 * Runtime refuses it for that number alone; the operators decide what it really needs. The number is lowered to what the
 * oldest ONNX Runtime with these operators loads, unless the graph uses something that came with a newer IR.
 *
 * @param onnxRuntime the oldest version that counts, for example `1.15.0`
 */
export function packagedVersions(facts: OnnxFacts, onnxRuntime: string): GraphVersions {
  const { irVersion, opset } = facts;
  const fitting = oldestWith(opset, onnxRuntime);
  if (fitting === undefined || irVersion <= fitting.irVersion || needsItsIr(facts, fitting.irVersion)) {
    return { irVersion, opset };
  }
  return { irVersion: fitting.irVersion, opset, loweredFrom: irVersion };
}

/** The smallest IR version with an element type, by its number: 4-bit integers came with 10, smaller floats with 11. */
const firstIrOfType: readonly (readonly [number, number])[] = [
  [23, 11],
  [21, 10],
  [17, 9],
];

function needsItsIr({ constants, inputs, outputs }: OnnxFacts, irVersion: number): boolean {
  const types = [
    ...[...constants.values()].map(({ type }) => type),
    ...[...inputs, ...outputs].map(({ type }) => type),
  ];
  return types.some((type) => {
    const number = Number(/^type (\d+)$/.exec(type ?? '')?.[1] ?? 0);
    const first = firstIrOfType.find(([from]) => number >= from)?.[1] ?? 0;
    return first > irVersion;
  });
}

/**
 * The files of an ONNX graph for a package: the graph, with its IR version lowered where {@link packagedVersions} says so,
 * and the files with weights that it names, which have to lie where it looks for them.
 *
 * @param weights absolute path of the graph
 * @param place folder in the package, empty for the package itself, and the name that the graph gets there
 */
export async function onnxEntries(
  weights: string,
  place: { readonly folder: string; readonly name: string },
  { irVersion, loweredFrom }: GraphVersions,
  task: Task = {},
): Promise<readonly FolderEntry[]> {
  const below = (name: string): string => (place.folder === '' ? name : `${place.folder}/${name}`);
  const graph: CopiedEntry = {
    path: below(place.name),
    file: weights,
    isWeights: true,
    ...(loweredFrom !== undefined && { patches: [{ offset: await irVersionOffset(weights, task), byte: irVersion }] }),
  };
  const entries: FolderEntry[] = [graph];
  for (const { name, file } of await externalDataFiles(weights, task)) {
    if (isOutside(name)) continue;
    await stat(file).catch((error: unknown) => {
      throw fileError(error, 'read the weights beside the graph', file);
    });
    entries.push({ path: below(name), file });
  }
  return entries;
}

/** Where the IR version stands in the file: one byte, since it is below 128 (ModelProto.ir_version = 1, a varint). */
async function irVersionOffset(file: string, task: Task): Promise<number> {
  return FileReader.using(file, async (reader) => {
    const protobuf = new Protobuf(reader, task);
    for await (const { number, wire, start } of protobuf.fields(protobuf.whole)) {
      if (number === 1 && wire === 0) return start - 1;
    }
    throw new Error(`${path.basename(file)} has no IR version.`);
  });
}

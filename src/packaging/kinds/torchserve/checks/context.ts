import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileLocation } from '../../../../foundation/error.ts';
import type { Task } from '../../../../foundation/task.ts';
import type { Finding } from '../../../read/detection.ts';
import type { PythonModule } from '../../../read/formats/pythonModule.ts';
import type { PythonToken } from '../../../read/formats/pythonTokens.ts';
import { classesOf } from '../../../read/architectures/classesOf.ts';
import type { ExternalDataProblem } from '../../../read/formats/externalData.ts';
import type { WeightsFacts } from '../../../read/formats/weightsFile.ts';
import type { GeneratedHandler } from '../handlers/generatedHandler.ts';
import { generatedHandler } from '../handlers/generatedHandlers.ts';
import { builtInHandlers } from '../handlers/builtInHandlers.ts';
import type { Truth } from '../../../read/readTruth.ts';
import type { LayoutEntry } from '../layoutEntry.ts';
import type { ModelSpec } from '../../../spec/modelSpec.ts';
import { locate, type KeyPath } from '../../../spec/locate.ts';

export type FindingLocation = NonNullable<Finding['location']>;

/** The files that one field of the spec puts into the archive. */
export interface Part {
  /** Field of the spec as a key path, `extraFiles`, `0` for an item of a list. */
  readonly keys: KeyPath;
  readonly entries: readonly LayoutEntry[];
}

/** A Python file of the archive with its outline. */
export interface PythonSource {
  /** Absolute path. */
  readonly file: string;
  /** Name in the archive. */
  readonly name: string;
  readonly module: PythonModule;
}

/** Everything that the checks look at, read once. A field whose file is missing is missing here, too. */
export interface CheckContext {
  readonly folder: string;
  readonly spec: ModelSpec;
  readonly task: Task;
  readonly parts: readonly Part[];
  readonly weights?: WeightsFacts;
  /** What is wrong with the files that a graph keeps its weights in. */
  readonly externalData: readonly ExternalDataProblem[];
  /** What an ONNX graph and the files around it say about its use. */
  readonly truth?: Truth;
  /** How a network of another library becomes one that can be packaged. */
  readonly wayOn?: string;
  readonly sources: readonly PythonSource[];
  readonly modelSource?: PythonSource;
  readonly handlerSource?: PythonSource;
  /** Place of a field in the spec file. Undefined when there is none yet. */
  readonly at: (...keys: KeyPath) => FindingLocation | undefined;
}

/** Looks fields up in the text of the spec file, so that findings stand on the very line. @param written its text, if known */
export async function specLocator(specFile: string | undefined, written?: string): Promise<CheckContext['at']> {
  const text =
    written ?? (specFile === undefined ? undefined : await readFile(specFile, 'utf8').catch(() => undefined));
  if (specFile === undefined || text === undefined) return () => undefined;
  return (...keys) => ({ path: specFile, ...locate(text, keys) });
}

/** Spreads into a finding: `exactOptionalPropertyTypes` wants no `location: undefined`. */
export function located(location: FindingLocation | undefined): { readonly location?: FindingLocation } {
  return location === undefined ? {} : { location };
}

export function tokenLocation(file: string, first: PythonToken, last: PythonToken = first): FindingLocation {
  const end = { endLine: last.line, endColumn: last.column + last.text.length };
  return { path: file, line: first.line, column: first.column, ...end };
}

export function lineLocation(file: string, line: number): FileLocation {
  return { path: file, line, column: 0 };
}

/** The files of a field, by its first key. */
export function partOf({ parts }: CheckContext, field: keyof ModelSpec): Part | undefined {
  return parts.find((part) => part.keys[0] === field);
}

/** Absolute path of a field's file. */
export function fileOf(context: CheckContext, field: keyof ModelSpec): string | undefined {
  const [entry] = partOf(context, field)?.entries ?? [];
  return entry !== undefined && 'file' in entry ? entry.file : undefined;
}

/** Who turns a request into a prediction decides what the weights may be. */
export function handlerKind({ handler }: ModelSpec): 'generated' | 'built-in' | 'own' {
  if (generatedHandler(handler) !== undefined) return 'generated';
  return builtInHandlers.includes(handler) ? 'built-in' : 'own';
}

/** What the handler that Model Deck writes for this spec runs; undefined for any other handler. */
export function generatedFor({ handler }: ModelSpec): GeneratedHandler['runs'] | undefined {
  return generatedHandler(handler)?.runs;
}

/** How many classes weights of PyTorch have, where the network or the user's class tells. */
export function torchClasses({ weights, modelSource, spec }: CheckContext): number | undefined {
  if (spec.architecture !== undefined) return spec.architecture.classes;
  const [stateDict] = weights?.stateDicts ?? [];
  const [made, ...more] = modelSource?.module.classes ?? [];
  return stateDict && classesOf(stateDict.tensors, more.length === 0 ? made : undefined);
}

export function baseName(relative: string): string {
  return path.posix.basename(relative);
}

import type { ClassOutput, ImageInput, Origin } from '../../../contract/modelContract.ts';
import type { OnnxFacts } from '../formats/onnx.ts';
import type { Surroundings } from './surroundings.ts';

/** What a source can look at. */
export interface ReadingPlace {
  readonly near: Surroundings;
  /** Of ONNX weights. */
  readonly facts?: OnnxFacts;
}

/** What one file, or the graph, says about the contract. */
export interface SourceReading {
  readonly origin: Origin;
  readonly input?: Partial<ImageInput>;
  readonly output?: Partial<ClassOutput>;
}

/** Reads what one kind of exporter leaves beside or in a model. */
export interface ContractSource {
  /** For example "Hugging Face". */
  readonly title: string;
  readonly read: (place: ReadingPlace) => Promise<readonly SourceReading[]>;
}

export function numbersOf(value: unknown): readonly number[] | undefined {
  const list = typeof value === 'number' ? [value] : value;
  return Array.isArray(list) && list.length > 0 && list.every((item) => Number.isFinite(item))
    ? (list as readonly number[])
    : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A side in pixels. */
export function sideOf(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

/** Without the fields that are undefined, which would count as said. */
export function said<T extends object>(fields: { readonly [Key in keyof T]?: T[Key] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

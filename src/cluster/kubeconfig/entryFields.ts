import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { isRecord, type JsonObject } from '../../foundation/json.ts';

/** A context, cluster or user, as its file has it. */
export interface KubeconfigEntry {
  readonly value: JsonObject;
  readonly file: string;
  /** As it goes into a sentence, for example `user ada`. */
  readonly what: string;
}

/**
 * Reads the fields of an entry. A value of the wrong type is named with file and field: a dropped token, namespace or `as`
 * would mean acting as somebody else. kubectl refuses such a file too. Empty texts and null count as left out.
 *
 * Every method throws ModelDeckError `invalid-input`.
 */
export class EntryFields {
  constructor(
    private readonly entry: KubeconfigEntry,
    /** Before the field's name, for example `exec.`. */
    private readonly prefix = '',
    private readonly value: JsonObject = entry.value,
  ) {}

  text(field: string): string | undefined {
    const value = this.value[field];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw this.wrong(field, `is ${shown(value)}, not a text`, 'Put it in quotes, or correct it.');
  }

  /** A path, resolved against the folder of its file. */
  file(field: string): string | undefined {
    const named = this.text(field);
    return named === undefined ? undefined : path.resolve(path.dirname(this.entry.file), named);
  }

  isTrue(field: string): boolean {
    const value = this.value[field];
    if (value === undefined || value === null) return false;
    if (typeof value === 'boolean') return value;
    throw this.wrong(field, `is ${shown(value)}, neither true nor false`, 'Write true or false, without quotes.');
  }

  texts(field: string): readonly string[] {
    const value = this.value[field];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw this.wrong(field, 'is not a list of texts', 'Write a list, each item in quotes.');
  }

  /** Nested fields, or undefined where there are none. */
  inner(field: string): EntryFields | undefined {
    const value = this.value[field];
    if (value === undefined || value === null) return undefined;
    if (isRecord(value)) return new EntryFields(this.entry, `${this.prefix}${field}.`, value);
    throw this.wrong(field, 'is not a mapping', 'Write its fields below it.');
  }

  /** Items that are mappings, each with its own fields. */
  items(field: string): readonly EntryFields[] {
    const value = this.value[field];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every(isRecord)) {
      return value.map((item, index) => new EntryFields(this.entry, `${this.prefix}${field}[${index}].`, item));
    }
    throw this.wrong(field, 'is not a list of mappings', 'Write a list.');
  }

  /** A value of any type. */
  raw(field: string): unknown {
    return this.value[field];
  }

  /** The names of the fields that are there. */
  names(): readonly string[] {
    return Object.keys(this.value);
  }

  /** The error about a field of this entry. */
  wrong(field: string, isWhat: string, remedy: string): ModelDeckError {
    const { file, what } = this.entry;
    const location = { path: file };
    return new ModelDeckError('invalid-input', `${this.prefix}${field} of ${what} ${isWhat} (${file}).`, {
      brief: `${this.prefix}${field} cannot be used`,
      remedy,
      location,
      nextStep: { kind: 'open-file', location },
    });
  }
}

/** Never the value itself: it may be a secret. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'empty' : typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}

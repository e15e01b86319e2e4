import path from 'node:path';
import table from '../../read/architectures/torchvision.json' with { type: 'json' };
import { isLabelFileName } from '../../read/labels/readLabels.ts';
import type { KeyPath } from '../locate.ts';
import { placeAt, type SpecPlace, type TextPosition, type TextSpan } from './placeAt.ts';
import { choicesOf, fieldsAt, listItem, schemaAt, type SchemaNode } from './schemaNodes.ts';

/** One suggestion for the place of the cursor. */
export interface SpecCompletion {
  readonly kind: 'field' | 'value' | 'file';
  readonly label: string;
  /** What is put in place of `replace`. */
  readonly insert: string;
  readonly replace: TextSpan;
  readonly documentation?: string;
  /** Whether the next word can be suggested at once. */
  readonly goesOn: boolean;
}

/** What a folder offers for the fields of its spec. */
export interface SpecSurroundings {
  /** Relative with `/`. */
  readonly files: readonly string[];
  /** Kinds of packages, by the names that `packageKind` has. */
  readonly packageKinds?: readonly string[];
}

/** Files that can be named in a field, the likely ones first. */
const fileFields: Readonly<Record<string, (file: string) => boolean>> = {
  weights: endsWith('.onnx', '.pt', '.pth', '.ckpt', '.safetensors', '.bin', '.tar', '.ts', '.torchscript'),
  modelFile: endsWith('.py'),
  handler: endsWith('.py'),
  labels: (file) => isLabelFileName(file) || endsWith('.json', '.csv', '.onnx')(file),
  requirements: (file) => /requirements[\w.-]*\.txt$/.test(file),
  configFile: endsWith('.yaml', '.yml'),
  extraFiles: () => true,
  image: endsWith('.jpg', '.jpeg', '.png', '.webp', '.bmp', '.gif', '.tif', '.tiff', '.avif', '.jp2', '.ppm'),
};

/** Packages and what tools keep are nothing to name. */
const notNamed = /(^|\/)(model-deck\.yaml|package\/|node_modules\/|\.)/;

/** More than these are not offered: the list would be slow, and nobody reads it. */
const mostFiles = 500;

/** What can be written at a place: fields that are not there yet, values, and names of files. */
export function completeSpec(
  text: string,
  position: TextPosition,
  surroundings: SpecSurroundings,
): readonly SpecCompletion[] {
  const place = placeAt(text, position);
  if (place === undefined) return [];
  return place.part === 'key' ? fields(place) : values(place, surroundings);
}

function fields(place: SpecPlace): readonly SpecCompletion[] {
  const required = new Set(schemaAt(place.keys)?.required ?? []);
  return fieldsAt(place.keys)
    .filter(([key]) => !place.present.includes(key))
    .sort(([a], [b]) => Number(required.has(b)) - Number(required.has(a)))
    .map(([key, node]) => ({
      kind: 'field',
      label: key,
      insert: place.hasColon ? key : `${key}:${start(node, place.indent)}`,
      replace: place.word,
      goesOn: !place.hasColon && (hasValues([...place.keys, key], node) || node.properties !== undefined),
      ...(node.description !== undefined && { documentation: node.description }),
    }));
}

/** What stands behind a new key: a block of its own, a list, or a value on the same line. */
function start(node: SchemaNode, indent: number | undefined): string {
  if (indent === undefined) return ' ';
  const inner = `\n${' '.repeat(indent + 2)}`;
  if (node.properties !== undefined || typeof node.additionalProperties === 'object') return inner;
  const isLong = node.type === 'array' && (node.items?.type === 'object' || node.items?.type === 'string');
  return isLong ? `${inner}- ` : ' ';
}

function hasValues(keys: KeyPath, node: SchemaNode): boolean {
  return choicesOf(node).length > 0 || fileFields[fieldOf(keys)] !== undefined;
}

function values(place: SpecPlace, { files, packageKinds = [] }: SpecSurroundings): readonly SpecCompletion[] {
  const keys = place.field === '' ? place.keys : [...place.keys, place.field];
  const node = schemaAt(keys);
  if (node === undefined) return [];
  const field = fieldOf(keys);
  const more = field === 'packageKind' ? packageKinds : keys.join('.') === 'architecture.name' ? networks : [];
  const chosen = [...choicesOf(node), ...more].map((value): SpecCompletion => ({
    kind: 'value',
    label: value,
    insert: quoted(value),
    replace: place.word,
    goesOn: false,
  }));
  const isMeant = keys.length <= 3 && (keys.length === 1 || field !== 'handler') ? fileFields[field] : undefined;
  const named = isMeant === undefined ? [] : files.filter((file) => !notNamed.test(file) && isMeant(file));
  const byRank = [...named].sort((a, b) => rank(field, a) - rank(field, b) || a.localeCompare(b));
  return [
    ...chosen,
    ...byRank.slice(0, mostFiles).map((file): SpecCompletion => ({
      kind: 'file',
      label: file,
      insert: quoted(file),
      replace: place.word,
      goesOn: false,
    })),
  ];
}

const networks: readonly string[] = table.models.map(({ name }) => name);

/** The field that a path leads to, without the items of lists. */
function fieldOf(keys: KeyPath): string {
  return keys.findLast((key) => key !== listItem) ?? '';
}

/** Files that lie further up, and those whose name says it, come first. */
function rank(field: string, file: string): number {
  const depth = file.split('/').length;
  return field === 'labels' && isLabelFileName(file) ? depth - 10 : depth;
}

/** YAML takes most names as they are. */
function quoted(value: string): string {
  const isPlain = /^[\p{L}\p{N}_.][\p{L}\p{N}_./: +@=-]*$/u.test(value) && !/: | #|:$|^\d+(\.\d+)?$/.test(value);
  return isPlain ? value : JSON.stringify(value);
}

function endsWith(...endings: readonly string[]): (file: string) => boolean {
  return (file) => endings.includes(path.posix.extname(file).toLowerCase());
}

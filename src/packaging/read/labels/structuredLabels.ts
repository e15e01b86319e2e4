import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import { classNumber, LabelProblem, type LabelEntry, type LabelReading } from './labelFile.ts';

/** The line of a value by the keys that lead to it. */
export type LineOf = (keys: readonly string[]) => number;

/** Keys under which tools keep labels by class number, or in its order. */
const namedByNumber = [
  'object_type_names',
  'id2label',
  'idx_to_class',
  'index_to_name',
  'label_names',
  'class_names',
  'classes',
  'labels',
  'names',
  'categories',
];
/** Keys under which tools keep class numbers by label. */
const numberedByName = ['label2id', 'class_to_idx', 'class_indices', 'name_to_idx'];

/** Where in a document its labels are. */
export interface LabelPlace {
  readonly keys: readonly string[];
  readonly value: unknown;
}

/** The labels below a well-known key; MONAI has them deep in the description of its network's output. */
export function findLabels(document: unknown): LabelPlace | undefined {
  if (!isRecord(document)) return undefined;
  for (const key of [...namedByNumber, ...numberedByName]) {
    const value = Object.hasOwn(document, key) ? document[key] : undefined;
    if (typeof value === 'object' && value !== null) return { keys: [key], value: described(value, document) };
  }
  const { network_data_format: format } = document;
  const outputs = isRecord(format) && isRecord(format.outputs) ? format.outputs : {};
  for (const [name, output] of Object.entries(outputs)) {
    if (isRecord(output) && isRecord(output.channel_def)) {
      return { keys: ['network_data_format', 'outputs', name, 'channel_def'], value: output.channel_def };
    }
  }
  return undefined;
}

/** timm keeps WordNet's ids as names, and what they mean beside them. */
function described(value: object, { label_descriptions: descriptions }: JsonObject): unknown {
  if (!Array.isArray(value) || !isRecord(descriptions)) return value;
  return (value as readonly unknown[]).map((name) =>
    typeof name === 'string' && Object.hasOwn(descriptions, name) ? descriptions[name] : name,
  );
}

/**
 * Labels out of a list or mapping, in every shape that tools write.
 * @param place whose keys lead to the value
 * @throws LabelProblem for a value that names no classes
 */
export function labelsOfValue({ keys, value }: LabelPlace, lineOf: LineOf): LabelReading {
  const line = (key: string): number => lineOf([...keys, key]);
  if (Array.isArray(value)) {
    return {
      shape: 'a list',
      entries: (value as readonly unknown[]).map((item, index) => listItem(item, index, line)),
    };
  }
  if (!isRecord(value)) throw new LabelProblem('labels-shape', 'it is neither a list nor an object', lineOf(keys));
  return mapping(value, line);
}

function listItem(item: unknown, position: number, line: (key: string) => number): LabelEntry {
  const at = line(String(position));
  if (!isRecord(item)) return { index: position, label: textOf(item, String(position), at), line: at };
  const number = item.id ?? item.index ?? item.class_id ?? position;
  const index = typeof number === 'number' ? number : typeof number === 'string' ? classNumber(number) : undefined;
  if (index === undefined) throw new LabelProblem('labels-shape', `item ${position} has no class number`, at);
  return { index, label: textOf(item.name ?? item.label ?? item.title, String(index), at), line: at };
}

function mapping(value: JsonObject, line: (key: string) => number): LabelReading {
  const items = Object.entries(value);
  const isNumbered = items.length > 0 && items.every(([, item]) => classNumber(String(item)) !== undefined);
  if (isNumbered && !items.every(([key]) => classNumber(key) !== undefined)) {
    const entries = items.map(([label, item]) => ({ index: Number(item), label, line: line(label) }));
    return { shape: 'class numbers by label', entries };
  }
  const entries = items.map(([key, item]) => {
    const index = classNumber(key);
    if (index === undefined) throw new LabelProblem('labels-shape', `"${key}" is not a class number`, line(key));
    return { index, label: textOf(item, key, line(key)), line: line(key) };
  });
  return { shape: 'labels by class number', entries };
}

/** Of `["n01440764", "tench"]` the last one counts, as TorchServe reads it. */
function textOf(item: unknown, key: string, line: number): string {
  const label: unknown = Array.isArray(item) ? item.at(-1) : item;
  if (typeof label === 'string' && label !== '') return label;
  throw new LabelProblem('labels-shape', `class ${key} has no text`, line);
}

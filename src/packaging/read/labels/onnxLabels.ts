import type { OnnxFacts } from '../formats/onnx.ts';
import { LabelProblem, type LabelReading } from './labelFile.ts';
import { parsePython } from './pythonLiteral.ts';
import { findLabels, labelsOfValue } from './structuredLabels.ts';

/** Keys of an ONNX file's metadata under which exporters write labels. */
const metadataKeys = ['names', 'classes', 'labels', 'class_names', 'class_labels', 'label_names', 'id2label', 'config'];

/** Labels that an ONNX file itself has: in its metadata, as Ultralytics and others write them, or in a ZipMap node. */
export function onnxLabels({ metadata, nodes }: OnnxFacts): LabelReading | undefined {
  for (const key of metadataKeys) {
    const text = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    const reading = text === undefined ? undefined : fromText(text);
    if (reading !== undefined && reading.entries.length > 0) return { ...reading, shape: `"${key}" in the metadata` };
  }
  const map = nodes.find(({ operator }) => operator === 'ZipMap')?.attributes.classlabels_strings;
  if (!Array.isArray(map) || !map.every((item) => typeof item === 'string')) return undefined;
  return { shape: 'the labels of its ZipMap', entries: map.map((label, index) => ({ index, label, line: 0 })) };
}

/** A Python or JSON literal, or names between commas or on lines. */
function fromText(text: string): LabelReading | undefined {
  const value = parsePython(text);
  try {
    if (value !== undefined) return labelsOfValue(findLabels(value) ?? { keys: [], value }, () => 0);
  } catch (error) {
    if (error instanceof LabelProblem) return undefined;
    throw error;
  }
  const names = text
    .split(text.includes('\n') ? '\n' : ',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length < 2 || /[{}[\]]/.test(text)) return undefined;
  return { shape: 'a list', entries: names.map((label, index) => ({ index, label, line: 0 })) };
}

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../../../foundation/fileErrors.ts';
import { labelsFileName } from '../../../read/candidates.ts';
import type { Finding } from '../../../read/detection.ts';
import { parseJson } from '../../../read/formats/json.ts';
import { classCount } from '../../../read/formats/onnxImageInput.ts';
import { labelList } from '../archiveLabels.ts';
import { baseName, fileOf, handlerKind, lineLocation, located, type CheckContext } from './context.ts';

/** The labels of a million classes are shorter. */
const largestLabels = 64 * 1024 * 1024;

/** `image_classifier` asks for this many classes, whatever the request says. */
const builtInTopK = 5;

/** The labels file: its name, that it is JSON of a shape that TorchServe takes, and that each class has one. */
export async function checkLabels(context: CheckContext): Promise<Finding[]> {
  const { spec, at } = context;
  const file = fileOf(context, 'labels');
  if (spec.labels === undefined || file === undefined) return [];
  const name = baseName(spec.labels);
  const findings: Finding[] = [];
  if (name !== labelsFileName) {
    findings.push({
      code: 'labels-file-name',
      severity: 'error',
      message: `labels: TorchServe reads labels from ${labelsFileName} only; ${name} would be packaged and never read.`,
      remedy: `Rename it to ${labelsFileName}.`,
      laterMessage: `'${labelsFileName}' is missing. Inference output will not include class name.`,
      ...located(at('labels')),
    });
  }
  const value = await readLabels(file);
  if ('finding' in value) return [...findings, value.finding];
  let labels: readonly string[];
  try {
    labels = labelList(value.value);
  } catch (error) {
    return [...findings, wrongShape(file, value.value, error instanceof Error ? error.message : String(error))];
  }
  return [...findings, ...coverage(context, file, classNumbers(value.value), labels)];
}

async function readLabels(file: string): Promise<{ readonly value: unknown } | { readonly finding: Finding }> {
  const notJson = (why: string, line = 0, column = 0): { finding: Finding } => ({
    finding: {
      code: 'labels-not-json',
      severity: 'error',
      message: `${path.basename(file)} is not JSON: ${why}.`,
      remedy: 'Write {"0": "first label", "1": "second label", …}.',
      laterMessage: `json.decoder.JSONDecodeError, in line ${line + 1}`,
      location: { path: file, line, column },
    },
  });
  try {
    const { size } = await stat(file);
    if (size > largestLabels) return notJson(`it has ${size} bytes, far more than labels have`);
    const text = await readFile(file, 'utf8');
    if (text.startsWith('\uFEFF')) return notJson('it begins with a byte order mark; save it as UTF-8 without one');
    const result = parseJson(text);
    return 'value' in result ? result : notJson(result.problem.message, result.problem.line, result.problem.column);
  } catch (error) {
    throw fileError(error, 'read the labels', file);
  }
}

function wrongShape(file: string, value: unknown, why: string): Finding {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return {
    code: 'labels-shape',
    severity: 'error',
    message: `${path.basename(file)} does not name classes: ${why}.`,
    remedy: 'Write {"0": "first label", …}, or {"0": ["id", "first label"], …}.',
    laterMessage: isMapping
      ? 'labels in index->name mapping must be either str or List[str]'
      : 'index->name JSON mapping should be in "class": "label" format.',
    location: lineLocation(file, 0),
  };
}

/** The class numbers that are named, in order. */
function classNumbers(value: unknown): readonly number[] {
  const named = (value as { readonly object_type_names?: object }).object_type_names ?? (value as object);
  return Object.keys(named)
    .map(Number)
    .sort((a, b) => a - b);
}

function coverage(
  context: CheckContext,
  file: string,
  numbers: readonly number[],
  labels: readonly string[],
): Finding[] {
  const { spec, weights } = context;
  const known = weights?.onnx === undefined ? undefined : classCount(weights.onnx.output);
  const count = known ?? labels.length;
  const name = path.basename(file);
  const location = lineLocation(file, 0);
  const findings: Finding[] = [];
  const have = new Set(numbers);
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !have.has(index));
  const [first] = missing;
  if (numbers.length === 0 || first !== undefined) {
    const whole = known === undefined ? `although it goes up to ${count - 1}` : `and the model has ${count} classes`;
    findings.push({
      code: 'labels-missing-classes',
      severity: 'error',
      message:
        numbers.length === 0 ? `${name} names no class.` : `${name} has no label for class ${some(missing)}, ${whole}.`,
      remedy: 'Add the missing labels. Classes are counted from 0.',
      laterMessage: `KeyError: '${first ?? 0}', at the first image that is taken for that class`,
      location,
    });
  }
  const beyond = numbers.filter((number) => number >= count);
  if (beyond.length > 0) {
    findings.push({
      code: 'labels-beyond-classes',
      severity: 'warning',
      message: `${name} names class ${some(beyond)}, and the model has ${count} classes, 0 to ${count - 1}.`,
      remedy:
        'Look whether these are the labels of this model: if they are shifted by one, all predictions are named wrongly.',
      location,
    });
  }
  if (spec.handler === 'image_classifier' && labels.length > 0 && labels.length < builtInTopK) {
    findings.push({
      code: 'fewer-than-five-classes',
      severity: 'error',
      message: `handler: image_classifier asks for the ${builtInTopK} most probable classes, and ${name} names ${labels.length}.`,
      remedy: `Write a handler that derives from ImageClassifier and calls set_max_result_classes(${labels.length}).`,
      laterMessage: 'RuntimeError: selected index k out of range',
      ...located(context.at('handler')),
    });
  }
  return [...findings, ...sharedLabels(context, name, labels, location)];
}

/** {@link labelList} tells labels apart that two classes share; TorchServe's own handlers do not. */
function sharedLabels(
  { spec }: CheckContext,
  name: string,
  labels: readonly string[],
  location: Finding['location'],
): Finding[] {
  if (handlerKind(spec) !== 'built-in') return [];
  const shared = labels.filter((label, index) => label.endsWith(` (${index})`));
  if (shared.length === 0) return [];
  return [
    {
      code: 'labels-shared',
      severity: 'warning',
      message: `${name} gives several classes one label: ${some(shared)}.`,
      remedy: 'Give each class a label of its own: of two, TorchServe answers only the less probable one.',
      ...located(location),
    },
  ];
}

function some(values: readonly (string | number)[]): string {
  const shown = 5;
  return values.length <= shown
    ? values.join(', ')
    : `${values.slice(0, shown).join(', ')} and ${values.length - shown} more`;
}

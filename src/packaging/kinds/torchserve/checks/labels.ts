import path from 'node:path';
import { isFile } from '../../../../foundation/isThere.ts';
import type { Finding } from '../../../read/detection.ts';
import { LabelProblem, type LabelReading } from '../../../read/labels/labelFile.ts';
import { labelsInOrder, readLabels } from '../../../read/labels/readLabels.ts';
import { contractOf } from '../../../spec/specContract.ts';
import { torchImageClassifier } from '../handlers/torchImageClassifier.ts';
import { handlerKind, lineLocation, located, torchClasses, type CheckContext } from './context.ts';

/** `image_classifier` asks for this many classes, whatever the request says. */
const builtInTopK = 5;

/** The labels file: that it can be read, and that each class has one label. */
export async function checkLabels(context: CheckContext): Promise<Finding[]> {
  const { spec, folder, task } = context;
  if (spec.labels === undefined) return [];
  const file = path.resolve(folder, spec.labels);
  // That a file is missing is said once, with the other paths.
  if (!(await isFile(file))) return [];
  try {
    const reading = await readLabels(file, task);
    return reading === undefined
      ? [wrong(file, new LabelProblem('labels-shape', 'there are no labels in it'))]
      : coverage(context, file, reading);
  } catch (error) {
    if (error instanceof LabelProblem) return [wrong(file, error)];
    throw error;
  }
}

function wrong(file: string, { code, message, line, column }: LabelProblem): Finding {
  const name = path.basename(file);
  const isJson = code === 'labels-not-json';
  return {
    code,
    severity: 'error',
    message: isJson ? `${name} is not JSON: ${message}.` : `${name} does not name classes: ${message}.`,
    remedy: 'Write {"0": "first label", "1": "second label", …}, a list of labels, or a label on each line.',
    laterMessage: isJson
      ? `json.decoder.JSONDecodeError, in line ${line + 1}`
      : 'index->name JSON mapping should be in "class": "label" format.',
    location: { path: file, line, column },
  };
}

function coverage(context: CheckContext, file: string, reading: LabelReading): Finding[] {
  const { entries, doubles = [], announced } = reading;
  const numbers = entries.map(({ index }) => index).sort((a, b) => a - b);
  const known = classCount(context);
  const isBinary = known === 1 && contractOf(context.spec)?.output.meaning !== 'single-label';
  const count = isBinary ? Math.max(entries.length, 1) : (known ?? (numbers.at(-1) ?? -1) + 1);
  return [
    ...missing(file, reading, numbers, { count, known }),
    ...(isBinary && entries.length > 2 ? [tooManyForOne(file, entries.length)] : []),
    ...beyond(file, reading, count),
    ...twice(file, [...doubles, ...repeated(reading)]),
    ...(announced !== undefined && announced !== entries.length
      ? [announcedOther(file, announced, entries.length)]
      : []),
    ...fewerThanFive(context, file, entries.length),
    ...sharedLabels(context, file, reading),
  ];
}

/** How many numbers the model answers, where the graph, the weights or the spec say. */
function classCount(context: CheckContext): number | undefined {
  const { truth, spec } = context;
  const output = truth?.graph?.output;
  const chosen = contractOf(spec)?.output;
  if (output?.kind === 'chosen') {
    const named = [output.output, ...output.others].find(({ name }) => name === chosen?.name);
    return (named ?? output.output).classes ?? chosen?.classes;
  }
  return torchClasses(context) ?? chosen?.classes;
}

function missing(
  file: string,
  { entries }: LabelReading,
  numbers: readonly number[],
  { count, known }: { readonly count: number; readonly known: number | undefined },
): Finding[] {
  const have = new Set(numbers);
  const without = Array.from({ length: count }, (_, index) => index).filter((index) => !have.has(index));
  const [first] = without;
  if (entries.length > 0 && first === undefined) return [];
  const name = path.basename(file);
  const whole = known === undefined ? `although it goes up to ${count - 1}` : `and the model has ${count} classes`;
  // Behind the last label before the gap is where the missing one belongs.
  const before = entries.filter(({ index }) => first === undefined || index < first).at(-1);
  const fromOne = first === 0 && numbers[0] === 1 && without.length === 1;
  return [
    {
      code: 'labels-missing-classes',
      severity: 'error',
      message:
        entries.length === 0 ? `${name} names no class.` : `${name} has no label for class ${some(without)}, ${whole}.`,
      remedy: fromOne
        ? 'Count the classes from 0: they seem to be counted from 1 here.'
        : 'Add the missing labels. Classes are counted from 0.',
      laterMessage: `KeyError: '${first ?? 0}', at the first image that is taken for that class`,
      location: lineLocation(file, before?.line ?? 0),
    },
  ];
}

function beyond(file: string, { entries }: LabelReading, count: number): Finding[] {
  const more = entries.filter(({ index }) => index >= count);
  const [first] = more;
  if (first === undefined) return [];
  return [
    {
      code: 'labels-beyond-classes',
      severity: 'warning',
      message: `${path.basename(file)} names class ${some(more.map(({ index }) => index))}, and the model has ${count} classes, 0 to ${count - 1}.`,
      remedy:
        'Look whether these are the labels of this model: if they are shifted by one, all predictions are named wrongly.',
      location: lineLocation(file, first.line),
    },
  ];
}

function tooManyForOne(file: string, count: number): Finding {
  return {
    code: 'labels-for-one-number',
    severity: 'error',
    message: `${path.basename(file)} names ${count} classes, and the model answers one number.`,
    remedy: 'One number is the probability of one of two classes: name the negative class, then the positive one.',
    location: lineLocation(file, 0),
  };
}

/** Entries whose class number was there before. */
function repeated({ entries }: LabelReading): readonly { readonly index: number; readonly line: number }[] {
  const seen = new Set<number>();
  return entries.filter(({ index }) => seen.size === seen.add(index).size);
}

function twice(file: string, entries: readonly { readonly index: number; readonly line: number }[]): Finding[] {
  const [first] = entries;
  if (first === undefined) return [];
  return [
    {
      code: 'labels-double',
      severity: 'error',
      message: `${path.basename(file)} names class ${some([...new Set(entries.map(({ index }) => index))])} more than once.`,
      remedy: 'Leave one label for each class: of two, only the last one would be read.',
      location: lineLocation(file, first.line),
    },
  ];
}

function announcedOther(file: string, announced: number, count: number): Finding {
  return {
    code: 'labels-announced',
    severity: 'error',
    message: `${path.basename(file)} says that there are ${announced} classes (nc), and names ${count}.`,
    remedy: 'Correct the one that is wrong.',
    location: lineLocation(file, 0),
  };
}

function fewerThanFive({ spec, at }: CheckContext, file: string, count: number): Finding[] {
  if (spec.handler !== 'image_classifier' || count === 0 || count >= builtInTopK) return [];
  return [
    {
      code: 'fewer-than-five-classes',
      severity: 'error',
      message: `handler: image_classifier asks for the ${builtInTopK} most probable classes, and ${path.basename(file)} names ${count}.`,
      remedy: `Write ${torchImageClassifier.id} as the handler, which answers as many as there are, or a handler that derives from ImageClassifier and calls set_max_result_classes(${count}).`,
      laterMessage: 'RuntimeError: selected index k out of range',
      ...located(at('handler')),
    },
  ];
}

/** The package tells labels apart that two classes share, unless TorchServe's own handlers read the user's file as it is. */
function sharedLabels({ spec }: CheckContext, file: string, reading: LabelReading): Finding[] {
  if (handlerKind(spec) !== 'built-in') return [];
  const shared = labelsInOrder(reading).filter((label, index) => label.endsWith(` (${index})`));
  if (shared.length === 0) return [];
  return [
    {
      code: 'labels-shared',
      severity: 'warning',
      message: `${path.basename(file)} gives several classes one label: ${some(shared)}.`,
      remedy: 'Give each class a label of its own: of two, TorchServe answers only the less probable one.',
      location: lineLocation(file, 0),
    },
  ];
}

function some(values: readonly (string | number)[]): string {
  const shown = 5;
  return values.length <= shown
    ? values.join(', ')
    : `${values.slice(0, shown).join(', ')} and ${values.length - shown} more`;
}

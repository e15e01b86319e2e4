import { ModelDeckError } from '../../../foundation/error.ts';
import { isRecord } from '../../../foundation/json.ts';
import type { OutputTensor } from '../../../kserve/index.ts';
import type { ModelAnswer } from '../answer.ts';
import type { AnswerDialect } from './dialect.ts';
import { isAnswerField, isNumber, unwrapped } from './values.ts';

/** Boxes or masks: object detectors and segmenters, which are told by name and not read as classes. */
export const detections: AnswerDialect = {
  name: 'detections',
  read(answer) {
    const parts = answer.tensors.length > 0 ? answer.tensors.map(partOfTensor) : partsOfRecord(answer);
    const has = (pattern: RegExp): boolean => parts.some(({ name, isShape }) => isShape && pattern.test(name));
    if (has(/^(b?boxes|bbox|box|bounding_?box(es)?|detection_boxes|xyxy|xywh|rois?)$/i) || isBoxOfLabel(answer)) {
      throw notClasses('boxes: this is an object detector');
    }
    if (has(/^(masks?|segmentation(_?map)?|detection_masks)$/i)) throw notClasses('masks: this is a segmenter');
    return undefined;
  },
};

/** A part of an answer. */
interface Part {
  readonly name: string;
  /** Whether it can be a box or a mask; a number cannot: a class may be called "box". */
  readonly isShape: boolean;
}

function partOfTensor({ name, shape }: OutputTensor): Part {
  const [, ...rest] = shape.length > 1 ? shape : [1, ...shape];
  return { name, isShape: shape.includes(0) || rest.at(-1) === 4 || rest.filter((size) => size > 1).length > 1 };
}

function partsOfRecord(answer: ModelAnswer): readonly Part[] {
  return records(answer)
    .flatMap((record) => Object.entries(record))
    .map(([name, value]) => ({ name, isShape: value !== null && !isNumber(value) }));
}

/** TorchServe's `object_detector`: `[{"person": [x, y, x, y], "score": 0.99}, …]`. */
function isBoxOfLabel(answer: ModelAnswer): boolean {
  const [first] = records(answer);
  if (!first || !isNumber(first['score'])) return false;
  return Object.entries(first).some(([name, value]) => !isAnswerField(name) && isCorners(value));
}

function isCorners(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const numbers = (value as unknown[]).flat();
  const isBox = numbers.length === 4 && numbers.every(isNumber);
  // Four probabilities are no box: corners are pixels.
  return isBox && numbers.some((number) => number > 1.5) && value.length <= 4;
}

function records(answer: ModelAnswer): readonly Readonly<Record<string, unknown>>[] {
  const value = unwrapped(answer);
  const list = Array.isArray(value) ? (value as unknown[]).flat(1) : [value];
  return list.slice(0, 1).filter(isRecord);
}

/** The error for an answer that is known to be no classification. @param what what it holds */
export function notClasses(what: string): ModelDeckError {
  return new ModelDeckError('unsupported', `The model answered with ${what}, not a classifier.`, {
    remedy: 'Look at the raw answer; Model Deck names classes of classifiers only.',
  });
}

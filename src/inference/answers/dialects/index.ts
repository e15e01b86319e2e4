import type { AnswerDialect } from './dialect.ts';
import { chosenClass } from './chosenClass.ts';
import { detections } from './detections.ts';
import { dictionary } from './dictionary.ts';
import { labelScores } from './labelScores.ts';
import { labelTensors } from './labelTensors.ts';
import { namedNumbers } from './namedNumbers.ts';
import { numberLists } from './numberLists.ts';
import { numberTensors } from './numberTensors.ts';
import { pairs } from './pairs.ts';
import { parallelLists } from './parallelLists.ts';
import { serverError } from './serverError.ts';
import { tritonClassification } from './tritonClassification.ts';

/**
 * Every way in which servers are known to write a classification. The first that knows an answer reads it, so what is
 * written most specially stands first. A new one is a file and a line.
 */
export const answerDialects: readonly AnswerDialect[] = [
  serverError,
  detections,
  tritonClassification,
  labelTensors,
  labelScores,
  parallelLists,
  namedNumbers,
  dictionary,
  pairs,
  chosenClass,
  numberLists,
  numberTensors,
];

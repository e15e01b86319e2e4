import { assumedFields } from '../../contract/modelContract.ts';
import { ModelDeckError } from '../../foundation/error.ts';
import type { AnswerKnowledge, ClassValue, Interpretation, ModelAnswer } from './answer.ts';
import type { AnswerDialect, Reading } from './dialects/dialect.ts';
import { answerDialects } from './dialects/index.ts';
import { interpretClass } from './meaning/chosen.ts';
import type { Meaning } from './meaning/meaning.ts';
import { interpretNamed } from './meaning/named.ts';
import { interpretNumbers } from './meaning/numbers.ts';

/** More classes than any model has; an answer beyond it is no classification. */
const maxClasses = 1_000_000;
/** Longest label that is passed on, in characters. */
const maxLabelLength = 200;
const excerptLength = 200;

/**
 * Says what an answer for one picture means: as much as the answer itself, the model's contract and the labels tell, and no
 * more. Nothing becomes a probability, and no class gets a name, unless that is known; what is not is said in `notes`.
 *
 * @param dialects only tests give others
 * @throws ModelDeckError `server` for what is no classification that is known, or a failure in an answer's clothes;
 *   `unsupported` for detectors and segmenters
 */
export function interpret(
  answer: ModelAnswer,
  knowledge: AnswerKnowledge = {},
  dialects: readonly AnswerDialect[] = answerDialects,
): Interpretation {
  if (answer.values.length === 0 && answer.tensors.every(({ data }) => data.length === 0)) {
    throw new ModelDeckError('server', 'The server answered without a prediction.', { remedy });
  }
  for (const dialect of dialects) {
    const reading = dialect.read(answer, knowledge);
    if (!reading) continue;
    checkCount(reading);
    return finished(meaningOf(reading, knowledge), reading, knowledge);
  }
  throw unknownAnswer(answer);
}

/** Before anything is made of each number. */
function checkCount(reading: Reading): void {
  const count =
    reading.form === 'numbers' ? (reading.rows[0]?.length ?? 0) : reading.form === 'named' ? reading.values.length : 1;
  if (count <= maxClasses) return;
  throw new ModelDeckError('server', `The answer has ${count} numbers, more than any classifier has classes.`, {
    remedy,
  });
}

function meaningOf(reading: Reading, knowledge: AnswerKnowledge): Meaning {
  switch (reading.form) {
    case 'numbers':
      return interpretNumbers(reading, knowledge);
    case 'named':
      return interpretNamed(reading, knowledge);
    case 'class':
      return interpretClass(reading, knowledge);
  }
}

function finished(meaning: Meaning, reading: Reading, { contract }: AnswerKnowledge): Interpretation {
  const { kind, values, notes = [], offers = [] } = meaning;
  const sorted = values.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0)).map(clipped);
  const [first] = sorted;
  const background = contract?.output.background;
  const isNone = background !== undefined && first?.index === background && sorted.length > 1;
  return {
    kind,
    // The probability of the positive class leads, however small it is.
    values: kind === 'binary' ? values.map(clipped) : sorted,
    notes: [
      ...(reading.notes ?? []),
      ...notes,
      ...(isNone ? [`"${first?.label ?? background}" is the background: the model saw none of its classes.`] : []),
    ],
    offers,
    assumed: contract ? assumedFields(contract) : [],
  };
}

function clipped(value: ClassValue): ClassValue {
  const { label } = value;
  if (label === undefined || label.length <= maxLabelLength) return value;
  return { ...value, label: `${label.slice(0, maxLabelLength - 1)}…` };
}

const remedy = 'Look at the raw answer: Model Deck reads labels with numbers, one number for each class, or a class.';

function unknownAnswer({ values, tensors }: ModelAnswer): ModelDeckError {
  const shown = values.length > 0 ? values : tensors;
  const excerpt = String(JSON.stringify(shown)).slice(0, excerptLength);
  return new ModelDeckError('server', `The answer is no classification that is known: ${excerpt}`, { remedy });
}

import type { AnswerKnowledge } from '../answer.ts';
import type { ClassReading } from '../dialects/dialect.ts';
import type { Meaning } from './meaning.ts';
import { chosenLabel } from './named.ts';

/** The class that the server decided for; how sure it is, it does not say. */
export function interpretClass({ chosen }: ClassReading, knowledge: AnswerKnowledge): Meaning {
  const { value, note } = chosenLabel(chosen, knowledge);
  const silent = 'The server names the class only; no probability is known.';
  return { kind: 'class-only', values: [value], notes: note === undefined ? [silent] : [note, silent] };
}

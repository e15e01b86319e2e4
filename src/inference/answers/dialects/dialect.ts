import type { AnswerKnowledge, ClassValue, ModelAnswer } from '../answer.ts';

/** One way in which model servers write a classification. Registered in `index.ts`; the first that knows an answer reads it. */
export interface AnswerDialect {
  /** For messages and tests, for example `triton-classification`. */
  readonly name: string;
  /**
   * @returns undefined when the answer is written in another way
   * @throws ModelDeckError `unsupported` for what is known to be no classification, `server` for an error in an answer's clothes
   */
  read(answer: ModelAnswer, knowledge: AnswerKnowledge): Reading | undefined;
}

/** What stands in an answer, without a meaning that the server did not give. */
export type Reading = NumbersReading | NamedReading | ClassReading;

/** Numbers by class index. */
export interface NumbersReading {
  readonly form: 'numbers';
  /** One row for each picture that the server thinks it was asked about. */
  readonly rows: readonly (readonly number[])[];
  /** Name of the output that holds them. */
  readonly output?: string;
  /** What the server's own name for them says. */
  readonly said?: Said | undefined;
  /** The class that the server names beside them. */
  readonly chosen?: Pick<ClassValue, 'label' | 'index'>;
  readonly notes?: readonly string[];
}

/** Values that the server names, by label or by class index. */
export interface NamedReading {
  readonly form: 'named';
  readonly values: readonly (ClassValue & { readonly value: number })[];
  readonly said?: Said | undefined;
  readonly notes?: readonly string[];
}

/** The class that the server decided for. */
export interface ClassReading {
  readonly form: 'class';
  readonly chosen: Pick<ClassValue, 'label' | 'index'>;
  readonly notes?: readonly string[];
}

export type Said = 'probabilities' | 'scores';

import { ModelDeckError } from '../../foundation/error.ts';

export interface PickItem {
  readonly value: string;
  /** As in `vscode.QuickPickItem`. */
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly kind?: number;
  /** Why it cannot be chosen: the list stays open and says so. */
  readonly unusable?: string;
}

export interface PickStep {
  readonly kind: 'pick';
  readonly prompt: string;
  readonly items: readonly PickItem[];
  readonly value?: string;
}

export interface InputStep {
  readonly kind: 'input';
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  /** The complaint about a value, or nothing. */
  readonly validate?: (value: string) => string | undefined;
}

/** Answers by the key of their step. */
export type Answers<Key extends string> = Partial<Record<Key, string>>;

/** One question. It sees the answers so far. */
export type Question<Key extends string> = PlainQuestion<Key> | LoadedQuestion<Key>;

interface CountedQuestion<Key extends string> {
  readonly key: Key;
  /** The answer decides how many questions follow: until then no number of steps is shown, so that it never jumps. */
  readonly decides?: boolean;
  /** A part of the question before it, as the name behind "Other…": it has no number of its own. */
  readonly isPart?: boolean;
}

export interface PlainQuestion<Key extends string> extends CountedQuestion<Key> {
  /** Leaves itself out by returning nothing. */
  readonly ask: (answers: Answers<Key>) => PickStep | InputStep | undefined;
}

/** A question that has to find out what to ask. */
export interface LoadedQuestion<Key extends string> extends CountedQuestion<Key> {
  /** Whether it will be asked: told without waiting, for the number of steps. */
  readonly applies: (answers: Answers<Key>) => boolean;
  /** What the user reads while `load` runs, for example `Reading the claims of ml…`. */
  readonly loading: (answers: Answers<Key>) => string;
  /**
   * Leaves itself out by returning nothing.
   * @throws ModelDeckError why the answers so far lead nowhere: the question before is asked again, and says so
   */
  readonly load: (answers: Answers<Key>, signal: AbortSignal) => Promise<PickStep | InputStep | undefined>;
}

/** Where the user is among the questions. */
export interface Place {
  readonly title: string;
  readonly step: number;
  /** Left out while it is not known. */
  readonly totalSteps?: number;
}

export const back = Symbol('back');

/** What shows a question. */
export interface QuestionWindow {
  /**
   * @param complaint why the answer of before led nowhere
   * @throws ModelDeckError `cancelled` when the user leaves
   */
  show(place: Place, step: PickStep | InputStep, complaint?: ModelDeckError): Promise<string | typeof back>;
  /** Shows that something is being read; leaving aborts it. @throws ModelDeckError `cancelled`; what `work` throws */
  busy<T>(place: Place, text: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/**
 * Asks one question after the other, with a way back.
 *
 * @param given answers of before, when the user has come back: the last of them is asked again first
 * @throws ModelDeckError `cancelled`; what the first question's `load` throws
 */
export async function askInTurn<Key extends string>(
  title: string | ((answers: Answers<Key>) => string),
  questions: readonly Question<Key>[],
  window: QuestionWindow,
  given: Answers<Key> = {},
): Promise<Answers<Key>> {
  const answers: Answers<Key> = { ...given };
  const asked: number[] = questions.flatMap(({ key }, index) => (given[key] === undefined ? [] : [index]));
  let index = asked.pop() ?? 0;
  let complaint: ModelDeckError | undefined;
  while (index < questions.length) {
    const question = questions[index] as Question<Key>;
    const place = placeOf(typeof title === 'string' ? title : title(answers), questions, asked, index, answers);
    let step: PickStep | InputStep | undefined;
    try {
      step = await stepOf(question, answers, place, window);
    } catch (error) {
      const before = asked.pop();
      if (before === undefined || !ModelDeckError.is(error) || error.category === 'cancelled') throw error;
      complaint = error;
      index = before;
      continue;
    }
    if (step === undefined) {
      index += 1;
      continue;
    }
    const value = answers[question.key] ?? step.value;
    const answer = await window.show(place, value === undefined ? step : { ...step, value }, complaint);
    complaint = undefined;
    if (answer === back) {
      index = asked.pop() ?? 0;
    } else {
      answers[question.key] = answer;
      asked.push(index);
      index += 1;
    }
  }
  return answers;
}

function placeOf<Key extends string>(
  title: string,
  questions: readonly Question<Key>[],
  asked: readonly number[],
  index: number,
  answers: Answers<Key>,
): Place {
  const isCounted = (question: Question<Key> | undefined): boolean => question?.isPart !== true;
  const before = asked.filter((one) => isCounted(questions[one])).length;
  const step = isCounted(questions[index]) ? before + 1 : before;
  const later = questions.slice(index + 1).filter((question) => applies(question, answers));
  const isOpen = [questions[index], ...later].some((question) => question?.decides === true);
  return { title, step, ...(!isOpen && { totalSteps: step + later.filter(isCounted).length }) };
}

function applies<Key extends string>(question: Question<Key>, answers: Answers<Key>): boolean {
  return 'ask' in question ? question.ask(answers) !== undefined : question.applies(answers);
}

async function stepOf<Key extends string>(
  question: Question<Key>,
  answers: Answers<Key>,
  place: Place,
  window: QuestionWindow,
): Promise<PickStep | InputStep | undefined> {
  if ('ask' in question) return question.ask(answers);
  if (!question.applies(answers)) return undefined;
  return window.busy(place, question.loading(answers), (signal) => question.load(answers, signal));
}

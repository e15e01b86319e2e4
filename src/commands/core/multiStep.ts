import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';

export interface PickItem extends vscode.QuickPickItem {
  readonly value: string;
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

export interface PlainQuestion<Key extends string> {
  readonly key: Key;
  /** Leaves itself out by returning nothing. */
  readonly ask: (answers: Answers<Key>) => PickStep | InputStep | undefined;
}

/** A question that has to find out what to ask. */
export interface LoadedQuestion<Key extends string> {
  readonly key: Key;
  /** Whether it will be asked: told without waiting, for the number of steps. */
  readonly applies: (answers: Answers<Key>) => boolean;
  /** What the user reads while `load` runs, for example `Reading the claims of ml…`. */
  readonly loading: (answers: Answers<Key>) => string;
  /** Leaves itself out by returning nothing. */
  readonly load: (answers: Answers<Key>, signal: AbortSignal) => Promise<PickStep | InputStep | undefined>;
}

const back = Symbol('back');

interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/**
 * Asks one question after the other with step numbers and a Back button.
 *
 * @param given answers of before, when the user has come back: the last of them is asked again first
 * @throws ModelDeckError `cancelled` when the user leaves; what a question's `load` throws
 */
export async function multiStep<Key extends string>(
  title: string | ((answers: Answers<Key>) => string),
  questions: readonly Question<Key>[],
  given: Answers<Key> = {},
): Promise<Answers<Key>> {
  const answers: Answers<Key> = { ...given };
  const asked: number[] = questions.flatMap(({ key }, place) => (given[key] === undefined ? [] : [place]));
  let index = asked.pop() ?? 0;
  while (index < questions.length) {
    const question = questions[index] as Question<Key>;
    const place = (): Place => ({
      title: typeof title === 'string' ? title : title(answers),
      step: asked.length + 1,
      totalSteps: asked.length + 1 + questions.slice(index + 1).filter((later) => applies(later, answers)).length,
    });
    const step = await stepOf(question, answers, place);
    if (step === undefined) {
      index += 1;
      continue;
    }
    const given = answers[question.key] ?? step.value;
    const answer = await show(place(), given === undefined ? step : { ...step, value: given });
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

function applies<Key extends string>(question: Question<Key>, answers: Answers<Key>): boolean {
  return 'ask' in question ? question.ask(answers) !== undefined : question.applies(answers);
}

async function stepOf<Key extends string>(
  question: Question<Key>,
  answers: Answers<Key>,
  place: () => Place,
): Promise<PickStep | InputStep | undefined> {
  if ('ask' in question) return question.ask(answers);
  if (!question.applies(answers)) return undefined;
  return whileBusy(place(), question.loading(answers), (signal) => question.load(answers, signal));
}

/** Shows an empty list that is busy until `work` is done; leaving it aborts the work. */
async function whileBusy<T>(place: Place, text: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const box = vscode.window.createQuickPick();
  Object.assign(box, place, { placeholder: text, busy: true, enabled: false, ignoreFocusOut: true });
  const left = new Promise<never>((_resolve, reject) => {
    box.onDidHide(() => {
      abort.abort();
      reject(ModelDeckError.cancelled());
    });
  });
  box.show();
  try {
    return await Promise.race([work(abort.signal), left]);
  } finally {
    left.catch(() => undefined);
    box.dispose();
  }
}

function show(place: Place, step: PickStep | InputStep): Promise<string | typeof back> {
  const input = step.kind === 'pick' ? quickPick(step) : inputBox(step);
  // A wizard that vanishes when the user looks something up in a file loses the answers.
  Object.assign(input.box, place, { ignoreFocusOut: true });
  input.box.buttons = place.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise((resolve, reject) => {
    input.onAccept((value) => {
      resolve(value);
      input.box.hide();
    });
    input.onBack(() => {
      resolve(back);
      input.box.hide();
    });
    input.box.onDidHide(() => {
      reject(ModelDeckError.cancelled());
      input.box.dispose();
    });
    input.box.show();
  });
}

interface ShownInput {
  readonly box: vscode.QuickInput & { buttons: readonly vscode.QuickInputButton[] };
  readonly onAccept: (listener: (value: string) => void) => void;
  readonly onBack: (listener: () => void) => void;
}

function quickPick(step: PickStep): ShownInput {
  const box = vscode.window.createQuickPick<PickItem>();
  box.placeholder = step.prompt;
  box.items = step.items;
  box.matchOnDescription = true;
  const active = box.items.find((item) => item.value === step.value && item.unusable === undefined);
  if (active) box.activeItems = [active];
  return {
    box,
    onAccept: (listener) => {
      box.onDidAccept(() => {
        const chosen = box.selectedItems[0];
        if (chosen?.unusable !== undefined) {
          box.value = '';
          box.placeholder = chosen.unusable;
        } else if (chosen) {
          listener(chosen.value);
        }
      });
    },
    onBack: (listener) => {
      box.onDidTriggerButton(listener);
    },
  };
}

function inputBox(step: InputStep): ShownInput {
  const box = vscode.window.createInputBox();
  box.prompt = step.prompt;
  box.value = step.value ?? '';
  if (step.placeholder !== undefined) box.placeholder = step.placeholder;
  const complain = (): string | undefined => (box.validationMessage = step.validate?.(box.value));
  box.onDidChangeValue(complain);
  return {
    box,
    onAccept: (listener) => {
      box.onDidAccept(() => {
        if (complain() === undefined) listener(box.value);
      });
    },
    onBack: (listener) => {
      box.onDidTriggerButton(listener);
    },
  };
}

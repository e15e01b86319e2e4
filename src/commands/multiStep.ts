import * as vscode from 'vscode';
import { ModelDeckError } from '../foundation/error.ts';

export interface PickStep {
  readonly kind: 'pick';
  readonly prompt: string;
  readonly items: readonly (vscode.QuickPickItem & { readonly value: string })[];
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

/** One question. It sees the answers so far and may leave itself out by returning nothing. */
export interface Question<Key extends string> {
  readonly key: Key;
  readonly ask: (answers: Answers<Key>) => PickStep | InputStep | undefined;
}

const back = Symbol('back');

/**
 * Asks one question after the other with step numbers and a Back button.
 *
 * @throws ModelDeckError `cancelled` when the user leaves
 */
export async function multiStep<Key extends string>(
  title: string,
  questions: readonly Question<Key>[],
): Promise<Answers<Key>> {
  const answers: Answers<Key> = {};
  const asked: number[] = [];
  let index = 0;
  while (index < questions.length) {
    const question = questions[index] as Question<Key>;
    const step = question.ask(answers);
    if (step === undefined) {
      index += 1;
      continue;
    }
    const remaining = questions.slice(index + 1).filter(({ ask }) => ask(answers) !== undefined).length;
    const place = { step: asked.length + 1, totalSteps: asked.length + 1 + remaining };
    const given = answers[question.key] ?? step.value;
    const answer = await show(title, place, given === undefined ? step : { ...step, value: given });
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

function show(
  title: string,
  place: { readonly step: number; readonly totalSteps: number },
  step: PickStep | InputStep,
): Promise<string | typeof back> {
  const input = step.kind === 'pick' ? quickPick(step) : inputBox(step);
  input.box.title = title;
  input.box.step = place.step;
  input.box.totalSteps = place.totalSteps;
  // A wizard that vanishes when the user looks something up in a file loses his answers.
  input.box.ignoreFocusOut = true;
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
  const box = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly value: string }>();
  box.placeholder = step.prompt;
  box.items = step.items;
  box.matchOnDescription = true;
  const active = box.items.find((item) => item.value === step.value);
  if (active) box.activeItems = [active];
  return {
    box,
    onAccept: (listener) => {
      box.onDidAccept(() => {
        const chosen = box.selectedItems[0];
        if (chosen) listener(chosen.value);
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

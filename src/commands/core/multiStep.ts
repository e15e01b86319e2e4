import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import {
  askInTurn,
  back,
  type Answers,
  type InputStep,
  type PickItem,
  type PickStep,
  type Place,
  type Question,
} from './questions.ts';

/**
 * Asks one question after the other in VS Code's own inputs, with step numbers and a Back button.
 *
 * @param given answers of before, when the user has come back: the last of them is asked again first
 * @throws ModelDeckError `cancelled` when the user leaves; what the first question's `load` throws
 */
export function multiStep<Key extends string>(
  title: string | ((answers: Answers<Key>) => string),
  questions: readonly Question<Key>[],
  given: Answers<Key> = {},
): Promise<Answers<Key>> {
  return askInTurn(title, questions, { show, busy: whileBusy }, given);
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

function show(place: Place, step: PickStep | InputStep, complaint?: ModelDeckError): Promise<string | typeof back> {
  const input = step.kind === 'pick' ? quickPick(step, complaint) : inputBox(step, complaint);
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

function quickPick(step: PickStep, complaint: ModelDeckError | undefined): ShownInput {
  const box = vscode.window.createQuickPick<PickItem & vscode.QuickPickItem>();
  box.placeholder = complaint?.message ?? step.prompt;
  // Said at the choice that led nowhere: it can be chosen again when it has been put right.
  box.items = step.items.map((item) =>
    complaint !== undefined && item.value === step.value
      ? { ...item, detail: `$(warning) ${sentencesOf(complaint)}` }
      : item,
  );
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

function sentencesOf({ message, remedy }: ModelDeckError): string {
  return [message, remedy].filter(Boolean).join(' ');
}

function inputBox(step: InputStep, complaint: ModelDeckError | undefined): ShownInput {
  const box = vscode.window.createInputBox();
  box.prompt = step.prompt;
  box.value = step.value ?? '';
  if (step.placeholder !== undefined) box.placeholder = step.placeholder;
  const complain = (): string | undefined => (box.validationMessage = step.validate?.(box.value));
  if (complaint !== undefined) box.validationMessage = sentencesOf(complaint);
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

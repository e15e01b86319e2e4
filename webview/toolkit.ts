import { provideVSCodeDesignSystem, vsCodeButton, vsCodeDropdown, vsCodeOption } from '@vscode/webview-ui-toolkit';
import { el, present, setAttributes, type Attributes, type Child } from './dom.ts';

/**
 * The only module that knows which component library draws the controls. The pages ask for a button or a choice and
 * get a plain element with plain events.
 */

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption());

export type ButtonLook = 'primary' | 'secondary' | 'icon';

export function button(
  look: ButtonLook,
  onClick: () => void,
  attributes: Attributes,
  ...children: readonly Child[]
): HTMLElement {
  const element = document.createElement('vscode-button');
  setAttributes(element, { appearance: look, ...attributes });
  element.append(...present(children));
  element.addEventListener('click', onClick);
  return element;
}

export interface ChoiceItem {
  readonly value: string;
  readonly text: string;
  readonly isDisabled?: boolean;
}

/** A drop-down list. Rebuilt when its items or its selection change. */
export function choice(
  items: readonly ChoiceItem[],
  selected: string | undefined,
  onChoose: (value: string) => void,
  attributes: Attributes,
): HTMLElement {
  const element = document.createElement('vscode-dropdown') as HTMLElement & { value: string };
  setAttributes(element, attributes);
  for (const { value, text, isDisabled = false } of items) {
    const option = document.createElement('vscode-option');
    // The list takes its first selection from this attribute once its options are known to it.
    setAttributes(option, { value, selected: value === selected, disabled: isDisabled });
    option.append(text);
    element.append(option);
  }
  element.addEventListener('change', () => onChoose(element.value));
  return element;
}

/** Something is going on, for an unknown time. The words beside it say what. */
export function spinner(): HTMLElement {
  return el('span', { class: 'spinner', 'aria-hidden': 'true' });
}

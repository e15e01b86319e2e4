import * as vscode from 'vscode';
import type { EndpointChoice, EndpointState } from '../messages/classifyState.ts';

interface EndpointItem extends vscode.QuickPickItem {
  readonly id?: string;
}

const words: Readonly<Record<EndpointState, string>> = {
  starting: 'Starting',
  ready: '',
  stopped: 'Stopped',
  failed: 'Failed',
};
const icons: Readonly<Record<EndpointState, vscode.ThemeIcon>> = {
  starting: new vscode.ThemeIcon('loading~spin'),
  ready: new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed')),
  stopped: new vscode.ThemeIcon('debug-pause'),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
};

/**
 * Asks which endpoint is meant. VS Code's own list: it filters as one types and stays quick with thousands of rows. The
 * rows follow the clusters while it is open.
 *
 * @param choices read again at each change
 * @param onDidChange calls its listener at each change; returns the function that ends that
 * @returns its id; undefined when the user leaves
 */
export async function pickEndpoint(
  choices: () => { readonly endpoints: readonly EndpointChoice[]; readonly selected: string | undefined },
  onDidChange: (listener: () => void) => () => void,
  placeHolder = 'Choose an endpoint',
): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick<EndpointItem>();
  picker.title = 'Endpoint';
  picker.placeholder = placeHolder;
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  const show = (active: string | undefined): void => {
    picker.items = endpointItems(choices().endpoints);
    picker.activeItems = picker.items.filter(({ id }) => id !== undefined && id === active);
  };
  show(choices().selected);
  const end = onDidChange(() => show(picker.activeItems[0]?.id));
  try {
    return await new Promise<string | undefined>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]?.id));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    end();
    picker.dispose();
  }
}

/** A heading for each target; the order is that of the endpoints. */
function endpointItems(endpoints: readonly EndpointChoice[]): EndpointItem[] {
  const items: EndpointItem[] = [];
  let target: string | undefined;
  for (const { id, label, targetLabel, state, reason } of endpoints) {
    if (targetLabel !== target) items.push({ label: targetLabel, kind: vscode.QuickPickItemKind.Separator });
    target = targetLabel;
    items.push({
      id,
      label,
      // With the target, so that typing its name finds it.
      description: [words[state], targetLabel].filter(Boolean).join(' · '),
      ...(state === 'failed' && reason !== undefined && { detail: reason }),
      iconPath: icons[state],
    });
  }
  return items;
}

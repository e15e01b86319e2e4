import * as vscode from 'vscode';
import type { Check } from './messages/validate.ts';
import { describeFailure } from './showFailure.ts';
import { webviewHtml } from './webviewHtml.ts';

/** One of our pages in a webview: its document, and messages that are checked on arrival. */
export interface PageOptions<Request> {
  readonly extensionUri: vscode.Uri;
  /** Base name of the built script and style sheet in `dist/webview`. */
  readonly name: 'classify' | 'archive' | 'plan' | 'try';
  readonly title: string;
  readonly log: vscode.LogOutputChannel;
  readonly isRequest: Check<Request>;
  /** Its failure is logged here and shown by {@link onFailure}. */
  readonly onRequest: (request: Request) => Promise<void> | void;
  readonly onFailure: (error: unknown) => void;
}

/** Puts the page into the webview. The subscription ends with the webview. */
export function showPage<Request>(webview: vscode.Webview, options: PageOptions<Request>): vscode.Disposable {
  const folder = vscode.Uri.joinPath(options.extensionUri, 'dist', 'webview');
  const built = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  const subscription = webview.onDidReceiveMessage((message: unknown) => {
    if (!options.isRequest(message)) {
      options.log.warn(`The ${options.name} page sent a message that is not in the contract; it was dropped.`);
      return;
    }
    void answer(message);
  });
  async function answer(request: Request): Promise<void> {
    try {
      await options.onRequest(request);
    } catch (error) {
      options.onFailure(error);
    }
  }
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  webview.html = webviewHtml({
    title: options.title,
    locale: vscode.env.language,
    cspSource: webview.cspSource,
    script: built(`${options.name}.js`),
    style: built(`${options.name}.css`),
  });
  return subscription;
}

export interface PanelOptions<Request> extends Omit<PageOptions<Request>, 'onFailure'> {
  /** One that VS Code brings back after a reload of the window; a new one is opened otherwise. */
  readonly restored?: vscode.WebviewPanel;
  /** Where a new one is opened; in the active column when left out. */
  readonly column?: vscode.ViewColumn;
  /** Keeps the page while it is hidden: for what the user has typed and not sent yet. */
  readonly isKeptWhenHidden?: boolean;
  readonly onClose: () => void;
}

/** A page in an editor tab of its own. */
export interface PagePanel<Update> {
  readonly panel: vscode.WebviewPanel;
  readonly send: (update: Update) => void;
}

/** Opens a page in an editor tab. What goes wrong with a request is logged and shown. */
export function openPage<Request, Update>(options: PanelOptions<Request>): PagePanel<Update> {
  const { name, title, restored, column = vscode.ViewColumn.Active, isKeptWhenHidden = false, log } = options;
  const panel =
    restored ??
    vscode.window.createWebviewPanel(`modelDeck.${name}`, title, column, { retainContextWhenHidden: isKeptWhenHidden });
  panel.onDidDispose(options.onClose);
  showPage(panel.webview, {
    ...options,
    onFailure: (error) => {
      const { reason, remedy } = describeFailure(error);
      log.error(reason);
      void vscode.window.showErrorMessage([reason, remedy].filter(Boolean).join(' '));
    },
  });
  return { panel, send: (update) => void panel.webview.postMessage(update) };
}

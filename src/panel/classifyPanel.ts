import * as vscode from 'vscode';
import { ModelDeckError } from '../foundation/error.ts';
import type * as Inference from '../inference/index.ts';
import type { Target } from '../targets/target.ts';
import { ClassifySession, type ImageInput } from './classifySession.ts';
import {
  isClassifyRequest,
  isSavedClassifyState,
  type ClassifyRequest,
  type ClassifyUpdate,
} from './contract/classifyMessages.ts';
import { isTopK } from './contract/classifyState.ts';
import { describeFailure } from './failure.ts';
import { droppedUri, fileInput, heldInput, tooLarge } from './imageInputs.ts';
import { showPage } from './page.ts';

export interface ClassifyPanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly inference: () => Promise<typeof Inference>;
  readonly target: () => Promise<Target>;
}

const viewType = 'modelDeck.classify';
const title = 'Classify Images';
/** Side of the square that a thumbnail fits in, in pixels: twice what the page shows, for dense screens. */
const thumbnailSize = 192;

/**
 * The one panel that classifies images. The session lives here; the page is a view of it that may be thrown away when
 * it is hidden and asks for everything with `ready` when it is back.
 */
export class ClassifyPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly session: ClassifySession;
  private sending = false;
  private watching: Promise<() => void> | undefined;

  constructor(private readonly deps: ClassifyPanelOptions) {
    this.session = new ClassifySession(
      {
        predict: async (endpointId, image, k, signal) => {
          const endpoint = await (await this.deps.target()).endpoint(endpointId);
          return (await this.deps.inference()).predict({ endpoint, image, k }, { signal });
        },
        thumbnail: async (image) => (await this.deps.inference()).thumbnail(image, thumbnailSize),
        onChange: () => this.sendState(),
        onThumbnail: (imageId, url) => this.send({ type: 'thumbnail', imageId, url }),
        onError: (doing, error) => this.deps.log.warn(`Could not ${doing}: ${describeFailure(error).reason}`),
      },
      configuredTopK(),
    );
  }

  /** Brings the panel back after the window was reloaded, with its endpoint and k. */
  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel, saved: unknown) => {
        this.adopt(panel);
        if (isSavedClassifyState(saved)) this.session.setTopK(saved.topK);
        await this.watch();
        if (isSavedClassifyState(saved) && saved.endpointId !== undefined) this.session.select(saved.endpointId);
      },
    });
  }

  /** Shows the panel, chooses the endpoint when one is named, and classifies the images. */
  async open({
    endpointId,
    images,
  }: {
    readonly endpointId?: string;
    readonly images: readonly vscode.Uri[];
  }): Promise<void> {
    if (this.panel) this.panel.reveal(undefined, false);
    else this.adopt(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active));
    await this.watch();
    if (endpointId !== undefined) this.session.select(endpointId);
    this.add(images.map(fileInput));
  }

  dispose(): void {
    this.panel?.dispose();
    void this.watching?.then((end) => end());
  }

  private adopt(panel: vscode.WebviewPanel): void {
    // A panel of before the reload may come back when a new one is open already: one is enough.
    this.panel?.dispose();
    this.panel = panel;
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.session.cancelAll();
    });
    showPage(panel.webview, {
      extensionUri: this.deps.extensionUri,
      name: 'classify',
      title,
      log: this.deps.log,
      isRequest: isClassifyRequest,
      onRequest: (request) => this.answer(request),
      onFailure: (error) => this.tell(error),
    });
  }

  /** Follows the target's deployments from the first use on. A failure is shown in the page, with a way to try again. */
  private async watch(): Promise<void> {
    this.watching ??= this.deps.target().then((target) => {
      const update = (): void => this.session.setEndpoints(endpointChoices(target));
      const end = target.onDidChangeDeployments(update);
      update();
      return end;
    });
    try {
      await this.watching;
    } catch (error) {
      this.watching = undefined;
      this.session.failEndpoints(error);
    }
  }

  private async answer(request: ClassifyRequest): Promise<void> {
    switch (request.type) {
      case 'ready':
        this.sendState();
        for (const [imageId, url] of this.session.thumbnails()) this.send({ type: 'thumbnail', imageId, url });
        return;
      case 'select-endpoint':
        return this.session.select(request.id);
      case 'start-endpoint':
        return run('modelDeck.startDeployment', { deploymentId: request.id });
      case 'show-endpoint-log':
        return run('modelDeck.showDeploymentLog', { deploymentId: request.id });
      case 'reload-endpoints':
        return this.watch();
      case 'deploy':
        return run('modelDeck.deployModel');
      case 'set-top-k':
        return this.session.setTopK(request.topK);
      case 'browse':
        return this.browse();
      case 'add-file':
        return this.add([heldInput(request.name, request.content)]);
      case 'refuse-file':
        return this.session.refuse(request.name, 'Dropped or pasted', refusal(request));
      case 'add-uris':
        return this.addDropped(request.uris);
      case 'classify':
        return this.session.classify(request.ids);
      case 'cancel':
        return this.session.cancel(request.ids);
      case 'remove':
        return this.session.remove(request.ids);
      case 'clear-history':
        return this.session.clearHistory();
      case 'show-exchange': {
        const answered = this.session.answered(request.id);
        if (answered) this.send({ type: 'exchange', imageId: request.id, exchange: answered.exchange });
        return;
      }
      case 'copy':
        return this.copy(request.id, request.as);
    }
  }

  private add(inputs: readonly ImageInput[]): void {
    if (inputs.length === 0) return;
    const refused = this.session.add(inputs);
    if (refused === 0) return;
    const what = refused === 1 ? 'One image was' : `${refused} images were`;
    void vscode.window.showWarningMessage(`${what} not taken: too many wait already. Add them when these are done.`);
  }

  private async browse(): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      title: 'Choose images to classify',
      openLabel: 'Classify',
      canSelectMany: true,
      filters: { Images: ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff'], 'All files': ['*'] },
    });
    if (chosen) this.add(chosen.map(fileInput));
  }

  private addDropped(addresses: readonly string[]): void {
    const uris: vscode.Uri[] = [];
    for (const address of addresses) {
      try {
        uris.push(droppedUri(address));
      } catch (error) {
        this.session.refuse(address, 'Dropped or pasted', error);
      }
    }
    this.add(uris.map(fileInput));
  }

  private async copy(id: string, as: 'curl' | 'python'): Promise<void> {
    const answered = this.session.answered(id);
    if (!answered) return;
    const endpoint = await (await this.deps.target()).endpoint(answered.endpointId);
    const { asCurl, asPython } = await this.deps.inference();
    await vscode.env.clipboard.writeText((as === 'curl' ? asCurl : asPython)(endpoint, answered.fileName));
    const text = as === 'curl' ? 'The curl command is copied.' : 'The Python code is copied.';
    vscode.window.setStatusBarMessage(text, 5000);
    this.send({ type: 'notice', text });
  }

  private tell(error: unknown): void {
    const { reason, remedy } = describeFailure(error);
    this.deps.log.error(reason);
    void vscode.window.showErrorMessage([reason, remedy].filter(Boolean).join(' '));
  }

  /** Many changes in a row become one message. */
  private sendState(): void {
    if (this.sending) return;
    this.sending = true;
    setImmediate(() => {
      this.sending = false;
      this.send({ type: 'state', state: this.session.state() });
    });
  }

  private send(update: ClassifyUpdate): void {
    void this.panel?.webview.postMessage(update);
  }
}

function endpointChoices(target: Target): Parameters<ClassifySession['setEndpoints']>[0] {
  return target.deployments().map(({ id, name, state, reason }) => ({
    id,
    label: name,
    targetLabel: target.label,
    state,
    ...(reason !== undefined && { reason }),
  }));
}

function refusal({ name, size, why }: Extract<ClassifyRequest, { readonly type: 'refuse-file' }>): ModelDeckError {
  return why === 'too-large'
    ? tooLarge(name, size)
    : new ModelDeckError('invalid-input', `${name} could not be read.`, {
        remedy: 'Choose the file with Browse…, which says why.',
      });
}

function configuredTopK(): number {
  const configured = vscode.workspace.getConfiguration('modelDeck').get<unknown>('classify.topK');
  return isTopK(configured) ? configured : 5;
}

async function run(command: string, ...args: readonly unknown[]): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

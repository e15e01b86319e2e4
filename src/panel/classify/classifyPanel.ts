import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type * as Inference from '../../inference/index.ts';
import { parseServiceRef, type ServiceRef } from '../../targets/kserve/serviceRef.ts';
import type { Targets } from '../../targets/targets.ts';
import { seenView } from './seenView.ts';
import { ClassifySession, type ImageInput } from './classifySession.ts';
import {
  isClassifyRequest,
  isSavedClassifyState,
  type ClassifyRequest,
  type ClassifyUpdate,
  type ImageRequest,
} from '../messages/classifyMessages.ts';
import { isTopK } from '../messages/classifyState.ts';
import { EndpointConnections, type ConnectionsWork } from './endpointConnections.ts';
import type { CredentialStore } from './endpointCredentials.ts';
import { pickEndpoint } from './endpointPicker.ts';
import { describeFailure } from '../showFailure.ts';
import { droppedUri, fileInput, heldInput, tooLarge } from './imageInputs.ts';
import { showPage } from '../page.ts';
import { TargetList, type TargetSource } from './targetList.ts';

export interface ClassifyPanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly inference: () => Promise<typeof Inference>;
  /** This computer, and the namespaces of clusters that the user has opened. Contacts nobody. */
  readonly targets: TargetSource & Pick<Targets, 'ofDeployment'>;
  readonly credentials: CredentialStore;
  readonly packageOf: ConnectionsWork['packageOf'];
}

/** Of the formats that are read (`src/inference/image/formats`); the menu in package.json has the same. */
const imageExtensions = 'jpg jpeg png webp gif tif tiff bmp avif jp2 j2k ppm pgm pbm'.split(' ');

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
  private readonly targets: TargetList;
  private readonly connections: EndpointConnections;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly endCredentials: () => void;
  private sending = false;
  private renewal: NodeJS.Immediate | undefined;
  private started: Promise<void> | undefined;
  /** The endpoint whose ways are known, with the state that it had then. */
  private lookedAt: string | undefined;
  /** What {@link open} was asked for and could not be reached. */
  private missing: ServiceRef | undefined;

  constructor(private readonly deps: ClassifyPanelOptions) {
    const onError = (doing: string, error: unknown): void =>
      this.deps.log.warn(`Could not ${doing}: ${describeFailure(error).reason}`);
    this.targets = new TargetList(deps.targets, () => this.targetsSoonChanged());
    this.connections = new EndpointConnections({
      targetOf: (endpointId) => this.targets.targetOf(endpointId),
      inference: deps.inference,
      credentials: (endpointId) => deps.credentials.read(endpointId),
      packageOf: deps.packageOf,
      onChange: () => this.session.connectionChanged(),
      onError,
    });
    this.session = new ClassifySession(
      {
        predict: (endpointId, image, k, signal, heard) =>
          this.connections.predict(endpointId, { image, k, ...heard }, signal),
        connection: (endpointId) => this.connections.view(endpointId),
        thumbnail: async (image) => (await this.deps.inference()).thumbnail(image, thumbnailSize),
        onChange: () => this.sessionChanged(),
        onThumbnail: (imageId, url) => this.send({ type: 'thumbnail', imageId, url }),
        onError,
      },
      configuredTopK(),
    );
    this.endCredentials = deps.credentials.onDidChange((endpointId) => {
      this.session.cancelOn(endpointId);
      this.connections.credentialsChanged(endpointId).catch((error: unknown) => onError('read the credentials', error));
    });
  }

  /** Brings the panel back after the window was reloaded, with its endpoint and k. */
  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel, saved: unknown) => {
        this.adopt(panel);
        if (isSavedClassifyState(saved)) this.session.setTopK(saved.topK);
        await this.watch();
        // A cluster that the user has not opened in this window is not contacted for it.
        if (isSavedClassifyState(saved) && saved.endpointId !== undefined) this.session.wish(saved.endpointId);
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
    if (endpointId !== undefined) this.choose(endpointId);
    this.add(images.map(fileInput));
  }

  /** Asks for one of the endpoints that are known. @returns its id; undefined when the user leaves */
  async pickEndpoint(): Promise<string | undefined> {
    await this.watch();
    return pickEndpoint(
      () => this.session.choices(),
      (listener) => {
        const subscription = this.changed.event(listener);
        return () => void subscription.dispose();
      },
    );
  }

  dispose(): void {
    this.panel?.dispose();
    this.connections.dispose();
    this.targets.stop();
    clearImmediate(this.renewal);
    this.endCredentials();
    this.changed.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    // A panel of before the reload may come back when a new one is open already: one is enough.
    this.panel?.dispose();
    this.panel = panel;
    this.targets.watch(panel.visible);
    panel.onDidChangeViewState(() => this.panel === panel && this.targets.watch(panel.visible));
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.session.cancelAll();
      this.connections.dispose();
      this.targets.watch(false);
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

  /** Knows the targets' deployments from the first use on. A failure is shown in the page, with a way to try again. */
  private async watch(): Promise<void> {
    this.started ??= this.targets.start();
    try {
      await this.started;
    } catch (error) {
      this.started = undefined;
      this.session.failEndpoints(error);
    }
  }

  /** A cluster tells of each service on its own: those of one moment are looked at together. */
  private targetsSoonChanged(): void {
    this.renewal ??= setImmediate(() => {
      this.renewal = undefined;
      this.targetsChanged();
    });
  }

  private targetsChanged(): void {
    this.connections.targetsChanged();
    this.session.setEndpoints(this.targets.endpoints());
    this.changed.fire();
  }

  private sessionChanged(): void {
    this.sendState();
    const { selected } = this.session.choices();
    const looked = selected?.isRemote ? `${selected.state} ${selected.id}` : undefined;
    if (looked === this.lookedAt) return;
    this.lookedAt = looked;
    if (selected?.isRemote) this.look(selected.id);
  }

  private look(endpointId: string): void {
    this.connections.look(endpointId).catch((error: unknown) => {
      this.deps.log.warn(`Could not find the ways to ${endpointId}: ${describeFailure(error).reason}`);
    });
  }

  /** One that no target knows yet is looked for in its cluster. */
  private choose(endpointId: string): void {
    const service = parseServiceRef(endpointId);
    if (this.targets.targetOf(endpointId) ?? !service) this.session.select(endpointId);
    else void this.reach(endpointId, service);
  }

  private async reach(id: string, service: ServiceRef): Promise<void> {
    const { name, namespace, context } = service;
    const expected = { id, label: name, targetLabel: `${namespace} — ${context}`, isRemote: true };
    this.session.expect({ ...expected, state: 'starting' });
    this.missing = undefined;
    try {
      const target = await this.deps.targets.ofDeployment(id);
      // Says when there is no such service; when there is, the target's list brings it.
      await target.routes?.of(id);
    } catch (error) {
      this.missing = service;
      this.session.expect({ ...expected, state: 'failed' });
      this.session.failEndpoints(error);
    }
  }

  private async answer(request: ClassifyRequest): Promise<void> {
    switch (request.type) {
      case 'choose-endpoint': {
        const chosen = await this.pickEndpoint();
        if (chosen !== undefined) this.session.select(chosen);
        return;
      }
      case 'select-route':
        this.session.cancelOn(request.id);
        return this.connections.chooseRoute(request.id, request.route);
      case 'select-model':
        return this.connections.chooseModel(request.id, request.model);
      case 'disconnect':
        this.session.cancelOn(request.id);
        return this.connections.disconnect(request.id);
      case 'set-credentials':
        return run('modelDeck.setEndpointCredentials', { endpointId: request.id });
      case 'start-endpoint':
        return run('modelDeck.startDeployment', { deploymentId: request.id });
      case 'show-endpoint-log':
        return run('modelDeck.showDeploymentLog', { deploymentId: request.id });
      case 'reload-endpoints':
        return this.reload();
      case 'deploy':
        return run('modelDeck.deployModel');
      default:
        return this.answerAboutImages(request);
    }
  }

  private async answerAboutImages(request: ImageRequest): Promise<void> {
    switch (request.type) {
      case 'ready':
        this.sendState();
        for (const [imageId, url] of this.session.thumbnails()) this.send({ type: 'thumbnail', imageId, url });
        return;
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
      case 'show-seen':
        return this.showSeen(request.id);
      case 'accept-offer': {
        const answered = this.session.answered(request.id);
        if (answered) this.connections.acceptOffer(answered.endpointId, request.offer);
        return this.session.classify([request.id]);
      }
      case 'copy':
        return this.copy(request.id, request.as);
    }
  }

  private async reload(): Promise<void> {
    await this.watch();
    const { selected } = this.session.choices();
    if (this.missing && selected) this.choose(selected.id);
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
      filters: { Images: [...imageExtensions], 'All files': ['*'] },
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
    const { endpoint, input } = await this.connections.described(answered.endpointId);
    const { asCurl, asPython } = await this.deps.inference();
    await vscode.env.clipboard.writeText((as === 'curl' ? asCurl : asPython)(endpoint, answered.fileName, input));
    const text = as === 'curl' ? 'The curl command is copied.' : 'The Python code is copied.';
    vscode.window.setStatusBarMessage(text, 5000);
    this.send({ type: 'notice', text });
  }

  private async showSeen(imageId: string): Promise<void> {
    const endpointId = this.session.answered(imageId)?.endpointId;
    const input = this.session.inputOf(imageId);
    if (endpointId === undefined || !input) return;
    const contract = await this.connections.contract(endpointId);
    this.send({ type: 'seen', imageId, seen: await seenView(input, contract, this.deps.inference) });
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

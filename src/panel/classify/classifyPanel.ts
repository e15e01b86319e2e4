import * as vscode from 'vscode';
import { parseServiceRef, type ServiceRef } from '../../targets/kserve/serviceRef.ts';
import {
  isClassifyRequest,
  type ClassifyRequest,
  type ClassifyUpdate,
  type EndpointRequest,
} from '../messages/classifyMessages.ts';
import { leastTopK, mostTopK, type EndpointChoice } from '../messages/classifyState.ts';
import { openPage, type PagePanel } from '../page.ts';
import type { ClassifyShared } from './classifyShared.ts';
import { ClassifySession } from './classifySession.ts';
import { fileInput } from './imageInputs.ts';
import { PanelImages } from './panelImages.ts';
import type { SavedSession } from './savedSession.ts';

export interface ClassifyPanelStart {
  readonly panelId: string;
  /** What it showed before the window was reloaded. */
  readonly session?: SavedSession;
  readonly restored?: vscode.WebviewPanel;
  readonly column?: vscode.ViewColumn;
}

/** Whom a panel tells about itself. */
export interface ClassifyPanelHooks {
  readonly onUse: (panel: ClassifyPanel) => void;
  /** It came into view, or went out of it. */
  readonly onView: () => void;
  readonly onClose: (panel: ClassifyPanel) => void;
}

const title = 'Classify Images';
/** Side of the square that a thumbnail fits in, in pixels: twice what the page shows, for dense screens. */
const thumbnailSize = 192;
/** Milliseconds from a change until it is kept. */
const saveDelay = 1000;

/**
 * A panel that classifies images. The session lives here; the page is a view of it that may be thrown away when it is hidden and
 * asks for everything with `ready` when it is back.
 */
export class ClassifyPanel {
  /** Endpoints that it has asked. */
  readonly used = new Set<string>();
  private readonly page: PagePanel<ClassifyUpdate>;
  private readonly session: ClassifySession;
  private readonly images: PanelImages;
  private readonly panelId: string;
  private sending = false;
  private saving: NodeJS.Timeout | undefined;
  private fileWork: Promise<void> = Promise.resolve();
  private isClosed = false;
  private isReady = false;
  /** The endpoint whose ways are known, with the state that it had then. */
  private lookedAt: string | undefined;
  /** What was asked for and could not be reached. */
  private missing: ServiceRef | undefined;

  constructor(
    private readonly shared: ClassifyShared,
    private readonly hooks: ClassifyPanelHooks,
    { panelId, session, restored, column }: ClassifyPanelStart,
  ) {
    const { extensionUri, log, connections, inference, onError } = shared;
    this.panelId = panelId;
    this.session = new ClassifySession(
      panelId,
      {
        predict: (endpointId, image, k, signal, heard) => {
          this.used.add(endpointId);
          return connections.predict(endpointId, { image, k, ...heard }, signal);
        },
        connection: (endpointId) => connections.view(endpointId),
        thumbnail: async (image) => (await inference()).thumbnail(image, thumbnailSize),
        onChange: () => this.sessionChanged(),
        onThumbnail: (imageId, url) => this.send({ type: 'thumbnail', imageId, url }),
        onError,
      },
      configuredTopK(),
    );
    this.images = new PanelImages(this.session, shared, {
      send: (update) => this.send(update),
      pickEndpoint: (placeHolder) => shared.pickEndpoint(this.selectedId(), placeHolder),
      onUse: (endpointId) => this.used.add(endpointId),
    });
    this.page = openPage({
      extensionUri,
      name: 'classify',
      title,
      log,
      ...(restored && { restored }),
      ...(column !== undefined && { column }),
      isRequest: isClassifyRequest,
      onRequest: (request) => this.answer(request),
      onClose: () => this.close(),
    });
    this.page.panel.onDidChangeViewState(({ webviewPanel }) => {
      if (webviewPanel.active) hooks.onUse(this);
      hooks.onView();
    });
    if (session)
      this.session.restore(session, ({ uri }) => (uri === undefined ? undefined : fileInput(vscode.Uri.parse(uri))));
  }

  reveal(): void {
    this.page.panel.reveal(undefined, false);
    this.hooks.onUse(this);
  }

  isVisible(): boolean {
    return this.page.panel.visible;
  }

  selectedId(): string | undefined {
    return this.session.choices().selected?.id;
  }

  asks(endpointId: string): boolean {
    return this.selectedId() === endpointId;
  }

  setEndpoints(endpoints: readonly EndpointChoice[]): void {
    this.session.setEndpoints(endpoints);
  }

  failEndpoints(error: unknown): void {
    this.session.failEndpoints(error);
  }

  connectionChanged(): void {
    this.session.connectionChanged();
  }

  cancelOn(endpointId: string): void {
    this.session.cancelOn(endpointId);
  }

  setTopK(topK: number): void {
    this.session.setTopK(topK);
  }

  /** Chooses it when it comes. */
  wish(endpointId: string): void {
    this.session.wish(endpointId);
  }

  /** One that no target knows yet is looked for in its cluster. */
  choose(endpointId: string): void {
    const service = parseServiceRef(endpointId);
    if (this.shared.hasTarget(endpointId) || !service) this.session.select(endpointId);
    else void this.reach(endpointId, service);
  }

  addUris(uris: readonly vscode.Uri[]): Promise<void> {
    return this.images.addUris(uris);
  }

  /** Keeps what it shows for a reload of the window. */
  async save(): Promise<void> {
    clearTimeout(this.saving);
    this.saving = undefined;
    if (this.isClosed) return;
    // Taken now: when the extension ends, VS Code does not wait before it closes the panel.
    const saved = this.session.saved();
    await this.withFile('keep the results for a reload of the window', () =>
      this.shared.files.write(this.panelId, saved),
    );
  }

  /** One after the other: what was written first must not come last. */
  private withFile(doing: string, work: () => Promise<void>): Promise<void> {
    this.fileWork = this.fileWork.then(work).catch((error: unknown) => this.shared.onError(doing, error));
    return this.fileWork;
  }

  /** The extension ends; what is kept stays. */
  dispose(): void {
    this.end();
    this.page.panel.dispose();
  }

  /** The user closed it: what was kept goes. */
  private close(): void {
    if (this.isClosed) return;
    this.end();
    this.hooks.onClose(this);
    void this.withFile('forget the results', () => this.shared.files.remove(this.panelId));
  }

  private end(): void {
    clearTimeout(this.saving);
    this.isClosed = true;
    this.session.cancelAll();
    this.images.end();
  }

  private sessionChanged(): void {
    if (this.isClosed) return;
    this.sendState();
    this.saving ??= setTimeout(() => void this.save(), saveDelay);
    this.nameTab();
    const { selected } = this.session.choices();
    const looked = selected?.isRemote ? `${selected.state} ${selected.id}` : undefined;
    if (looked === this.lookedAt) return;
    this.lookedAt = looked;
    if (selected?.isRemote) this.look(selected.id);
  }

  /** Panels are told apart by what they ask. VS Code loses a restored one whose title changes before its page is there. */
  private nameTab(): void {
    const { selected } = this.session.choices();
    const shown = selected ? `${title}: ${selected.label}` : title;
    if (this.isReady && this.page.panel.title !== shown) this.page.panel.title = shown;
  }

  private look(endpointId: string): void {
    this.shared.connections
      .look(endpointId)
      .catch((error: unknown) => this.shared.onError(`find the ways to ${endpointId}`, error));
  }

  private async reach(id: string, service: ServiceRef): Promise<void> {
    const { name, namespace, context } = service;
    const expected = { id, label: name, targetLabel: `${namespace} — ${context}`, isRemote: true };
    this.session.expect({ ...expected, state: 'starting' });
    this.missing = undefined;
    try {
      const target = await this.shared.targets.ofDeployment(id);
      // Says when there is no such service; when there is, the target's list brings it.
      await target.routes?.of(id);
    } catch (error) {
      this.missing = service;
      this.session.expect({ ...expected, state: 'failed' });
      this.session.failEndpoints(error);
    }
  }

  private async answer(request: ClassifyRequest): Promise<void> {
    if (!isAboutEndpoint(request)) return request.type === 'ready' ? this.sendAll() : this.images.answer(request);
    const { connections } = this.shared;
    switch (request.type) {
      case 'choose-endpoint': {
        const chosen = await this.shared.pickEndpoint(this.selectedId());
        if (chosen !== undefined) this.session.select(chosen);
        return;
      }
      case 'select-route':
        this.shared.cancelOn(request.id);
        return connections.chooseRoute(request.id, request.route);
      case 'select-model':
        return connections.chooseModel(request.id, request.model);
      case 'disconnect':
        this.shared.cancelOn(request.id);
        return connections.disconnect(request.id);
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
      case 'open-beside':
        return this.shared.openBeside(this.selectedId());
    }
  }

  private async reload(): Promise<void> {
    await this.shared.watch();
    const selected = this.selectedId();
    if (this.missing && selected !== undefined) this.choose(selected);
  }

  private sendAll(): void {
    this.isReady = true;
    this.nameTab();
    this.sendState();
    for (const [imageId, url] of this.session.thumbnails()) this.send({ type: 'thumbnail', imageId, url });
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
    if (!this.isClosed) this.page.send(update);
  }
}

const endpointRequests: ReadonlySet<string> = new Set<EndpointRequest['type']>([
  'choose-endpoint',
  'select-route',
  'select-model',
  'disconnect',
  'set-credentials',
  'start-endpoint',
  'show-endpoint-log',
  'reload-endpoints',
  'deploy',
  'open-beside',
]);

function isAboutEndpoint(request: ClassifyRequest): request is EndpointRequest {
  return endpointRequests.has(request.type);
}

function configuredTopK(): number {
  const configured = vscode.workspace.getConfiguration('modelDeck').get<unknown>('classify.topK');
  return typeof configured === 'number' && Number.isFinite(configured)
    ? Math.min(mostTopK, Math.max(leastTopK, Math.round(configured)))
    : 5;
}

async function run(command: string, ...args: readonly unknown[]): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

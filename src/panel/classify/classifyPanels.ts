import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type * as Inference from '../../inference/index.ts';
import type { Targets } from '../../targets/targets.ts';
import { isSavedClassifyState } from '../messages/classifyMessages.ts';
import { describeFailure } from '../showFailure.ts';
import { AnswerDocuments } from './answerDocuments.ts';
import { ClassifyPanel, type ClassifyPanelHooks, type ClassifyPanelStart } from './classifyPanel.ts';
import type { ClassifyShared } from './classifyShared.ts';
import { EndpointConnections, type ConnectionsWork } from './endpointConnections.ts';
import type { CredentialStore } from './endpointCredentials.ts';
import { pickEndpoint } from './endpointPicker.ts';
import { SessionFiles } from './sessionFiles.ts';
import { TargetList, type TargetSource } from './targetList.ts';

export interface ClassifyPanelsOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly inference: () => Promise<typeof Inference>;
  /** This computer, and the namespaces of clusters that the user has opened. Contacts nobody. */
  readonly targets: TargetSource & Pick<Targets, 'ofDeployment'>;
  readonly credentials: CredentialStore;
  readonly packageOf: ConnectionsWork['packageOf'];
  /** Where results are kept over a reload of the window. */
  readonly sessionFolder: string;
}

/**
 * The panels that classify images, each with an endpoint and results of its own. They share the ways to the endpoints: a port is
 * forwarded once, whoever asks through it.
 */
export class ClassifyPanels implements vscode.Disposable {
  /** The one that was used last comes first. */
  private panels: ClassifyPanel[] = [];
  /** Ids of panels that were shown in this window. */
  private readonly taken = new Set<string>();
  private readonly shared: ClassifyShared;
  private readonly hooks: ClassifyPanelHooks = {
    onUse: (panel) => this.used(panel),
    onView: () => this.follow(),
    onClose: (panel) => this.closed(panel),
  };
  private readonly targets: TargetList;
  private readonly connections: EndpointConnections;
  private readonly documents = new AnswerDocuments();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly endCredentials: () => void;
  private renewal: NodeJS.Immediate | undefined;
  private started: Promise<void> | undefined;

  constructor(deps: ClassifyPanelsOptions) {
    const { extensionUri, log, inference, targets, credentials, packageOf } = deps;
    const onError = (doing: string, error: unknown): void =>
      log.warn(`Could not ${doing}: ${describeFailure(error).reason}`);
    this.targets = new TargetList(targets, () => this.targetsSoonChanged());
    this.connections = new EndpointConnections({
      targetOf: (endpointId) => this.targets.targetOf(endpointId),
      inference,
      credentials: (endpointId) => credentials.read(endpointId),
      packageOf,
      onChange: () => this.panels.forEach((panel) => panel.connectionChanged()),
      onError,
    });
    this.shared = {
      extensionUri,
      log,
      inference,
      targets,
      connections: this.connections,
      documents: this.documents,
      files: new SessionFiles(deps.sessionFolder),
      nameOf: (endpointId) => this.nameOf(endpointId),
      hasTarget: (endpointId) => this.targets.targetOf(endpointId) !== undefined,
      watch: () => this.watch(),
      pickEndpoint: (selected, placeHolder) => this.pick(selected, placeHolder),
      cancelOn: (endpointId) => this.panels.forEach((panel) => panel.cancelOn(endpointId)),
      openBeside: (endpointId) => this.openBeside(endpointId),
      onError,
    };
    this.endCredentials = credentials.onDidChange((endpointId) => {
      this.shared.cancelOn(endpointId);
      this.connections.credentialsChanged(endpointId).catch((error: unknown) => onError('read the credentials', error));
    });
  }

  /** Brings the panels back after the window was reloaded, with what they showed. */
  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.documents.register(),
      vscode.window.registerWebviewPanelSerializer('modelDeck.classify', {
        deserializeWebviewPanel: async (restored, state: unknown) => {
          const saved = isSavedClassifyState(state) ? state : undefined;
          const panelId = await this.idOfRestored(saved?.panelId);
          const session = await this.shared.files.read(panelId);
          const panel = this.show({ panelId, restored, ...(session && { session }) });
          if (saved && !session) panel.setTopK(saved.topK);
          await this.watch();
          // A cluster that the user has not opened in this window is not contacted for it.
          const endpointId = session?.endpointId ?? saved?.endpointId;
          if (endpointId !== undefined) panel.wish(endpointId);
        },
      }),
    );
  }

  /** Shows the panel that was used last, or that asks the endpoint already; chooses the endpoint, and classifies the images. */
  async open({
    endpointId,
    images,
  }: {
    readonly endpointId?: string;
    /** Files, and folders of pictures. */
    readonly images: readonly vscode.Uri[];
  }): Promise<void> {
    const asking = endpointId === undefined ? undefined : this.panels.find((panel) => panel.asks(endpointId));
    const there = asking ?? this.panels[0];
    there?.reveal();
    const panel = there ?? this.show({ panelId: randomUUID() });
    await this.watch();
    if (endpointId !== undefined) panel.choose(endpointId);
    await panel.addUris(images);
  }

  /** Asks for one of the endpoints that are known. @returns its id; undefined when the user leaves */
  async pickEndpoint(): Promise<string | undefined> {
    return this.pick(this.panels[0]?.selectedId());
  }

  /** Resolves when what the panels show is kept: called before the extension ends. */
  async flush(): Promise<void> {
    await Promise.all(this.panels.map((panel) => panel.save()));
  }

  dispose(): void {
    for (const panel of this.panels) panel.dispose();
    this.connections.dispose();
    this.targets.stop();
    clearImmediate(this.renewal);
    this.endCredentials();
    this.changed.dispose();
  }

  /** VS Code brings some panels back without their state: such a one takes the newest session that no other panel shows. */
  private async idOfRestored(saved: string | undefined): Promise<string> {
    const stored = await this.shared.files.newestFirst();
    const isFree = (id: string): boolean => !this.taken.has(id);
    const id = [...(saved === undefined ? [] : [saved]), ...stored].find(isFree) ?? randomUUID();
    this.taken.add(id);
    return id;
  }

  private show(start: ClassifyPanelStart): ClassifyPanel {
    this.taken.add(start.panelId);
    const panel = new ClassifyPanel(this.shared, this.hooks, start);
    this.panels.unshift(panel);
    panel.setEndpoints(this.targets.endpoints());
    this.follow();
    return panel;
  }

  private async openBeside(endpointId: string | undefined): Promise<void> {
    const panel = this.show({ panelId: randomUUID(), column: vscode.ViewColumn.Beside });
    await this.watch();
    if (endpointId !== undefined) panel.wish(endpointId);
  }

  private nameOf(endpointId: string): string {
    const found = this.targets.endpoints().find(({ id }) => id === endpointId);
    return found ? `${found.label} (${found.targetLabel})` : endpointId;
  }

  private async pick(selected: string | undefined, placeHolder?: string): Promise<string | undefined> {
    await this.watch();
    return pickEndpoint(
      () => ({ endpoints: this.targets.endpoints(), selected }),
      (listener) => {
        const subscription = this.changed.event(listener);
        return () => void subscription.dispose();
      },
      placeHolder,
    );
  }

  /** Knows the targets' deployments from the first use on. A failure is shown in the pages, with a way to try again. */
  private async watch(): Promise<void> {
    this.started ??= this.targets.start();
    try {
      await this.started;
    } catch (error) {
      this.started = undefined;
      for (const panel of this.panels) panel.failEndpoints(error);
    }
  }

  /** A cluster tells of each service on its own: those of one moment are looked at together. */
  private targetsSoonChanged(): void {
    this.renewal ??= setImmediate(() => {
      this.renewal = undefined;
      this.connections.targetsChanged();
      const endpoints = this.targets.endpoints();
      for (const panel of this.panels) panel.setEndpoints(endpoints);
      this.changed.fire();
    });
  }

  private used(panel: ClassifyPanel): void {
    this.panels = [panel, ...this.panels.filter((one) => one !== panel)];
  }

  /** Clusters are followed while a panel is seen. */
  private follow(): void {
    this.targets.watch(this.panels.some((panel) => panel.isVisible()));
  }

  /** Ways that no other panel uses are closed. */
  private closed(panel: ClassifyPanel): void {
    this.panels = this.panels.filter((one) => one !== panel);
    for (const endpointId of panel.used) {
      if (!this.panels.some(({ used }) => used.has(endpointId))) this.connections.disconnect(endpointId);
    }
    this.follow();
  }
}

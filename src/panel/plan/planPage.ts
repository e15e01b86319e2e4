import type * as vscode from 'vscode';
import { isPlanRequest, type PlanRequest, type PlanUpdate } from '../messages/planMessages.ts';
import { describeFailure } from '../showFailure.ts';
import { openPage, type PagePanel } from '../page.ts';
import { PlanSession, type AgreedPlan, type PlanSessionOptions, type PlanWork } from './planSession.ts';

export interface PlanPagesOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly documents: PlanDocuments;
}

/** Texts of a plan in VS Code's own editors. */
export interface PlanDocuments {
  /** Opens a text for editing beside the page; `onSave` is given what the user saves. It is gone when disposed. */
  edit(name: string, text: string, onSave: (text: string) => void): Promise<vscode.Disposable>;
  /** Shows what a plan would change. */
  difference(name: string, live: string, planned: string): Promise<void>;
}

/** What the user made of the page. */
export type PlanAnswer =
  | { readonly kind: 'deploy'; readonly plan: AgreedPlan }
  | { readonly kind: 'change-answers' }
  /** Also when the page is closed. */
  | { readonly kind: 'cancel' };

/** Pages that show a plan and wait for the user's answer. Each deploy has one of its own. */
export class PlanPages {
  constructor(private readonly deps: PlanPagesOptions) {}

  ask(options: PlanSessionOptions, work: Pick<PlanWork, 'check' | 'plan' | 'withoutFields'>): Promise<PlanAnswer> {
    return new PlanPage(this.deps, options, work).answer;
  }
}

class PlanPage {
  readonly answer: Promise<PlanAnswer>;
  private readonly page: PagePanel<PlanUpdate>;
  private readonly session: PlanSession;
  private document: vscode.Disposable | undefined;
  private resolve: (answer: PlanAnswer) => void = () => undefined;

  constructor(
    private readonly deps: PlanPagesOptions,
    private readonly options: PlanSessionOptions,
    work: Pick<PlanWork, 'check' | 'plan' | 'withoutFields'>,
  ) {
    this.answer = new Promise((resolve) => (this.resolve = resolve));
    this.session = new PlanSession(
      {
        ...work,
        onChange: () => this.send(),
        onError: (doing, error) => deps.log.warn(`Could not ${doing}: ${describeFailure(error).reason}`),
      },
      options,
    );
    this.page = openPage({
      extensionUri: deps.extensionUri,
      name: 'plan',
      title: options.title,
      log: deps.log,
      isRequest: isPlanRequest,
      onRequest: (request) => this.handle(request),
      onClose: () => this.finish({ kind: 'cancel' }),
      // What the user has typed and not sent yet lives in the page.
      isKeptWhenHidden: true,
    });
    void this.session.planNow();
  }

  private async handle(request: PlanRequest): Promise<void> {
    switch (request.type) {
      case 'ready':
        return this.send();
      case 'edit':
        return this.session.edit(request.text);
      case 'reset':
        return this.session.reset();
      case 'plan-again':
        return this.session.planNow();
      case 'conflicts':
        return this.session.decideConflicts(request.choice);
      case 'open-document':
        return this.openDocument();
      case 'show-difference': {
        const object = this.session.objects()[request.index];
        if (object?.liveYaml === undefined) return;
        return this.deps.documents.difference(object.name, object.liveYaml, object.yaml);
      }
      case 'deploy': {
        const plan = this.session.agreed();
        if (plan) this.finish({ kind: 'deploy', plan });
        return;
      }
      case 'change-answers':
        return this.finish({ kind: 'change-answers' });
      case 'cancel':
        return this.finish({ kind: 'cancel' });
    }
  }

  private async openDocument(): Promise<void> {
    this.document?.dispose();
    this.document = await this.deps.documents.edit(this.options.name, this.session.manifest(), (text) =>
      this.session.replace(text),
    );
  }

  /** The first answer counts; closing the page is the last one. */
  private finish(answer: PlanAnswer): void {
    this.resolve(answer);
    this.session.dispose();
    this.document?.dispose();
    this.document = undefined;
    this.page.panel.dispose();
  }

  private send(): void {
    this.page.send({ type: 'state', state: this.session.state() });
  }
}

import type * as vscode from 'vscode';
import type { ModelContract } from '../../contract/modelContract.ts';
import { isTryRequest, type TryRequest, type TryUpdate } from '../messages/tryMessages.ts';
import { openPage, type PagePanel } from '../page.ts';
import { TrySession, type KeptExample, type TryPicture, type TrySessionOptions } from './trySession.ts';

export interface TryPagesOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

/** What the user made of the page. */
export type TryResult =
  /** With this contract and these examples. */
  | { readonly kind: 'go-on'; readonly contract: ModelContract; readonly examples: readonly KeptExample[] }
  | { readonly kind: 'back' }
  /** Also when the page is closed. */
  | { readonly kind: 'cancel' };

export interface TryQuestion extends Omit<TrySessionOptions, 'onChange'> {
  /** Asks for a picture; nothing when the user leaves. */
  readonly browse: () => Promise<TryPicture | undefined>;
}

/** Pages on which a model is tried before it is packaged. */
export class TryPages {
  constructor(private readonly deps: TryPagesOptions) {}

  ask(question: TryQuestion): Promise<TryResult> {
    return new TryPage(this.deps, question).result;
  }
}

class TryPage {
  readonly result: Promise<TryResult>;
  private readonly page: PagePanel<TryUpdate>;
  private readonly session: TrySession;
  private resolve: (result: TryResult) => void = () => undefined;

  constructor(
    deps: TryPagesOptions,
    private readonly question: TryQuestion,
  ) {
    this.result = new Promise((resolve) => (this.resolve = resolve));
    this.session = new TrySession({ ...question, onChange: () => this.send() });
    this.page = openPage({
      extensionUri: deps.extensionUri,
      name: 'try',
      title: question.title,
      log: deps.log,
      isRequest: isTryRequest,
      onRequest: (request) => this.handle(request),
      onClose: () => this.resolve({ kind: 'cancel' }),
    });
    void this.session.start();
  }

  private async handle(request: TryRequest): Promise<void> {
    switch (request.type) {
      case 'ready':
        return this.send();
      case 'choose-picture':
        return this.session.choosePicture(request.id);
      case 'browse': {
        const picture = await this.question.browse();
        return picture && this.session.addPicture(picture);
      }
      case 'change':
        return this.session.change(request.control, request.option);
      case 'keep-example':
        return this.session.keepExample();
      case 'use':
        return this.goOn(this.session.confirmed());
      case 'skip':
        return this.goOn(this.session.current());
      case 'back':
        return this.finish({ kind: 'back' });
      case 'cancel':
        return this.finish({ kind: 'cancel' });
    }
  }

  private goOn(contract: ModelContract): void {
    this.finish({ kind: 'go-on', contract, examples: this.session.examples() });
  }

  /** The first result counts; closing the page is the last one. */
  private finish(result: TryResult): void {
    this.resolve(result);
    this.page.panel.dispose();
  }

  private send(): void {
    this.page.send({ type: 'state', state: this.session.state() });
  }
}

import * as vscode from 'vscode';
import { ModelDeckError, type FileLocation } from '../../foundation/error.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import type { ClaimRows } from '../../views/clusters/claimRows.ts';
import type { ClaimSubject } from '../../views/treeNode.ts';
import { rowSubject, textField } from '../core/arguments.ts';
import type { CommandRunner } from '../core/commandRunner.ts';
import { openFile } from '../core/nextSteps.ts';
import { namespaceComplaint } from './rememberedNamespaces.ts';
import type { Services } from '../core/services.ts';

/** The commands on the rows of a context, a namespace that the user named, and a claim. */
export class ClusterCommands {
  constructor(
    private readonly services: Services,
    private readonly runner: CommandRunner,
    private readonly claims: ClaimRows,
    private readonly namespacesChanged: () => void,
  ) {}

  /** The whole cause of a row, for a ticket or a search. */
  async copyError(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    const error = subject?.kind === 'context' || subject?.kind === 'problem' ? subject.error : undefined;
    if (error === undefined) throw noRow('row with an error');
    await vscode.env.clipboard.writeText(wordsOf(error));
  }

  /** The file that defines the context, or that is wrong. */
  async openKubeconfig(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    const location = subject?.kind === 'context' || subject?.kind === 'problem' ? locationOf(subject) : undefined;
    if (location === undefined) throw noRow('context');
    await openFile(location);
  }

  async addNamespace(argument: unknown): Promise<void> {
    const contextName = contextOf(argument);
    const given = textField(argument, 'namespace');
    const namespace =
      given ??
      (await vscode.window.showInputBox({
        title: `Namespace of ${contextName}`,
        prompt: 'It is shown even when it is empty, or when you may not list namespaces.',
        validateInput: (text) => (text === '' ? undefined : namespaceComplaint(text)),
      }));
    if (!namespace) throw ModelDeckError.cancelled();
    const complaint = namespaceComplaint(namespace);
    if (complaint)
      throw new ModelDeckError('invalid-input', `"${namespace}" is not a valid name of a namespace.`, {
        remedy: complaint,
      });
    await this.services.namespaces.add(contextName, namespace);
    this.namespacesChanged();
  }

  async forgetNamespace(argument: unknown): Promise<void> {
    const subject = rowSubject(argument);
    if (subject?.kind !== 'namespace') throw noRow('namespace');
    await this.services.namespaces.forget(subject.contextName, subject.namespace);
    this.namespacesChanged();
  }

  /** Starts a pod in the cluster, and so is never done by itself. */
  async listClaimModels(argument: unknown): Promise<void> {
    const claim = rowSubject(argument);
    if (claim?.kind !== 'claim') throw noRow('claim');
    const before = this.claims.modelsIn(claim.storeId);
    this.claims.show(claim.storeId, 'listing');
    try {
      this.claims.show(claim.storeId, await this.list(claim));
    } catch (error) {
      this.claims.show(claim.storeId, before);
      throw error;
    }
  }

  private async list(claim: ClaimSubject): Promise<readonly StoredModel[]> {
    const store = await this.services.stores.of(claim.storeId);
    const words = { list: 'starting a pod that reads the claim' };
    return this.runner.withProgress(`Listing the models in ${claim.claim}`, words, (task) => {
      task.onProgress?.({ step: 'list' });
      return store.list({ signal: task.signal });
    });
  }
}

function wordsOf(error: unknown): string {
  const { message, remedy } = ModelDeckError.from(error);
  return [message, remedy].filter(Boolean).join('\n');
}

/** Where the error is, when it is in a file; else the file of the context. */
function locationOf(subject: { readonly file?: string; readonly error?: unknown }): FileLocation | undefined {
  const { file, error } = subject;
  const wrong = ModelDeckError.is(error) ? error.location : undefined;
  return wrong ?? (file === undefined ? undefined : { path: file });
}

function contextOf(argument: unknown): string {
  const subject = rowSubject(argument);
  const name = subject?.kind === 'context' ? subject.name : textField(argument, 'contextName');
  if (name === undefined) throw noRow('context');
  return name;
}

function noRow(kind: string): ModelDeckError {
  return new ModelDeckError('invalid-input', `No ${kind} is selected.`, { remedy: `Run the command from a ${kind}’s row.` }); // prettier-ignore
}

import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import { parseServiceRef } from '../../targets/kserve/serviceRef.ts';
import type { Services } from '../core/services.ts';
import { prompts } from '../prompts.ts';

/** The ServiceAccounts whose tokens an endpoint in a cluster may accept. */
export class EndpointAccounts {
  constructor(private readonly services: Pick<Services, 'clusters'>) {}

  isIn(endpointId: string): boolean {
    return parseServiceRef(endpointId) !== undefined;
  }

  /**
   * Asks which one, and tries whether the user may have a token of it.
   * @returns its name
   * @throws ModelDeckError `forbidden`, `not-found`, `cancelled`
   */
  async ask(endpointId: string, title: string): Promise<string> {
    const ref = parseServiceRef(endpointId);
    if (!ref) throw new ModelDeckError('invalid-input', `${endpointId} is in no cluster.`);
    const target = await (await this.services.clusters()).target(ref.context, ref.namespace);
    const names = await target.serviceAccounts.list(ref.name);
    const name = names === undefined ? await askForName(title) : await pick(names, title);
    if (!name) throw ModelDeckError.cancelled();
    await target.serviceAccounts.check(name);
    return name;
  }
}

async function pick(names: readonly string[], title: string): Promise<string | undefined> {
  return vscode.window.showQuickPick([...names], { title, placeHolder: prompts.serviceAccount });
}

function askForName(title: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, prompt: 'Name of the ServiceAccount: you may not list them.' });
}

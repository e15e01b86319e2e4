import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import type { ServedModel } from '../../targets/target.ts';
import { rowSubject } from './arguments.ts';
import type { Services } from './services.ts';

/**
 * The model that a command is about: that of its row, a stored or a deployed one. From the palette, one of the local store
 * that the user picks.
 *
 * @throws ModelDeckError `cancelled`; `not-found` when the store is empty
 */
export async function chosenModel(services: Services, argument: unknown, placeHolder: string): Promise<ServedModel> {
  const subject = rowSubject(argument);
  return subject?.kind === 'deployment' ? subject.deployment.model : chosenStoredModel(services, argument, placeHolder);
}

/** The same, of stored models only. */
export async function chosenStoredModel(
  services: Services,
  argument: unknown,
  placeHolder: string,
): Promise<StoredModel> {
  const subject = rowSubject(argument);
  if (subject?.kind === 'model') return subject.model;
  const models = await (await services.localStore()).store.list();
  if (models.length === 0) {
    throw new ModelDeckError('not-found', 'The local store has no models yet.', {
      remedy: 'Deploy a model to this computer, or run the command from the row of a model in a claim.',
    });
  }
  const items = models.map((model) => ({ label: model.name, description: model.version, model }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw ModelDeckError.cancelled();
  return chosen.model;
}

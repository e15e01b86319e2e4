import * as vscode from 'vscode';
import { ModelDeckError } from '../../foundation/error.ts';
import type { StoredModel } from '../../stores/modelStore.ts';
import type { ServedModel } from '../../targets/target.ts';
import { rowSubject } from './arguments.ts';
import type { Services } from './services.ts';

/**
 * The model that a command is about: that of its row, a stored or a deployed one. From the palette, one of the
 * stores that this computer knows, which the user picks.
 *
 * @throws ModelDeckError `cancelled`; `not-found` when they are empty
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
  const stores = await services.stores.known();
  const lists = await Promise.all(stores.map(async (store) => ({ store, models: await store.list() })));
  const items = lists.flatMap(({ store, models }) =>
    models.map((model) => ({
      label: model.name,
      description: stores.length > 1 ? `${model.version} · ${store.label}` : model.version,
      model,
    })),
  );
  if (items.length === 0) {
    throw new ModelDeckError(
      'not-found',
      `There are no models yet in ${stores.map(({ label }) => label).join(', ')}.`,
      {
        remedy: 'Deploy a model to this computer, or run the command from the row of a model in a claim.',
        nextStep: { kind: 'deploy-model' },
      },
    );
  }
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw ModelDeckError.cancelled();
  return chosen.model;
}

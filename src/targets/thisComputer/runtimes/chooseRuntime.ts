import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import type { Task } from '../../../foundation/task.ts';
import { packageKinds } from '../../../packaging/index.ts';
import type { PackageContents } from '../../../packaging/kinds/packageKind.ts';
import type { StoredModel } from '../../../stores/modelStore.ts';
import type { LocalModel, LocalPlan, LocalRuntime, LocalTools } from './localRuntime.ts';
import { onnxRuntime } from './onnxRuntime.ts';
import { torchServeRuntime } from './torchServeRuntime.ts';

/** The runtimes of this computer: the first that can serve a model does. Those that need nothing installed come first. */
export const localRuntimes: readonly LocalRuntime[] = [onnxRuntime, torchServeRuntime];

/** What will compute, and how it is started. */
export interface ChosenRuntime extends LocalPlan {
  readonly id: string;
  readonly warnings: readonly string[];
}

/**
 * Reads the package, and asks one runtime after the other whether it serves it.
 *
 * @param runtimes those of this computer when left out
 * @throws ModelDeckError `not-found` when the archive is gone, `conflict` when it is not what was stored; when no runtime
 *   can serve it, the reason of the last one, which takes the most
 */
export async function chooseRuntime(
  model: StoredModel,
  tools: LocalTools,
  task: Task = {},
  runtimes: readonly LocalRuntime[] = localRuntimes,
): Promise<ChosenRuntime> {
  const place = placeOf(model);
  const kind = packageKinds.of(model.kind);
  const contents = await kind.read(place, task);
  checkUnchanged(model, contents);
  const onnxGraph = async (): ReturnType<LocalModel['onnxGraph']> => kind.onnxGraph?.(place, task);
  let refusal = new ModelDeckError('internal', 'There is no runtime on this computer.');
  for (const runtime of runtimes) {
    const answer = await runtime.serves({ ...model, contents, onnxGraph }, tools, task);
    if (!('whyNot' in answer)) return { ...answer, id: runtime.id, warnings: contents.warnings };
    refusal = answer.whyNot;
  }
  throw refusal;
}

/** File or folder that the kind of its package reads. */
export function placeOf({ name, archivePath, path: folder }: StoredModel): string {
  const place = archivePath ?? folder;
  if (place !== undefined) return place;
  throw new ModelDeckError('unsupported', `${name} does not lie in a folder of this computer.`, {
    remedy: 'Deploy it from the local folder store.',
  });
}

/** An archive that is another than was stored; packages of many files are not read through for it. */
function checkUnchanged({ archivePath, sha256: stored }: StoredModel, { sha256 }: PackageContents): void {
  if (archivePath === undefined || stored === undefined || sha256 === undefined || sha256 === stored) return;
  throw new ModelDeckError(
    'conflict',
    `${path.basename(archivePath)} is not the archive that was stored: its sha256 differs.`,
    {
      remedy: 'Remove it from the store, and deploy the model again.',
      location: { path: archivePath },
    },
  );
}

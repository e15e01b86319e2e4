import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { fileError } from '../../foundation/fileErrors.ts';
import { isThere } from '../../foundation/isThere.ts';
import { isRecord } from '../../foundation/json.ts';
import { makeFolder } from '../../foundation/makeFolder.ts';

/** Folder of the sample, and of the model in it. */
const sampleFolderName = 'model-deck-sample';
export const sampleModel = 'efficientnet-lite0';

/**
 * A file that only copies of the sample have. It activates the extension in a window that opens one (`workspaceContains:` in
 * package.json), and says whether "Open Sample" goes on there: a window that opens a folder starts from the beginning.
 */
export const markerFile = '.model-deck-sample';

/** Milliseconds for which "Open Sample" goes on in a window: one that is opened later is a look, and no more. */
const longestIntent = 10 * 60_000;

/** A folder in which the sample can lie already, and is taken as it is. */
export async function isSample(folder: string): Promise<boolean> {
  return isThere(path.join(folder, sampleModel, 'model-deck.yaml'));
}

/**
 * The sample below a folder: the one that is there, or a new copy.
 * @param samples folder of the extension that holds it
 * @throws ModelDeckError `conflict` when something else has its name; `permission` and the like
 */
export async function copySample(samples: string, parent: string): Promise<string> {
  const destination = path.join(parent, sampleFolderName);
  if (await isSample(destination)) return destination;
  const incomplete = `${destination}.part`;
  try {
    if ((await readdir(destination).catch(() => [])).length > 0) {
      throw new ModelDeckError('conflict', `${destination} exists already, and is not the sample.`, {
        remedy: 'Choose another folder for the sample.',
        nextStep: { kind: 'reveal-file', path: destination },
      });
    }
    await makeFolder(parent);
    await cp(samples, incomplete, { recursive: true });
    await writeMarker(incomplete, {});
    await rename(incomplete, destination);
    return destination;
  } catch (error) {
    await rm(incomplete, { recursive: true, force: true });
    throw fileError(error, 'copy the sample', destination);
  }
}

/** Says that "Open Sample" goes on in the window that opens this folder next. */
export async function intend(sample: string): Promise<void> {
  await writeMarker(sample, { openedAt: Date.now() });
}

/** Whether "Open Sample" goes on in this window; the answer is yes once. */
export async function takeIntent(sample: string): Promise<boolean> {
  const file = path.join(sample, markerFile);
  const marker: unknown = await readFile(file, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  const openedAt = isRecord(marker) ? marker['openedAt'] : undefined;
  if (typeof openedAt !== 'number') return false;
  await writeMarker(sample, {});
  const age = Date.now() - openedAt;
  return age >= 0 && age < longestIntent;
}

async function writeMarker(folder: string, more: object): Promise<void> {
  const about = 'This folder is a copy of the sample model of Model Deck.';
  await writeFile(path.join(folder, markerFile), `${JSON.stringify({ about, ...more }, undefined, 2)}\n`);
}

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { isFile } from '../../../foundation/isThere.ts';
import { isRecord, type JsonObject } from '../../../foundation/json.ts';
import type { Task } from '../../../foundation/task.ts';
import type { ModelPackage, Serves } from '../../modelPackage.ts';
import { adoptFolder } from '../folder/adoptFolder.ts';
import { readFolderRecord } from '../folder/folderRecord.ts';
import type { PackageContents } from '../packageKind.ts';
import { settingsFile } from './modelSettings.ts';
import { mlServerKind, mlServerServes } from './served.ts';

/** Formats of KServe by what MLServer's own runtimes are called. */
const formats: readonly (readonly [RegExp, string])[] = [
  [/sklearn/i, 'sklearn'],
  [/xgboost/i, 'xgboost'],
  [/lightgbm/i, 'lightgbm'],
  [/mlflow/i, 'mlflow'],
];

/** The folder of a model of MLServer: that of its model-settings.json. Undefined where there is none. */
export async function settingsFolder(where: string): Promise<string | undefined> {
  const folder = path.basename(where) === settingsFile ? path.dirname(where) : where;
  return (await isFile(path.join(folder, settingsFile))) ? folder : undefined;
}

/** Takes a folder with a model-settings.json as it is. @throws ModelDeckError as `PackageKind.adopt` */
export async function adoptMLServer(file: string, _extraFolder: string, task: Task = {}): Promise<ModelPackage> {
  const folder = await requireFolder(file);
  const record = await readFolderRecord(folder, mlServerKind);
  if (record) return adoptFolder(folder, record, task);
  const { settings } = await readSettings(folder);
  const parameters = isRecord(settings['parameters']) ? settings['parameters'] : {};
  const { name } = settings;
  if (typeof name !== 'string' || name === '') {
    throw invalid(folder, 'it has no name: MLServer then calls the model by what its server is told');
  }
  const { version } = parameters;
  const about = {
    kind: mlServerKind,
    name,
    version: typeof version === 'string' && version !== '' ? version : '1',
    serves: servesOfSettings(settings),
  };
  return adoptFolder(folder, about, task);
}

/** What a folder with a model-settings.json says. @throws ModelDeckError as `PackageKind.read` */
export async function readMLServer(where: string): Promise<PackageContents> {
  const folder = await requireFolder(where);
  const { text, settings } = await readSettings(folder);
  const record = await readFolderRecord(folder, mlServerKind);
  const labels = record?.contract?.output.labels;
  const { implementation } = settings;
  return {
    description: { name: settingsFile, text },
    ...(record?.contract && { contract: record.contract }),
    ...(labels && { labels }),
    warnings:
      typeof implementation === 'string' ? [] : [`${settingsFile} names no implementation: MLServer cannot load it.`],
  };
}

function servesOfSettings({ implementation }: JsonObject): Serves {
  const found = formats.find(([pattern]) => typeof implementation === 'string' && pattern.test(implementation));
  return { ...mlServerServes, ...(found && { modelFormat: found[1] }) };
}

async function requireFolder(where: string): Promise<string> {
  const folder = await settingsFolder(where);
  if (folder !== undefined) return folder;
  await stat(where).catch((error: unknown) => {
    throw fileError(error, 'read the package', where);
  });
  const inside = await readdir(where).catch(() => []);
  throw new ModelDeckError(
    'not-found',
    `${path.basename(where)} has no ${settingsFile}, but ${inside.length} other files.`,
    {
      location: { path: where },
    },
  );
}

async function readSettings(folder: string): Promise<{ readonly text: string; readonly settings: JsonObject }> {
  const file = path.join(folder, settingsFile);
  try {
    const text = await readFile(file, 'utf8');
    const settings = JSON.parse(text) as unknown;
    if (!isRecord(settings)) throw invalid(folder, 'it is not an object');
    return { text, settings };
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(folder, `it is not JSON: ${error.message}`);
    throw fileError(error, 'read the package', file);
  }
}

function invalid(folder: string, why: string): ModelDeckError {
  const location = { path: path.join(folder, settingsFile) };
  return new ModelDeckError('invalid-input', `${settingsFile} cannot be used: ${why}.`, {
    remedy: 'Correct it.',
    location,
    nextStep: { kind: 'open-file', location },
  });
}

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import { isFile, isFolder } from '../../../foundation/isThere.ts';
import { messagesOf, NotTextFormat, readTextFormat, textOf, type TextMessage } from './readConfig.ts';

/** Name of the file that makes a folder a model of Triton. */
export const configFile = 'config.pbtxt';

/** A model repository: what Triton mounts. */
export interface TritonRepository {
  /** Absolute; the folders of the models are in it. */
  readonly root: string;
  /** Of the folder of the one model that was chosen; undefined when the whole repository was. */
  readonly chosen?: string;
  /** The folders that have a config.pbtxt, by name. */
  readonly models: readonly TritonModelFolder[];
}

export interface TritonModelFolder {
  /** Name of its folder, by which Triton is asked. */
  readonly name: string;
  readonly config: TextMessage;
  readonly configText: string;
  /** Its versions, the highest first. */
  readonly versions: readonly number[];
}

/**
 * The model repository that a file or folder belongs to: a repository, the folder of a model in it, or its config.pbtxt.
 * @returns undefined where there is no config.pbtxt; its content is not looked at
 */
export async function repositoryRoot(where: string): Promise<Pick<TritonRepository, 'root' | 'chosen'> | undefined> {
  const folder = path.basename(where) === configFile ? path.dirname(where) : where;
  if (await isFile(path.join(folder, configFile))) return { root: path.dirname(folder), chosen: path.basename(folder) };
  for (const name of await foldersIn(folder)) {
    if (await isFile(path.join(folder, name, configFile))) return { root: folder };
  }
  return undefined;
}

/**
 * Reads the configurations of a repository.
 * @throws ModelDeckError `not-found`, `invalid-input` for a config.pbtxt that cannot be read
 */
export async function readRepository(where: string): Promise<TritonRepository> {
  const found = await repositoryRoot(where);
  if (found === undefined) {
    await stat(where).catch((error: unknown) => {
      throw fileError(error, 'read the model repository', where);
    });
    throw new ModelDeckError(
      'not-found',
      `${path.basename(where)} holds no model of Triton: there is no ${configFile}.`,
      {
        location: { path: where },
      },
    );
  }
  const names = found.chosen === undefined ? await foldersIn(found.root) : [found.chosen];
  const models: TritonModelFolder[] = [];
  for (const name of names) {
    const file = path.join(found.root, name, configFile);
    if (await isFile(file)) models.push(await readModelFolder(name, file));
  }
  return { ...found, models };
}

/**
 * The model of a repository that is asked: the only one, or the ensemble that calls the others.
 * @throws ModelDeckError `invalid-input` when several could be meant
 */
export function askedModel({ root, models }: TritonRepository): TritonModelFolder {
  const ensembles = models.filter(({ config }) => messagesOf(config, 'ensemble_scheduling').length > 0);
  const candidates = ensembles.length > 0 ? ensembles : models;
  const [model, second] = candidates;
  if (model !== undefined && second === undefined) return model;
  const names = candidates.map(({ name }) => name).join(', ');
  throw new ModelDeckError('invalid-input', `${path.basename(root)} holds several models, ${names}.`, {
    remedy: 'Deploy the folder of the one that is meant; or make an ensemble of them.',
    location: { path: root },
  });
}

async function readModelFolder(name: string, file: string): Promise<TritonModelFolder> {
  try {
    const configText = await readFile(file, 'utf8');
    const config = readTextFormat(configText);
    const folders = await foldersIn(path.dirname(file));
    const versions = folders.filter((folder) => /^[1-9]\d*$/.test(folder)).map(Number);
    return { name, config, configText, versions: versions.sort((a, b) => b - a) };
  } catch (error) {
    if (!(error instanceof NotTextFormat)) throw fileError(error, 'read the model repository', file);
    const location = { path: file };
    throw new ModelDeckError('invalid-input', `${name}/${configFile} cannot be read: ${error.message}.`, {
      remedy: 'Correct the line.',
      location,
      nextStep: { kind: 'open-file', location },
    });
  }
}

/** One sentence each for what Triton refuses or does otherwise than one may think. */
export function repositoryWarnings({ models }: TritonRepository): readonly string[] {
  return models.flatMap(({ name, config, versions }) => {
    const warnings: string[] = [];
    const named = textOf(config, 'name');
    if (named !== undefined && named !== '' && named !== name) {
      warnings.push(`${configFile} names ${named}, and its folder is ${name}: Triton refuses it.`);
    }
    if (versions.length === 0) {
      warnings.push(`${name} has no folder with a version (1, 2, …): Triton finds nothing to load.`);
    }
    return warnings;
  });
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const items = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const item of items) {
    if (item.name.startsWith('.')) continue;
    if (item.isDirectory() || (item.isSymbolicLink() && (await isFolder(path.join(folder, item.name))))) {
      names.push(item.name);
    }
  }
  return names.sort();
}

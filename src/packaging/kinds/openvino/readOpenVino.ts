import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelDeckError } from '../../../foundation/error.ts';
import { fileError } from '../../../foundation/fileErrors.ts';
import type { Task } from '../../../foundation/task.ts';
import { folderRecordFile, type ModelPackage } from '../../modelPackage.ts';
import { adoptFolder } from '../folder/adoptFolder.ts';
import { readFolderRecord, type FolderRecord } from '../folder/folderRecord.ts';
import type { PackageContents } from '../packageKind.ts';
import { openVinoKind } from './served.ts';

/** Whether a folder is a package that we wrote: a bare `1/model.onnx` may be meant for several servers. */
export async function isOpenVinoPackage(folder: string): Promise<boolean> {
  return (await readFolderRecord(folder, openVinoKind).catch(() => undefined)) !== undefined;
}

/** @throws ModelDeckError as `PackageKind.adopt` */
export async function adoptOpenVino(folder: string, _extraFolder: string, task: Task = {}): Promise<ModelPackage> {
  return adoptFolder(folder, await requireRecord(folder), task);
}

/** @throws ModelDeckError as `PackageKind.read` */
export async function readOpenVino(folder: string): Promise<PackageContents> {
  const { contract } = await requireRecord(folder);
  const labels = contract?.output.labels;
  return {
    description: { name: folderRecordFile, text: await readFile(path.join(folder, folderRecordFile), 'utf8') },
    ...(contract && { contract }),
    ...(labels && { labels }),
    warnings: [],
  };
}

async function requireRecord(folder: string): Promise<FolderRecord> {
  const record = await readFolderRecord(folder, openVinoKind);
  if (record !== undefined) return record;
  await stat(folder).catch((error: unknown) => {
    throw fileError(error, 'read the package', folder);
  });
  throw new ModelDeckError(
    'invalid-input',
    `${path.basename(folder)} is no package for OpenVINO: it has no ${folderRecordFile}.`,
    {
      remedy: 'Package the model with packageKind: openvino.',
      location: { path: folder },
    },
  );
}

import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import { isThere } from '../../foundation/isThere.ts';
import { isRecord } from '../../foundation/json.ts';
import type { Finding } from '../read/detection.ts';
import { listFolder } from '../read/folderFiles.ts';
import { matchingPaths } from './expandPattern.ts';
import { missingFiles } from './missingFiles.ts';
import type { ModelSpec, SpecExample } from './modelSpec.ts';
import { parseSpec, writtenIn } from './parseSpec.ts';

/**
 * What is wrong with the text of a spec by itself, while it is typed: its syntax, its fields, and files that are not there.
 * What is in the files, the check before packaging looks at.
 *
 * @param file absolute path of the spec
 */
export async function specProblems(file: string, text: string): Promise<readonly Finding[]> {
  const { spec: valid, findings } = parseSpec(text, file);
  const spec = valid ?? namedIn(text);
  const folder = path.dirname(file);
  const missing = await missingFiles(
    { spec, text, file },
    (name) => isNamed(folder, name),
    () => filesBeside(folder),
  );
  return [...findings, ...missing];
}

/** The files of a spec's folder, relative with `/`; none where it cannot be read. */
export async function filesBeside(folder: string): Promise<readonly string[]> {
  try {
    return (await listFolder(folder)).files;
  } catch (error) {
    if (!ModelDeckError.is(error)) throw error;
    return [];
  }
}

/** The files that a spec names which is not valid, in so far as it can be read at all. */
function namedIn(text: string): Partial<ModelSpec> {
  const { extraFiles, examples, ...fields } = writtenIn(text);
  const texts = Object.entries(fields).filter(([, value]) => typeof value === 'string' && value !== '');
  const isText = (value: unknown): value is string => typeof value === 'string';
  const isExample = (value: unknown): value is SpecExample => isRecord(value) && isText(value.image);
  return {
    ...(Object.fromEntries(texts) as Partial<ModelSpec>),
    ...(Array.isArray(extraFiles) && extraFiles.every(isText) && { extraFiles }),
    ...(Array.isArray(examples) && examples.every(isExample) && { examples }),
  };
}

async function isNamed(folder: string, relative: string): Promise<boolean> {
  if (/[*?[]/.test(relative)) return (await matchingPaths(folder, relative)).length > 0;
  return isThere(path.resolve(folder, relative));
}

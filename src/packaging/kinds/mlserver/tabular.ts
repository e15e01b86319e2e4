import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Task } from '../../../foundation/task.ts';
import { inspectWeights } from '../../read/formats/weightsFile.ts';

/** A library whose models MLServer serves by a runtime of its own. */
export interface TabularKind {
  /** KServe's name of the format. */
  readonly modelFormat: 'sklearn' | 'xgboost' | 'lightgbm';
  /** For the reader. */
  readonly label: string;
  /** `implementation` of model-settings.json. */
  readonly implementation: string;
}

const sklearn: TabularKind = {
  modelFormat: 'sklearn',
  label: 'scikit-learn',
  implementation: 'mlserver_sklearn.SKLearnModel',
};
const xgboost: TabularKind = {
  modelFormat: 'xgboost',
  label: 'XGBoost',
  implementation: 'mlserver_xgboost.XGBoostModel',
};
const lightgbm: TabularKind = {
  modelFormat: 'lightgbm',
  label: 'LightGBM',
  implementation: 'mlserver_lightgbm.LightGBMModel',
};

/** Bytes from which the text formats are known. */
const headLength = 4096;

/**
 * Which library wrote a model file, by what stands at its beginning; a pickle is never run.
 * @param file absolute path
 * @returns undefined for what is none of them, or a pickle that would run programs
 */
export async function tabularKind(file: string, task: Task = {}): Promise<TabularKind | undefined> {
  const head = await headOf(file);
  if (head === undefined) return undefined;
  const text = head.toString('latin1');
  if (/^tree\r?\n(?:.*\r?\n)?version=v\d/.test(text)) return lightgbm;
  if (/^\s*\{/.test(text) && /"learner"\s*:/.test(text)) return xgboost;
  // UBJSON: an object whose first key, with its length, is "learner" or "Config".
  if (text.startsWith('{L\0\0\0\0\0\0\0\x07learner') || text.startsWith('{L\0\0\0\0\0\0\0\x06Config')) return xgboost;
  if (text.startsWith('binf')) return xgboost;
  return isOfScikitLearn(file, text, task);
}

async function isOfScikitLearn(file: string, head: string, task: Task): Promise<TabularKind | undefined> {
  const { kind, global } = await inspectWeights(file, task);
  if (kind === 'hostile-pickle') return undefined;
  if (global?.startsWith('sklearn.') === true) return sklearn;
  // joblib puts arrays between the parts of its pickle; the name of the class stands before them.
  const isPickle = head.startsWith('\x80');
  if (isPickle && /sklearn[.\w]*/.test(head)) return sklearn;
  return path.extname(file) === '.joblib' && (isPickle || head.startsWith('x\x9c') || head.startsWith('x^'))
    ? sklearn
    : undefined;
}

async function headOf(file: string): Promise<Buffer | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headLength), 0, headLength, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

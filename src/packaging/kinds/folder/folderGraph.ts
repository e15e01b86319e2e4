import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../../foundation/fileErrors.ts';
import { throwIfCancelled } from '../../../foundation/task.ts';
import type { PackagedGraph } from '../../packagedGraph.ts';
import { externalDataFiles } from '../../read/formats/externalData.ts';

/** The only ONNX graph in a package that is a folder; undefined where there is none, or several of which nobody says which counts. */
export async function folderGraph(folder: string): Promise<PackagedGraph | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw fileError(error, 'read the package', folder);
  });
  const graphs = entries.filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.onnx'));
  const [only, ...others] = graphs;
  if (only === undefined || others.length > 0) return undefined;
  const file = path.join(only.parentPath, only.name);
  return {
    name: path.relative(folder, file).replaceAll(path.sep, '/'),
    read: async (task) => {
      const externalData: { path: string; data: Uint8Array }[] = [];
      // What is no graph at all, ONNX Runtime says.
      const named = await externalDataFiles(file, task).catch(() => []);
      for (const { location, file: weights } of named) {
        throwIfCancelled(task);
        externalData.push({ path: location, data: await contentOf(weights) });
      }
      return { graph: await contentOf(file), externalData };
    },
  };
}

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw fileError(error, 'read the model', file);
  }
}

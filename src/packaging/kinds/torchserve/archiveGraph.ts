import { ModelDeckError } from '../../../foundation/error.ts';
import { throwIfCancelled, type Task } from '../../../foundation/task.ts';
import type { GraphContent, PackagedGraph } from '../../packagedGraph.ts';
import { externalDataLocations } from '../../read/formats/externalData.ts';
import { readArchive, readEntry, requireManifest } from './readArchive.ts';

/** A graph with its weights has to fit into memory. */
const largestWeights = 2 ** 31;

/** The graph of an archive whose weights are one. @throws ModelDeckError as `readArchive` */
export async function archiveGraph(archive: string, task: Task = {}): Promise<PackagedGraph | undefined> {
  const contents = await readArchive(archive, task);
  const { serializedFile } = requireManifest(contents).model;
  if (serializedFile?.toLowerCase().endsWith('.onnx') !== true) return undefined;
  const names = new Set(contents.entries.map(({ name }) => name));
  return { name: serializedFile, read: (reading) => readGraph(archive, serializedFile, names, reading) };
}

/** The packager puts each file of weights where the graph looks for it. */
async function readGraph(
  archive: string,
  name: string,
  names: ReadonlySet<string>,
  { signal }: Task,
): Promise<GraphContent> {
  const graph = await readEntry(archive, name, largestWeights, { signal });
  // What is no graph at all, ONNX Runtime says.
  const named = await externalDataLocations(graph, { signal }).catch(() => []);
  throwIfCancelled({ signal });
  const externalData: { path: string; data: Uint8Array }[] = [];
  for (const { location, name: entry } of named) {
    if (!names.has(entry)) {
      throw new ModelDeckError('not-found', `The graph keeps weights in ${location}, which is not in the archive.`, {
        remedy: 'Put that file beside the graph, and package the model again.',
        location: { path: archive },
      });
    }
    externalData.push({ path: location, data: await readEntry(archive, entry, largestWeights, { signal }) });
  }
  return { graph, externalData };
}

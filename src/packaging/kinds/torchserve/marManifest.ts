import path from 'node:path';
import { networkFileName } from './handlers/networkFile.ts';
import { manifestHandler } from './handlers/generatedHandlers.ts';
import type { Manifest } from './modelArchive.ts';
import type { ModelSpec } from '../../spec/modelSpec.ts';

/** The version of torch-model-archiver whose archives ours equal. */
const archiverVersion = '0.12.0';

/**
 * The manifest of a spec, its keys in the archiver's order.
 *
 * @param created the archive's own time, UTC
 * @param weightsName name of the weights in the archive, where it is not that of the file
 */
export function manifestOf(spec: ModelSpec, created: Date, weightsName?: string): Manifest {
  const base = (file: string): string => path.posix.basename(file);
  const modelFile = spec.architecture === undefined ? spec.modelFile : networkFileName;
  return {
    createdOn: formatCreatedOn(created),
    runtime: spec.runtime ?? 'python',
    model: {
      modelName: spec.name,
      ...(spec.weights !== undefined && { serializedFile: weightsName ?? base(spec.weights) }),
      handler: manifestHandler(spec.handler),
      ...(modelFile !== undefined && { modelFile: base(modelFile) }),
      modelVersion: spec.version,
      ...(spec.requirements !== undefined && { requirementsFile: base(spec.requirements) }),
      ...(spec.configFile !== undefined && { configFile: base(spec.configFile) }),
    },
    archiverVersion,
  };
}

/** The bytes of `MAR-INF/MANIFEST.json` as Python's json writes them: two spaces, all in ASCII, no newline at the end. */
export function formatManifest(manifest: Manifest): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(manifest, null, 2).replace(/[^ -~\n]/g, escape);
}

function formatCreatedOn(date: Date): string {
  const [year, month, day, time] = date.toISOString().split(/[-T.]/) as [string, string, string, string];
  return `${day}/${month}/${year} ${time}`;
}

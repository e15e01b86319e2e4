import { rename, rm, writeFile } from 'node:fs/promises';
import { dump } from 'js-yaml';
import { fileError } from '../../foundation/fileErrors.ts';
import type { ModelSpec } from '../modelSpec.ts';

const header = `# How Model Deck packages this folder. Change it by hand; the next packaging just runs.
`;

/** Fields in the order of the file. */
const order: readonly (keyof ModelSpec)[] = [
  'name',
  'version',
  'weights',
  'modelFile',
  'handler',
  'labels',
  'extraFiles',
  'requirements',
  'configFile',
  'runtime',
  'archiveFormat',
  'preprocessing',
  'provenance',
];

/** The text of `model-deck.yaml` for a spec. `parseSpec` of it gives the spec back. */
export function formatSpec(spec: ModelSpec): string {
  const ordered = Object.fromEntries(order.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]])));
  return header + dump(ordered, { lineWidth: -1, noRefs: true, flowLevel: 2 });
}

/** Writes the spec beside its place and renames it, so that a failure leaves the old one. */
export async function writeSpec(file: string, spec: ModelSpec): Promise<void> {
  const partial = `${file}.part`;
  try {
    await writeFile(partial, formatSpec(spec));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw fileError(error, 'write the spec', file);
  }
}

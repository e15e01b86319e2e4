import { libraryModelOf, libraryOfClass } from './architectures/libraryModel.ts';
import { wayOn } from './architectures/wayOn.ts';
import type { WeightsFacts } from './formats/weightsFile.ts';
import { Surroundings } from './sources/surroundings.ts';

interface Question {
  /** Absolute. */
  readonly folder: string;
  /** All files of the folder, relative with `/`. */
  readonly files: readonly string[];
  /** Relative with `/`. */
  readonly weights: string;
  readonly found: Pick<WeightsFacts, 'kind' | 'global' | 'stateDicts'>;
}

/**
 * How weights that a library made become a model that can be packaged, in sentences with commands; undefined for weights
 * that no known library made.
 */
export async function wayOnOf({ folder, files, weights, found }: Question): Promise<string | undefined> {
  const near = new Surroundings(folder, files, weights);
  const place = { weights, has: (file: string) => near.has(file) };
  if (found.kind === 'pickled-module') {
    const model = libraryOfClass(found.global ?? '');
    return model && wayOn(model, place);
  }
  const [stateDict] = found.stateDicts ?? [];
  const model = stateDict && (await libraryModelOf(near, stateDict.tensors));
  return model && wayOn(model, place);
}

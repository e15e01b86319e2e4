import path from 'node:path';
import { ModelDeckError } from '../../foundation/error.ts';
import type { ModelSpec } from '../spec/modelSpec.ts';

/** Absolute path of the weights that a spec names. @throws ModelDeckError `not-found` where it names none */
export function requireWeights({ folder, spec }: { readonly folder: string; readonly spec: ModelSpec }): string {
  if (spec.weights !== undefined) return path.resolve(folder, spec.weights);
  throw new ModelDeckError('not-found', 'No weights are named.', { remedy: 'Name them.' });
}

/**
 * Refuses weights other than those that the spec was written for.
 * @param actual sha256 of what was packaged; undefined where the package has no weights
 * @throws ModelDeckError `conflict`
 */
export function requireSameWeights(spec: ModelSpec, actual: string | undefined): void {
  const expected = spec.provenance?.sha256?.toLowerCase();
  if (expected === undefined || actual === undefined || expected === actual) return;
  throw new ModelDeckError(
    'conflict',
    `${spec.weights} is not the file that model-deck.yaml means: its sha256 is ${actual}, provenance says ${expected}.`,
    { remedy: 'Restore the weights; or, if the new ones are meant, change provenance.sha256 and the version.' },
  );
}

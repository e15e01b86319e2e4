import { ModelDeckError } from '../foundation/error.ts';

/** `<name>/<version>` names a model in every store. */
interface NameAndVersion {
  readonly name: string;
  readonly version: string;
}

/** @throws ModelDeckError `invalid-input` for a name or version that cannot be a folder in every kind of store */
export function checkFolderNames({ name, version }: NameAndVersion): void {
  for (const [field, value] of [
    ['name', name],
    ['version', version],
  ] as const) {
    if (isFolderName(value)) continue;
    throw new ModelDeckError('invalid-input', `The ${field} "${value}" cannot be a folder of the store.`, {
      remedy: `Use letters, digits, ".", "_", "+" and "-" in "${field}", beginning with a letter or digit.`,
    });
  }
}

/** By name, the versions of one model in their natural order. */
export function byNameAndVersion<Model extends NameAndVersion>(models: readonly Model[]): readonly Model[] {
  const order = new Intl.Collator('en', { numeric: true });
  return [...models].sort((a, b) => order.compare(a.name, b.name) || order.compare(a.version, b.version));
}

/**
 * The segments of a file's path inside a model's folder.
 * @throws ModelDeckError `invalid-input` for a path that leaves it
 */
export function innerPath(file: string): readonly string[] {
  const segments = file.split('/');
  if (segments.every((segment) => !['', '.', '..'].includes(segment) && !/[\\\0]/.test(segment))) return segments;
  throw new ModelDeckError('invalid-input', `"${file}" is no path inside a model's folder.`);
}

/** What to do when a version is there with other bytes. */
export const versionTakenRemedy =
  'Give the changed model a new version in model-deck.yaml, or remove the old one from the store. A version never changes, so that what was deployed can be traced.';

/** Also on Windows, which refuses names of devices, and a dot at the end. */
function isFolderName(name: string): boolean {
  return (
    /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/.test(name) &&
    !name.endsWith('.') &&
    !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)
  );
}

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

/** Name of the record's file in the model's folder. */
export const recordFile = 'model-deck.json';

/** By name, the versions of one model in their natural order. */
export function byNameAndVersion<Model extends NameAndVersion>(models: readonly Model[]): readonly Model[] {
  const order = new Intl.Collator('en', { numeric: true });
  return [...models].sort((a, b) => order.compare(a.name, b.name) || order.compare(a.version, b.version));
}

/** Whether a path with `/` stays inside the folder that it is below, and can be a file on every kind of disk. */
export function isInnerPath(file: string): boolean {
  return file.split('/').every((segment) => segment.trim() !== '' && !/^\.{1,2}$|[\\\p{Cc}]/u.test(segment));
}

/** @throws ModelDeckError `invalid-input` for files that leave the model's folder, come twice, or would be the record */
export function checkPackageFiles(files: readonly { readonly path: string }[]): void {
  const paths = files.map((file) => file.path);
  paths.forEach((file, index) => {
    checkInnerPath(file);
    if (file !== recordFile && paths.indexOf(file) === index) return;
    throw new ModelDeckError('invalid-input', `A package cannot have "${file}" there: that place is taken.`);
  });
}

/** @throws ModelDeckError `invalid-input` for a path that leaves the model's folder */
export function checkInnerPath(file: string): void {
  if (isInnerPath(file)) return;
  throw new ModelDeckError('invalid-input', `"${file}" cannot be a file of a stored model.`, {
    remedy: 'Give it a name without "\\", ".." and control characters.',
  });
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

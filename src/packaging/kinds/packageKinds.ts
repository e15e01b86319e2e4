import { ModelDeckError } from '../../foundation/error.ts';
import type { ModelSpec } from '../spec/modelSpec.ts';
import type { PackageKind } from './packageKind.ts';

/** The kinds of packages that there are; the first is the usual one. */
export class PackageKinds {
  constructor(private readonly kinds: readonly PackageKind[]) {
    const names = kinds.map(({ kind }) => kind);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new ModelDeckError('internal', `There are two kinds of package called "${twice}".`);
  }

  /**
   * The kind of a package or record.
   * @param kind left out: that of packages made before they said it, which is the first
   * @throws ModelDeckError `unsupported` for one that is not known
   */
  of(kind: string | undefined): PackageKind {
    const found = kind === undefined ? this.kinds[0] : this.kinds.find((one) => one.kind === kind);
    if (found) return found;
    throw new ModelDeckError('unsupported', `There is no kind of package called "${kind ?? ''}".`, {
      remedy: `Model Deck knows ${this.kinds.map((one) => one.kind).join(', ')}; a newer version may know more.`,
    });
  }

  /** The kind that a folder is packaged as. @throws ModelDeckError `unsupported` */
  ofSpec({ packageKind }: Pick<ModelSpec, 'packageKind'>): PackageKind {
    return this.of(packageKind);
  }

  /** The kind that takes a file or folder for a package of its own; undefined when it is none. */
  async recognising(file: string, isFolder: boolean): Promise<PackageKind | undefined> {
    for (const kind of this.kinds) if (await kind.recognises(file, isFolder)) return kind;
    return undefined;
  }

  /** All of them, the usual one first. */
  get all(): readonly PackageKind[] {
    return this.kinds;
  }
}

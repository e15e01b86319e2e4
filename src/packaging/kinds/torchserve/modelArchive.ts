import type { ModelContract } from '../../../contract/modelContract.ts';
import type { ModelPackage } from '../../modelPackage.ts';
import type { ArchiveFormat, Preprocessing } from '../../spec/modelSpec.ts';

/** `MAR-INF/MANIFEST.json`, keys in the order in which torch-model-archiver 0.12 writes them. */
export interface Manifest {
  /** `dd/mm/yyyy HH:MM:SS`. */
  readonly createdOn: string;
  readonly runtime: string;
  readonly model: {
    readonly modelName: string;
    readonly serializedFile?: string;
    readonly handler: string;
    readonly modelFile?: string;
    readonly modelVersion: string;
    readonly requirementsFile?: string;
    readonly configFile?: string;
  };
  readonly archiverVersion: string;
}

/** A package of this kind: `model-store/<name>.mar` and `config/config.properties`. */
export interface ModelArchive extends ModelPackage {
  /** Absolute path of the `.mar`, `.tar.gz` or (no-archive) directory. */
  readonly path: string;
  /** Absolute. */
  readonly configProperties: string;
  readonly format: ArchiveFormat;
  /** sha256 of the archive's bytes; for `no-archive` of the sorted list `sha256  path` of its entries. */
  readonly sha256: string;
  readonly manifest: Manifest;
}

/** One entry of an archive, as the viewer lists it. */
export interface ArchiveEntry {
  readonly name: string;
  /** Uncompressed bytes. */
  readonly size: number;
  readonly compressedSize: number;
  readonly sha256?: string;
}

/** What an existing archive holds; read without unpacking to disk. */
export interface ArchiveContents {
  readonly path: string;
  readonly format: ArchiveFormat;
  readonly size: number;
  readonly sha256?: string;
  readonly manifest?: Manifest;
  readonly entries: readonly ArchiveEntry[];
  /** `preprocessing.json` when the archive carries one. */
  readonly preprocessing?: Preprocessing;
  /** What the model takes and gives: `contract.json`, or what the `preprocessing.json` of Model Deck 1.0 says. */
  readonly contract?: ModelContract;
  /** Labels by class index, when the archive carries `index_to_name.json`. */
  readonly labels?: readonly string[];
  /** One sentence each, for example about a manifest that names a missing file. */
  readonly warnings: readonly string[];
}

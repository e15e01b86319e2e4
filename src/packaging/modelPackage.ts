import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ModelContract } from '../contract/modelContract.ts';

/**
 * A model made ready to be served: files that a server can mount as they are. What is in them only its kind knows; stores,
 * deploy and targets carry it.
 */
export interface ModelPackage {
  /** Of the `PackageKind` that made it. */
  readonly kind: string;
  readonly name: string;
  readonly version: string;
  /** Absolute path of the folder that holds the files. */
  readonly folder: string;
  /** Every file of it, each path once. */
  readonly files: readonly PackageFile[];
  /** Path in the package of the file or folder that is the model itself, where there is one: `model-store/resnet18.mar`. */
  readonly archive?: string;
  /** Bytes, as people are told them: those of the archive, else of all files. */
  readonly size: number;
  /** What tells this model from any other of the same name and version; its kind says of what, else {@link sha256OfFiles}. */
  readonly sha256: string;
  readonly weightsSha256?: string;
  readonly serves: Serves;
  /** What the model takes and gives, where that is known. */
  readonly contract?: ModelContract;
}

export interface PackageFile {
  /** Below the package's folder, with `/`, never leaving it. */
  readonly path: string;
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Absolute path of the file, when it does not lie at `path` below the folder. */
  readonly source?: string;
}

/** Where a package can be served, and what it needs there. It is kept in the records of stores. */
export interface Serves {
  /** KServe's name of the format, for example `onnx`: serving runtimes are chosen by it. */
  readonly modelFormat: string;
  readonly protocols: readonly ('v1' | 'v2')[];
  /**
   * The program that mounts it, by KServe's name of it (annotation `serving.kserve.io/server-type`), for example
   * `tritonserver`. Left out in records of earlier versions.
   */
  readonly server?: string;
  /** Appended to the arguments of the server's container. */
  readonly args?: readonly string[];
  /** Packages of Python that the server's image has to bring, by their names on PyPI. */
  readonly pythonPackages?: readonly string[];
  /** Of an ONNX graph that the server's own ONNX Runtime loads: that has to know these versions. */
  readonly onnx?: OnnxVersions;
  /** The server calls the model by the name of the service, whatever the package says. */
  readonly isNamedByService?: true;
  /**
   * Where the server in the container listens itself, when something stands in front of it that is ready before it: requests
   * are kept away until a GET there succeeds.
   */
  readonly startup?: { readonly port: number; readonly path: string };
}

/** The versions that stand in an ONNX graph. */
export interface OnnxVersions {
  readonly irVersion: number;
  /** Of the default operator set. */
  readonly opset: number;
}

/** Where a file of a package lies on this computer. */
export function sourceOf({ folder }: Pick<ModelPackage, 'folder'>, file: PackageFile): string {
  return file.source ?? path.join(folder, ...file.path.split('/'));
}

/**
 * Absolute path of what a user opens to see the package: its archive, else its folder. An archive that lies alone keeps its
 * place, which is not that of its layout.
 */
export function mainPath(made: Pick<ModelPackage, 'folder' | 'archive' | 'files'>): string {
  const { folder, archive, files } = made;
  if (archive === undefined) return folder;
  const whole = files.find((file) => file.path === archive);
  if (whole) return sourceOf(made, whole);
  const inner = files.find((file) => file.source !== undefined && file.path.startsWith(`${archive}/`));
  if (inner?.source === undefined) return path.join(folder, ...archive.split('/'));
  const depth = inner.path.slice(archive.length + 1).split('/').length;
  return path.join(inner.source, ...Array.from({ length: depth }, () => '..'));
}

/** Name of the file in which a package that is a folder says what it is. Servers pass over it. */
export const folderRecordFile = 'model-deck-package.json';

/** Absolute path of the file whose page shows the package: its archive, or its record. Undefined where it has neither. */
export function pagePath(made: Pick<ModelPackage, 'folder' | 'archive' | 'files'>): string | undefined {
  const main = mainPath(made);
  if (main.endsWith('.mar')) return main;
  const record = made.files.find((file) => file.path === folderRecordFile);
  return record && sourceOf(made, record);
}

/** One sha256 for many files: of the sorted lines `<sha256>  <path>`, as `sha256sum` writes them. */
export function sha256OfFiles(files: readonly Pick<PackageFile, 'path' | 'sha256'>[]): string {
  const lines = files.map(({ path: name, sha256 }) => `${sha256}  ${name}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}

import type { ModelContract } from '../../contract/modelContract.ts';
import type { Task } from '../../foundation/task.ts';
import type { ModelPackage, Serves } from '../modelPackage.ts';
import type { PackagedGraph } from '../packagedGraph.ts';
import type { Finding } from '../read/detection.ts';
import type { Vendoring } from './vendoring.ts';
import type { ModelSpec, Preprocessing } from '../spec/modelSpec.ts';

/** A way to package a model: the files that a family of servers mounts. */
export interface PackageKind {
  /** Stands in model-deck.yaml and in the records of stores; never changes. */
  readonly kind: string;
  /** For the reader, for example `TorchServe archive`. */
  readonly label: string;
  /** What every package of it needs of a server; a package itself says more. */
  readonly serves: Serves;
  /**
   * Looks before a byte is written for everything that a server would stumble over. Nothing is run or changed.
   * @throws ModelDeckError `cancelled`, or what the file system says to a file that was there a moment ago
   */
  check(request: CheckRequest, task?: Task): Promise<readonly Finding[]>;
  /**
   * Writes the package. The same input gives the same bytes; a failure or cancel leaves what was there before.
   * @throws ModelDeckError `not-found`, `conflict`, `permission`, `no-space`, `cancelled`
   */
  write(request: PackageRequest, task?: Task<PackageStep>): Promise<ModelPackage>;
  /**
   * What a server's image would say to a package, read off the image's tag: errors where it cannot load it, warnings where
   * that is not known. Left out where every version of the server takes every package.
   * @param image with its tag, for example `nvcr.io/nvidia/tritonserver:23.05-py3`
   */
  suits?(serves: Serves, image: string): readonly Finding[];
  /**
   * What a package of a folder will need of a server, told before it is written; {@link serves} when left out.
   * @throws ModelDeckError what reading the weights throws
   */
  foresee?(request: ForeseeRequest, task?: Task): Promise<Serves>;
  /** Whether a file or folder is a package of this kind that {@link adopt} takes: by its name, or by the names in it. */
  recognises(file: string, isFolder: boolean): boolean | Promise<boolean>;
  /**
   * Takes what somebody else has made for a package: reads it, and adds what is missing.
   * @param extraFolder absolute, for the files that are added; made when needed
   * @throws ModelDeckError `not-found`, `invalid-input` or `hostile`
   */
  adopt(file: string, extraFolder: string, task?: Task): Promise<ModelPackage>;
  /**
   * What a package says about its model; nothing is unpacked to disk or executed.
   * @param archive absolute path of the package's archive, else of its folder
   * @throws ModelDeckError `not-found`, `invalid-input` or `hostile`
   */
  read(archive: string, task?: Task): Promise<PackageContents>;
  /**
   * The ONNX graph of a package, for who runs it without the package's own server. Left out where no package of the kind has one.
   * @param archive absolute path of the package's archive, else of its folder
   * @returns undefined when this package has none, or several
   * @throws ModelDeckError `not-found`, `invalid-input` or `hostile`
   */
  onnxGraph?(archive: string, task?: Task): Promise<PackagedGraph | undefined>;
}

export interface CheckRequest {
  /** Absolute. */
  readonly folder: string;
  readonly spec: ModelSpec;
  /** Absolute path of the file that the spec was read from, if there is one. */
  readonly specFile?: string;
  /** The text that the spec was read from, where it is not the file's: it may stand unsaved in an editor. */
  readonly specText?: string;
  /** The server's image with its tag, where it is known; else what KServe 0.20 comes with. */
  readonly image?: string;
}

export interface PackageRequest {
  readonly folder: string;
  readonly spec: ModelSpec;
  /** Absolute. Created when missing. */
  readonly outputFolder: string;
  /** Replace an existing archive of the same name. Without it the error category is `conflict`. */
  readonly force?: boolean;
  /** Where a package gets the ONNX Runtime that its server's images lack; left out where it gets none. */
  readonly vendoring?: Vendoring;
}

export type ForeseeRequest = Pick<PackageRequest, 'folder' | 'spec' | 'vendoring'>;

export type PackageStep = 'check' | 'hash-weights' | 'write-archive' | 'write-config';

/** What a package says about its model. */
export interface PackageContents {
  /** The document in which the package describes itself, when it has one. */
  readonly description?: { readonly name: string; readonly text: string };
  readonly contract?: ModelContract;
  /** How an image becomes the input, in the form that packages had before the contract. */
  readonly preprocessing?: Preprocessing;
  /** Labels by class index. */
  readonly labels?: readonly string[];
  /** Of the archive, where reading it has told. */
  readonly sha256?: string;
  /** One sentence each, for example about a file that is named and missing. */
  readonly warnings: readonly string[];
}

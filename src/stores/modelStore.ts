import type { ModelContract } from '../contract/modelContract.ts';
import type { Task } from '../foundation/task.ts';
import type { ModelPackage, Serves } from '../packaging/modelPackage.ts';

/** Which store is meant: a value of its kind's own shape. Only that kind formats it as an id and parses it. */
export interface StoreRef {
  readonly kind: string;
}

/**
 * A place that keeps packaged models. Each model is a folder that can be mounted and served as it is, at
 * `<root>/<name>/<version>`, with the record `model-deck.json` beside the package's own files. What a store cannot do, it
 * does not have: one that is only read has neither `put` nor `remove`.
 */
export interface ModelStore {
  /** Its {@link StoreRef} as a text, stable over sessions; `Stores.of` opens the store by it. */
  readonly id: string;
  readonly label: string;
  /** Absolute path of its root, for a store that is a folder of this computer. */
  readonly folder?: string;
  /** What an InferenceService's `storageUri` says for a model of this store, whether or not it is there yet. */
  locate(name: string, version: string): string;
  /** By name, the versions of one model in their natural order. What lies there otherwise is passed over. */
  list(task?: Task): Promise<readonly StoredModel[]>;
  /**
   * Copies a package into the store. The same name and version with the same sha256 is left as it is.
   * @throws ModelDeckError `conflict` when that version is there with other bytes
   */
  put?(made: ModelPackage, task?: Task<UploadStep>): Promise<UploadedModel>;
  /**
   * Bytes of one file of a stored model.
   * @param file its path in the model's folder, with `/`
   * @throws ModelDeckError `not-found`; `invalid-input` when the model is not of this store
   */
  read?(model: StoredModel, file: string, range: ByteRange, task?: Task): Promise<Uint8Array>;
  /** @throws ModelDeckError `invalid-input` when the model is not of this store, `not-found` when it is gone */
  remove?(model: StoredModel, task?: Task): Promise<void>;
}

/** A store that packages can be put into and removed from. */
export type WritableStore = ModelStore & Required<Pick<ModelStore, 'put' | 'remove'>>;

export interface ByteRange {
  /** The first byte. */
  readonly start: number;
  /** How many at most; fewer come when the file ends before. */
  readonly length: number;
}

export type UploadStep = 'start-upload-pod' | 'upload' | 'verify';

export interface StoredModel {
  readonly storeId: string;
  readonly name: string;
  readonly version: string;
  /** What an InferenceService's `storageUri` would say, for example `file:///…/resnet18/1.0`. */
  readonly storageUri: string;
  /** File system path of `<root>/<name>/<version>`, for stores that have one. */
  readonly path?: string;
  /** Absolute path of `ModelPackage.archive`, for stores that are folders of this computer. */
  readonly archivePath?: string;
  /** Bytes of the package, where the store knows it. */
  readonly size?: number;
  /** What tells this content from any other, where the store knows it. */
  readonly sha256?: string;
  /** Of its `PackageKind`; left out in lists of deployments that an earlier version of Model Deck has written. */
  readonly kind?: string;
  readonly serves?: Serves;
  readonly contract?: ModelContract;
}

export interface UploadedModel extends StoredModel {
  /** This very upload has put it there, so that whoever takes the deploy back may remove it. */
  readonly isNew?: boolean;
}

import type { Task } from '../foundation/task.ts';
import type { ModelArchive } from '../packaging/kinds/torchserve/modelArchive.ts';

/**
 * A place that keeps packaged models. Layout, the same in every kind of store, so that `<root>/<name>/<version>` is a
 * storage URI that KServe's TorchServe runtime can mount (config/ + model-store/):
 *
 *     <root>/<name>/<version>/config/config.properties
 *     <root>/<name>/<version>/model-store/<name>.mar
 */
export interface ModelStore {
  /** Stable over sessions, for example `folder:/home/ada/models`, `pvc:<context>/<namespace>/<claim>`. */
  readonly id: string;
  readonly kind: 'folder' | 'pvc';
  readonly label: string;
  list(task?: Task): Promise<readonly StoredModel[]>;
  /**
   * Copies a package into the store. The same name and version with the same sha256 is left as it is.
   * @throws ModelDeckError `conflict` when that version is there with other bytes
   */
  upload(archive: ModelArchive, task?: Task<UploadStep>): Promise<UploadedModel>;
  remove(model: StoredModel, task?: Task): Promise<void>;
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
  /** Absolute path of the archive, for stores that have one. */
  readonly archivePath?: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly sha256: string;
}

export interface UploadedModel extends StoredModel {
  /** This very upload has put it there, so that whoever takes the deploy back may remove it. */
  readonly isNew?: boolean;
}

import type { Preprocessing } from '../../contract/fromPreprocessing.ts';
import type { ClassOutput, ContractField, ImageInput } from '../../contract/modelContract.ts';

export type { Preprocessing };

/**
 * What `model-deck.yaml` says: everything that is needed to package this folder again. Paths are relative to the
 * folder of the file, with `/` on every platform. Field names are the names in the YAML file.
 */
export interface ModelSpec {
  /** The kind of package that it becomes (`PackageKind.kind`); a TorchServe archive when left out. */
  readonly packageKind?: string;
  /** Model name: MAR base name, snapshot key and URL segment. `^[A-Za-z0-9][A-Za-z0-9_-]*$` (no dots: see checks). */
  readonly name: string;
  /** Any string; becomes `modelVersion` of the manifest and the version in the snapshot. */
  readonly version: string;
  /** Weights or exported graph (`serializedFile` of the manifest). */
  readonly weights?: string;
  /** Python file with the one model class of an eager model (`modelFile`). */
  readonly modelFile?: string;
  /** A network of torchvision whose Python file Model Deck writes, instead of `modelFile`. */
  readonly architecture?: NetworkSpec;
  /** A built-in TorchServe handler name, `my_handler.py`, `my_handler.py:function`, or the id of a handler that we generate. */
  readonly handler: string;
  /** File with the names of the classes, in any usual shape; the package gets an `index_to_name.json` made of it. */
  readonly labels?: string;
  /** Files, or folders whose content is copied to the root; wildcards `*`, `?`, `[...]`. */
  readonly extraFiles?: readonly string[];
  readonly requirements?: string;
  /** TorchServe's `model-config.yaml`. */
  readonly configFile?: string;
  readonly runtime?: 'python' | 'python3';
  readonly archiveFormat?: ArchiveFormat;
  /** The block of Model Deck 1.0; `input` and `output` say more. */
  readonly preprocessing?: Preprocessing;
  /** How a picture becomes the input tensor. What is left out is assumed. */
  readonly input?: Partial<ImageInput>;
  /** What the numbers of the model mean. What is left out is assumed. */
  readonly output?: Partial<ClassOutput>;
  /**
   * Where the fields of `input` and `output` were read: `graph`, a file's name, or `assumed`. A field that is not listed was
   * said by the user, so that deleting its line confirms an assumed one.
   */
  readonly origins?: Readonly<Partial<Record<ContractField, string>>>;
  /** Pictures whose answer is known. They are checked at every packaging and after every deploy. */
  readonly examples?: readonly SpecExample[];
  readonly provenance?: Provenance;
  readonly deploy?: DeploySpec;
}

/** A picture and the label that it has to get. */
export interface SpecExample {
  /** Relative to the folder of the file, with `/`, or absolute. */
  readonly image: string;
  readonly label: string;
}

/** A classifier of torchvision, as its weights say it. */
export interface NetworkSpec {
  /** Function of `torchvision.models`, for example `resnet18`. */
  readonly name: string;
  readonly classes: number;
  /** Channels of the picture, where they are not three. */
  readonly channels?: number;
  /** Side of the picture in pixels, for networks that fit one size only (ViT). */
  readonly imageSize?: number;
  /** googlenet and inception_v3: whether the weights have the layers that only training uses. */
  readonly auxiliary?: boolean;
  /** googlenet and inception_v3: whether the network itself turns ImageNet's mean and deviation into 0.5. */
  readonly transformInput?: boolean;
}

/** Where and how this folder was deployed to a cluster last: what "Deploy Model…" asks, pre-filled the next time. */
export interface DeploySpec {
  /** Context of the kubeconfig. */
  readonly context?: string;
  readonly namespace?: string;
  /** PersistentVolumeClaim that keeps the model. */
  readonly claim?: string;
  /** Id of the store that keeps the model, instead of a claim. */
  readonly store?: string;
  /** Name of the InferenceService. */
  readonly name?: string;
  /** ServingRuntime or ClusterServingRuntime; KServe chooses when left out. */
  readonly runtime?: string;
  readonly protocol?: 'v1' | 'v2';
  /** Kubernetes quantities by resource, for example `cpu: '1'`; requests and limits alike. */
  readonly resources?: Readonly<Record<string, string>>;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
}

/** The archive formats of `torch-model-archiver` 0.12, by its own names. */
export type ArchiveFormat = 'default' | 'zip-store' | 'tgz' | 'no-archive';

/** Where the model comes from: shown at every step and written into the cluster as annotations. */
export interface Provenance {
  readonly source?: string;
  readonly revision?: string;
  readonly licence?: string;
  /** sha256 of the weights file, 64 hex digits. */
  readonly sha256?: string;
}

export const modelSpecFileName = 'model-deck.yaml';

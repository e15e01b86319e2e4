/** What computes: our own ONNX runtime in the server's process, or a real TorchServe behind it. */
export type ServerEngine = { readonly kind: 'onnx' } | TorchServeEngine;

export interface TorchServeEngine {
  readonly kind: 'torchserve';
  /** The Python whose `ts` package is run. */
  readonly python: string;
  /** `<root>/<name>/<version>` with `config/config.properties` and `model-store/`; only read. */
  readonly storeFolder: string;
  /** Exists and is empty; for configuration, logs and temporary files. Removed by whoever made it. */
  readonly workFolder: string;
}

/** Where a Python with TorchServe may be; looked at in the order of the fields. */
export interface TorchServeSearch {
  /** The setting `modelDeck.python.path`, empty or missing when it is not set. */
  readonly settingPath?: string | undefined;
  /** The interpreter that the Python extension has active. */
  readonly activePython?: string | undefined;
  /** Folders that may hold `.venv` or `venv`. */
  readonly workspaceFolders: readonly string[];
  /** The environment variable `PATH`. */
  readonly searchPath: string;
}

/** One model, served by a process of its own. Crosses the process boundary as JSON. */
export interface ServedModel {
  /** Absolute path of the package's archive, else of its folder. */
  readonly archive: string;
  /** Of its `PackageKind`; the usual one when left out. */
  readonly kind?: string;
  /** The name in the URLs: the manifest's `modelName`. */
  readonly modelName: string;
  readonly modelVersion: string;
  readonly engine: ServerEngine;
  /** Largest request body that is taken, in bytes; TorchServe's when left out. */
  readonly maxRequestBytes?: number;
}

import type { Serves } from '../../modelPackage.ts';

/** Name of this kind of package. */
export const mlServerKind = 'mlserver';

/** What every package with a model-settings.json needs of a server. */
export const mlServerServes: Serves = { modelFormat: 'mlflow', protocols: ['v2'], server: 'mlserver' };

/**
 * Where our runtime for ONNX pictures can be served. KServe knows no format for a runtime of one's own: `mlflow` is the one
 * that only MLServer serves, and the model-settings.json in the package says what really runs.
 */
export const picturesServes: Serves = { ...mlServerServes, pythonPackages: ['onnxruntime', 'Pillow'] };

/** Older than what any image of MLServer that is in use has: a graph that it loads is loaded by all. */
export const oldestOnnxRuntime = '1.15.0';

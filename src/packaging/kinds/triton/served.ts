import type { Serves } from '../../modelPackage.ts';

/** Name of this kind of package. */
export const tritonKind = 'triton';

/**
 * What every model repository needs of a server. The format is Triton's own, whatever is in the repository: for `onnx` KServe
 * may choose OpenVINO, which mounts something else, and `pytorch` is TorchServe's.
 */
export const tritonServes: Serves = { modelFormat: 'triton', protocols: ['v2'], server: 'tritonserver' };

import type { Serves } from '../../modelPackage.ts';

/** Name of this kind of package. */
export const openVinoKind = 'openvino';

/**
 * What every package needs of a server. KServe's runtime for OpenVINO Model Server starts it with the service's name as the
 * model's (`--model_name={{.Name}}`), and it looks for numbered folders where it mounts.
 */
export const openVinoServes: Serves = {
  modelFormat: 'openvino',
  protocols: ['v2'],
  server: 'ovms',
  isNamedByService: true,
};

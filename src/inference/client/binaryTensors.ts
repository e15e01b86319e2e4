import type { ServerMetadata } from '../../kserve/index.ts';
import { isBefore } from '../../kserve/servers/imageVersion.ts';

/**
 * V2 servers by the name that they give at `GET /v2`, and from which version on they read tensors as bytes after the JSON. KServe's
 * does, and does not announce it (kserve#3685); MLServer does not: it answers 422, with the whole body in it. Tried with Triton
 * 2.51, KServe 0.21 and MLServer 1.7; OpenVINO's by its documentation.
 */
const readers: readonly { readonly name: RegExp; readonly from: readonly number[] }[] = [
  { name: /^triton$/i, from: [0] },
  { name: /openvino/i, from: [0] },
  { name: /^kserve$/i, from: [0, 14] },
  { name: /^model-deck$/, from: [0] },
];
/** Those that do not, whatever they announce. */
const refusers = /^(mlserver|torchserve)$/i;

/** Whether a server reads tensors as bytes after the JSON: by its kind and version, and where nobody knows it by what it announces. */
export function readsBinaryTensors(server: ServerMetadata | undefined): boolean {
  if (server === undefined || refusers.test(server.name)) return false;
  const known = readers.find(({ name }) => name.test(server.name));
  if (!known) return server.extensions.includes('binary_tensor_data');
  const said = (server.version.match(/\d+/g) ?? []).map(Number);
  return !isBefore(
    known.from.map((_, place) => said[place] ?? 0),
    known.from,
  );
}

/** How an archive gets the ONNX Runtime that TorchServe's images do not have. */
export interface Vendoring {
  /** Absolute path of a wheel of onnxruntime that the user has, the address of a Python package index, or that the image has it. */
  readonly source: { readonly wheel: string } | { readonly registry: string } | { readonly isInImage: true };
  /** Absolute; what was fetched and unpacked is kept here. */
  readonly cacheFolder: string;
  /** Python of the server's image, for example `3.9`. */
  readonly python: string;
  /** Processor of the cluster's nodes, as Python names it. */
  readonly machine: 'x86_64' | 'aarch64';
}

/**
 * What the settings say, for a request.
 *
 * @param source as the user has written it: empty for none, `image` where the server's image has ONNX Runtime, the path of a
 *   wheel, or the address of a package index
 * @param cacheFolder absolute
 */
export function vendoringOf(
  source: string,
  { python, machine }: { readonly python: string; readonly machine: string },
  cacheFolder: string,
): Vendoring | undefined {
  if (source === '') return undefined;
  const from = /^https?:\/\//.test(source) ? { registry: source } : { wheel: source };
  return {
    source: source === 'image' ? { isInImage: true } : from,
    cacheFolder,
    python,
    machine: machine === 'aarch64' ? 'aarch64' : 'x86_64',
  };
}

/** The package that is vendored, by its name on PyPI. */
export const onnxRuntimePackage = 'onnxruntime';

/** How an archive gets the ONNX Runtime that TorchServe's images do not have. */
export interface Vendoring {
  /** Absolute path of a wheel of onnxruntime that the user has, or the address of a Python package index. */
  readonly source: { readonly wheel: string } | { readonly registry: string };
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
  if (source === '' || source === imageHasIt) return undefined;
  return {
    source: /^https?:\/\//.test(source) ? { registry: source } : { wheel: source },
    cacheFolder,
    python,
    machine: machine === 'aarch64' ? 'aarch64' : 'x86_64',
  };
}

/** The setting's value where the image of the server has ONNX Runtime, whatever its name tells. */
export const imageHasIt = 'image';

/** The package that is vendored, by its name on PyPI. */
export const onnxRuntimePackage = 'onnxruntime';

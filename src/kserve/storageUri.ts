import { ModelDeckError } from '../foundation/error.ts';
import { persistentVolumeClaimNameProblem } from './kubernetesNames.ts';

/**
 * Where KServe reads a model from. A claim is mounted as it is; everything else is fetched by the storage initializer
 * (or, for `oci`, comes as an image) before the model server starts.
 */
export type StorageUri =
  | { readonly kind: 'pvc'; readonly claim: string; readonly path: string }
  | { readonly kind: 'remote'; readonly scheme: string; readonly uri: string }
  | { readonly kind: 'local'; readonly path: string };

/** `SupportedStorageURIPrefixList` of KServe v0.20, and the one that its default ClusterStorageContainer of later versions adds. */
const schemes = ['gs', 's3', 'pvc', 'file', 'https', 'http', 'hdfs', 'webhdfs', 'oci', 'oci+native', 'hf'];

/**
 * @throws ModelDeckError `invalid-input` saying what is wrong
 * @see KServe v0.20 `ValidateStorageURI` and `ParsePvcURI`
 */
export function parseStorageUri(uri: string): StorageUri {
  const problem = storageUriProblem(uri);
  if (problem !== undefined) {
    throw new ModelDeckError('invalid-input', problem, {
      remedy: "Write it as pvc://<claim>/<folder>, or as a URI that the cluster's storage initializer can fetch.",
    });
  }
  const pvc = parsePvcUri(uri);
  if (pvc !== undefined) return { kind: 'pvc', ...pvc };
  const scheme = schemeOf(uri);
  return scheme === undefined ? { kind: 'local', path: uri } : { kind: 'remote', scheme, uri };
}

/**
 * One sentence that says why KServe would refuse the URI or find no model by it, undefined when it is in order.
 *
 * @param prefixes what further ClusterStorageContainers of the cluster fetch, for example `modelscope://`
 */
export function storageUriProblem(uri: string, prefixes: readonly string[] = []): string | undefined {
  if (uri.trim() === '') return 'The storage URI is missing.';
  if (/\s/.test(uri)) return `The storage URI "${uri}" contains a space or line break.`;
  if (prefixes.some((prefix) => uri.startsWith(prefix))) return undefined;
  const scheme = schemeOf(uri);
  if (scheme === undefined) return undefined;
  if (!schemes.includes(scheme)) {
    return `The storage URI "${uri}" begins with "${scheme}://", which KServe does not fetch; it knows ${schemes.map((known) => `${known}://`).join(', ')}.`;
  }
  if (scheme === 'pvc') return pvcProblem(uri);
  if (/^[\w+]+:\/\/\/*$/.test(uri)) return `The storage URI "${uri}" names nothing after "${scheme}://".`;
  return undefined;
}

/** Claim and path within it, without leading or trailing slash; undefined for another kind of URI. */
export function parsePvcUri(uri: string): { readonly claim: string; readonly path: string } | undefined {
  if (!uri.startsWith('pvc://')) return undefined;
  const [claim = '', ...rest] = uri.slice('pvc://'.length).split('/');
  return { claim, path: rest.filter((part) => part !== '').join('/') };
}

export function formatPvcUri(claim: string, path = ''): string {
  const parts = path.split('/').filter((part) => part !== '');
  return ['pvc:/', claim, ...parts].join('/');
}

function schemeOf(uri: string): string | undefined {
  return /^([A-Za-z][\w+.-]*):\/\//.exec(uri)?.[1];
}

function pvcProblem(uri: string): string | undefined {
  const pvc = parsePvcUri(uri);
  const claim = pvc?.claim ?? '';
  if (claim === '') return `The storage URI "${uri}" names no claim: write pvc://<claim>/<folder>.`;
  const problem = persistentVolumeClaimNameProblem(claim);
  if (problem !== undefined) return problem;
  if ((pvc?.path ?? '').split('/').includes('..')) {
    return `The storage URI "${uri}" leaves its claim by "..".`;
  }
  return undefined;
}

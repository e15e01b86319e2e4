import type { LogPattern } from './logPatterns.ts';

/** What KServe's storage initializer writes when it cannot fetch a model (v0.15 to v0.20, `python/storage/kserve_storage`). */
export const storagePatterns: readonly LogPattern[] = [
  {
    code: 'storage-certificate',
    pattern: /CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLError|x509: /,
    summary: (_match, uri) => `The storage initializer does not trust the certificate of the server of ${uri}.`,
    remedy:
      "Give KServe the server's certificate authority (caBundleConfigMapName, or s3-cabundle-configmap on the Secret).",
  },
  {
    code: 'storage-no-space',
    pattern: /No space left on device/,
    summary: (_match, uri) => `The model of ${uri} does not fit on the disk of the node.`,
    remedy: 'Free disk on the node, or raise the limit of ephemeral-storage.',
  },
  {
    code: 'storage-unreachable',
    pattern:
      /Failed to connect to \w+ endpoint|Could not connect to the endpoint URL|Connection refused|timed out|Name or service not known|Temporary failure in name resolution|Max retries exceeded|EndpointConnectionError|NewConnectionError/i,
    summary: (_match, uri) => `The storage initializer does not reach the server of ${uri}.`,
    remedy: 'Check the endpoint (s3-endpoint and s3-usehttps on the Secret), and that the cluster may reach it.',
  },
  {
    code: 'storage-unauthorized',
    pattern:
      /authentication failed|Invalid AWS credentials|InvalidAccessKeyId|SignatureDoesNotMatch|Unable to locate credentials|NoCredentialsError|DefaultCredentialsError|401/i,
    summary: (_match, uri) =>
      `The server of ${uri} does not accept the credentials of the storage initializer, or there are none.`,
    remedy:
      'Put the credentials into a Secret, the Secret into a ServiceAccount, and name that by serviceAccountName in the manifest.',
  },
  {
    code: 'storage-access-denied',
    pattern: /access denied|AccessDenied|Forbidden|\b403\b/i,
    summary: (_match, uri) => `The storage initializer may not read ${uri}.`,
    remedy: 'Give its credentials the right to list and read there.',
  },
  {
    code: 'storage-not-found',
    pattern: /not found|does not exist|No model found in|NoSuchBucket|NoSuchKey|\b404\b/i,
    summary: (_match, uri) => `There is no model at ${uri}.`,
    remedy: 'Upload the model there, or correct the storage URI in the manifest.',
  },
  {
    code: 'storage-type-unknown',
    pattern: /Cannot recognize storage type/,
    summary: (_match, uri) => `The storage initializer does not know how to fetch ${uri}.`,
    remedy: 'Use another kind of storage URI, or a ClusterStorageContainer that knows it.',
  },
];

import type { LogPattern } from './logPatterns.ts';

const noWrite =
  /PermissionError: \[Errno 13\] Permission denied: '([^']+)'|OSError: \[Errno 30\] Read-only file system: '([^']+)'/;

function noWriteSummary([, denied, readOnly]: RegExpExecArray, uri: string): string {
  return `The storage initializer may not write to ${denied ?? readOnly ?? 'a folder'} while it fetches ${uri}: it runs as a user without that right.`;
}

/**
 * What KServe's storage initializer writes when it cannot fetch a model (v0.6 to v0.20: `python/storage/kserve_storage`,
 * and the libraries under it: botocore, minio, google-cloud-storage, azure, huggingface_hub, requests). Causes before
 * consequences.
 */
export const storagePatterns: readonly LogPattern[] = [
  {
    code: 'storage-certificate',
    category: 'server',
    pattern:
      /CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLError\(|\bSSLError: |SSLCertVerificationError|certificate signed by unknown authority/,
    summary: (_match, uri) => `The storage initializer does not trust the certificate of the server of ${uri}.`,
    remedy:
      "Give KServe the server's certificate authority (caBundleConfigMapName, or s3-cabundle-configmap on the Secret).",
  },
  {
    code: 'storage-no-space',
    category: 'no-space',
    pattern: /No space left on device/,
    summary: (_match, uri) => `The model of ${uri} does not fit on the disk of the node.`,
    remedy: 'Free disk on the node, or raise the limit of ephemeral-storage.',
  },
  {
    code: 'storage-no-write',
    category: 'permission',
    pattern: noWrite,
    fits: ([, denied, readOnly]) => /\/\.cache(?:\/|$)|huggingface/.test(denied ?? readOnly ?? ''),
    summary: noWriteSummary,
    remedy:
      'Set HF_HOME of the storage initializer to a folder that it may write, for example /tmp/hf, or let it run as another user (annotation serving.kserve.io/storage-initializer-uid).',
  },
  {
    code: 'storage-no-write',
    category: 'permission',
    pattern: noWrite,
    summary: noWriteSummary,
    remedy:
      'Let it run as a user that may write there: annotation serving.kserve.io/storage-initializer-uid, or fsGroup in the securityContext of the manifest.',
  },
  {
    code: 'storage-clock',
    category: 'server',
    pattern:
      /RequestTimeTooSkewed|Signature (?:expired: |not yet current: )|difference between the request time and the (?:current|server'?s?) time is too large/,
    summary: (_match, uri) =>
      `The server of ${uri} refuses requests because the clock of the node and its own are too far apart.`,
    remedy: "Set the node's clock (NTP), or that of the storage server.",
  },
  {
    code: 'storage-token-expired',
    category: 'unauthorized',
    pattern:
      /[([](?:ExpiredToken(?:Exception)?|RequestExpired)[)\]]|ExpiredToken: |provided (?:security )?token (?:has expired|is expired)|token included in the request is expired|TokenRefreshRequired|Signature not valid in the specified time frame|\bToken (?:has )?(?:been )?expired\b|invalid_grant: .*expired/,
    summary: (_match, uri) => `The credentials of the storage initializer for ${uri} have expired.`,
    remedy: 'Put fresh credentials into the Secret of the ServiceAccount (with the session token, if there is one).',
  },
  {
    code: 'storage-region',
    category: 'invalid-input',
    pattern:
      /[([](?:PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|301)[)\]]|must be addressed using the specified endpoint|the region (?:'[^']*'|"[^"]*") is wrong|PermanentRedirect: /,
    summary: (_match, uri) =>
      `The bucket of ${uri} is in another region, or behind another endpoint, than is asked for.`,
    remedy:
      'Correct s3-region and s3-endpoint on the Secret (serving.kserve.io/s3-region, serving.kserve.io/s3-endpoint).',
  },
  {
    code: 'storage-hf-access',
    category: 'unauthorized',
    pattern:
      /GatedRepoError|HuggingFace authentication failed|[Cc]annot access gated repo|trying to access a gated repo|LocalTokenNotFoundError|Token is required \(|is restricted\. You must (?:have access to it and )?be authenticated|is restricted and you are not in the authorized list|Your request to access model \S+ is awaiting/,
    summary: (_match, uri) =>
      `Hugging Face gives ${uri} only to accounts that were granted access, and the storage initializer has no token of one.`,
    remedy:
      'Ask for access on the page of the model, and give the storage initializer the token: HF_TOKEN in a Secret that the ServiceAccount of the service names (serviceAccountName).',
  },
  {
    code: 'storage-hf-repository',
    category: 'not-found',
    pattern:
      /RepositoryNotFoundError|Repository Not Found for url|HuggingFace resource (?:\S+ )?not found|RevisionNotFoundError|HFValidationError/,
    summary: (_match, uri) =>
      `Hugging Face has no ${uri} that the storage initializer may see: there is none of that name (or revision), or it is private.`,
    remedy:
      'Correct the name in the storage URI, or give the storage initializer a token that may read it (HF_TOKEN in a Secret of the ServiceAccount).',
  },
  {
    code: 'storage-endpoint-invalid',
    category: 'invalid-input',
    pattern:
      /Invalid endpoint: ?|InvalidEndpointError|in is_valid_endpoint|Hostname cannot be empty|LocationParseError|ValueError: Invalid endpoint|InvalidProxiesConfiguration|Invalid URL '[^']*': No (?:scheme|host) supplied|hostname doesn't (?:match|resolve)|NoRegionError/,
    summary: (_match, uri) => `The endpoint that the storage initializer is to ask for ${uri} is empty or no address.`,
    remedy:
      'Correct s3-endpoint on the Secret (serving.kserve.io/s3-endpoint: host and port without https://), or take the annotation away for AWS itself.',
  },
  {
    code: 'storage-unreachable',
    category: 'unreachable',
    mayHeal: 'retry',
    pattern:
      /Failed to connect to \w+ endpoint|Could not connect to the endpoint URL|Connection refused|connection refused|timed out\b(?! in)|Name or service not known|Temporary failure in name resolution|Max retries exceeded|EndpointConnectionError|NewConnectionError|ConnectTimeoutError|No route to host|Connection reset by peer|i\/o timeout|ConnectionError: |LocalEntryNotFoundError/,
    summary: (_match, uri) => `The storage initializer does not reach the server of ${uri}.`,
    remedy: 'Check the endpoint (s3-endpoint and s3-usehttps on the Secret), and that the cluster may reach it.',
  },
  {
    code: 'storage-rate-limit',
    category: 'server',
    mayHeal: 'retry',
    pattern:
      /[([](?:SlowDown|TooManyRequests|429|503)[)\]]|failed with status code (?:429|503)\b|429 Client Error|HTTP Error 429|Too Many Requests|Please reduce your request rate/,
    summary: (_match, uri) => `The server of ${uri} was asked for too much at once, and refuses for a while.`,
    remedy: 'Wait: the storage initializer tries again; a token or an account may be allowed more.',
  },
  {
    code: 'storage-unauthorized',
    category: 'unauthorized',
    pattern:
      /authentication failed|Invalid AWS credentials|InvalidAccessKeyId|SignatureDoesNotMatch|Unable to locate credentials|NoCredentialsError|PartialCredentialsError|InvalidClientTokenId|DefaultCredentialsError|default credentials were not found|AssumeRoleWithWebIdentity|AuthenticationFailed|ClientAuthenticationError|CredentialUnavailableError|Invalid user token|Invalid credentials in Authorization header|\b401 (?:Client Error|Unauthorized)|HTTP Error 401|\(401\)|returned a 401 response|Anonymous caller does not have/i,
    summary: (_match, uri) =>
      `The server of ${uri} does not accept the credentials of the storage initializer, or there are none.`,
    remedy:
      'Put the credentials into a Secret, the Secret into a ServiceAccount, and name that by serviceAccountName in the manifest.',
  },
  {
    code: 'storage-access-denied',
    category: 'forbidden',
    pattern:
      /access denied to|[([]AccessDenied[)\]]|AccessDenied: |AllAccessDisabled|AuthorizationPermissionMismatch|AuthorizationFailure|PublicAccessNotPermitted|\b403 (?:Client Error|Forbidden|GET|POST|HEAD)|HTTP Error 403|\(403\)|returned a 403 response|does not have (?:storage|serviceusage)\S* access|Access Denied/i,
    summary: (_match, uri) => `The storage initializer may not read ${uri}.`,
    remedy: 'Give its credentials the right to list and read there.',
  },
  {
    code: 'storage-not-found',
    category: 'not-found',
    pattern:
      /(?:bucket|object|key|blob|container|path|file|model|resource|share|URI|directory) (?:\S+ )?(?:was )?not found|(?:bucket|object|key|blob|container|path|file|model|resource|share|directory) (?:\S+ )?does not exist|Failed to fetch model\. (?:No model found|The path|Path)|No model found in|Cannot locate source uri|NoSuchBucket|NoSuchKey|BlobNotFound|ContainerNotFound|EntryNotFoundError|\b404 (?:Client Error|Not Found|GET|POST|HEAD)|HTTP Error 404|\(404\)|returned a 404 response/i,
    summary: (_match, uri) => `There is no model at ${uri}.`,
    remedy: 'Upload the model there, or correct the storage URI in the manifest.',
  },
  {
    code: 'storage-type-unknown',
    category: 'unsupported',
    pattern: /Cannot recognize storage type/,
    summary: (_match, uri) => `The storage initializer does not know how to fetch ${uri}.`,
    remedy: 'Use another kind of storage URI, or a ClusterStorageContainer that knows it.',
  },
];

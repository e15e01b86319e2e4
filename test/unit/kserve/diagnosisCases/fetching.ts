import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import { log, type Case } from './case.ts';

const trace =
  'Traceback (most recent call last):\n  File "/storage-initializer/scripts/initializer-entrypoint", line 17, in <module>\n    Storage.download(src_uri, dest_path)\n';

/** The storage initializer crashes, and its log tells why. */
const fetching = (end: string, storageUri = 's3://models/resnet18', status = a.starting): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service({ model: { storageUri } }, status),
    claims: [],
    pods: [
      a.pod(a.onNode([a.waiting('PodInitializing')], [a.crashing(1, 'Error', '', 'storage-initializer')]), {
        uri: 's3',
        spec: { nodeName: 'one' },
        metadata: { annotations: {} },
      }),
    ],
    logs: [log(`${trace}${end}\n`, { container: 'storage-initializer', previous: true })],
  });

const one = (name: string, code: string, end: string, over: Partial<Case> & { uri?: string } = {}): Case => ({
  name,
  code,
  evidence: fetching(end, over.uri),
  summary: over.summary ?? /./,
  ...(over.remedy && { remedy: over.remedy }),
});

const hf = 'hf://meta-llama/Meta-Llama-3-8B-Instruct';
const clientError = (code: string, operation: string, why: string): string =>
  `botocore.exceptions.ClientError: An error occurred (${code}) when calling the ${operation} operation: ${why}`;

export const fetchingCases: readonly Case[] = [
  one(
    'an S3 endpoint that is empty',
    'storage-endpoint-invalid',
    '  File "/usr/local/lib/python3.7/site-packages/minio/helpers.py", line 301, in is_valid_endpoint\n    if hostname[-1] == \'.\':\nIndexError: string index out of range',
    { summary: /is empty or no address/, remedy: /s3-endpoint/ },
  ),
  one('an S3 endpoint that is no address', 'storage-endpoint-invalid', 'ValueError: Invalid endpoint: https://', {
    summary: /is empty or no address/,
  }),
  one(
    'a bucket in another region',
    'storage-region',
    clientError(
      'PermanentRedirect',
      'ListObjects',
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    ),
    { summary: /another region, or behind another endpoint/, remedy: /s3-region/ },
  ),
  one(
    'a region that the signature has wrong',
    'storage-region',
    clientError(
      'AuthorizationHeaderMalformed',
      'ListObjectsV2',
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
    ),
    { summary: /another region/ },
  ),
  one(
    'a clock that is wrong',
    'storage-clock',
    clientError(
      'RequestTimeTooSkewed',
      'ListObjects',
      'The difference between the request time and the current time is too large.',
    ),
    { summary: /clock/, remedy: /NTP/ },
  ),
  one(
    'a session token that has expired',
    'storage-token-expired',
    clientError('ExpiredToken', 'ListObjects', 'The provided token has expired.'),
    { summary: /have expired/ },
  ),
  one(
    'a role that may not be assumed',
    'storage-unauthorized',
    clientError('AccessDenied', 'AssumeRoleWithWebIdentity', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'),
  ),
  one('an object that S3 forbids', 'storage-access-denied', clientError('403', 'HeadObject', 'Forbidden'), {
    summary: /may not read/,
  }),
  one('an object that S3 does not have', 'storage-not-found', clientError('404', 'HeadObject', 'Not Found')),
  one(
    'a store that is asked too much',
    'storage-rate-limit',
    clientError('SlowDown', 'GetObject', 'Please reduce your request rate.'),
  ),
  one(
    'a model of Hugging Face that needs a token',
    'storage-hf-access',
    'huggingface_hub.errors.GatedRepoError: 401 Client Error. (Request ID: Root=1-67ab)\n\nCannot access gated repo for url https://huggingface.co/api/models/meta-llama/x/revision/main.\nAccess to model meta-llama/Meta-Llama-3-8B-Instruct is restricted. You must have access to it and be authenticated to access it. Please log in.',
    { uri: hf, summary: /only to accounts that were granted access/, remedy: /HF_TOKEN/ },
  ),
  one(
    'a model of Hugging Face that is private or not there',
    'storage-hf-repository',
    'huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. (Request ID: Root=1-67ab)\n\nRepository Not Found for url: https://huggingface.co/api/models/acme/x/revision/main.',
    { uri: 'hf://acme/x', summary: /there is none of that name \(or revision\), or it is private/ },
  ),
  one(
    'a cache that may not be written (OpenShift gives a user without a home)',
    'storage-no-write',
    '  File "<frozen os>", line 225, in makedirs\nPermissionError: [Errno 13] Permission denied: \'/.cache\'',
    { uri: 'hf://google/t5-small', summary: /may not write to \/\.cache/, remedy: /HF_HOME/ },
  ),
  one(
    'a path with 401 in it, and no model there',
    'storage-not-found',
    'RuntimeError: Failed to fetch model. No model found in s3://models/run-4012/resnet18.',
    { uri: 's3://models/run-4012/resnet18', summary: 'There is no model at s3://models/run-4012/resnet18.' },
  ),
  {
    name: 'a file with 401 in its name, and a failure that nobody knows',
    evidence: fetching(
      '2026-10-01 10:00:06.001 1 kserve INFO [kserve_storage.py:_download_s3():299] Downloaded object resnet18/weights-24015.bin to /mnt/models/weights-24015.bin\nValueError: could not unpack archive',
    ),
    code: 'storage-failed',
    summary:
      'The storage initializer of resnet18 could not fetch s3://models/resnet18 (exit code 1): ValueError: could not unpack archive.',
  },
  {
    name: 'pods that crash though KServe calls the service ready',
    evidence: fetching(
      'botocore.exceptions.NoCredentialsError: Unable to locate credentials',
      's3://models/resnet18',
      a.ready,
    ),
    code: 'storage-unauthorized',
    summary: /does not accept the credentials/,
  },
  one(
    'a download by https that is refused',
    'storage-access-denied',
    'RuntimeError: URI: https://acme.example/m.zip returned a 403 response code.',
    { uri: 'https://acme.example/m.zip' },
  ),
  one(
    'a download by https of nothing',
    'storage-not-found',
    'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://acme.example/m.zip',
    { uri: 'https://acme.example/m.zip' },
  ),
  one(
    'a bucket of Google that nobody may read without a name',
    'storage-unauthorized',
    'google.api_core.exceptions.Unauthorized: 401 GET https://storage.googleapis.com/storage/v1/b/x/o: Anonymous caller does not have storage.objects.list access to the Google Cloud Storage bucket.',
    { uri: 'gs://x/m' },
  ),
  one(
    'a bucket of Google that the account may not list',
    'storage-access-denied',
    'google.api_core.exceptions.Forbidden: 403 GET https://storage.googleapis.com/storage/v1/b/x/o: kserve@acme.iam.gserviceaccount.com does not have storage.objects.list access to the Google Cloud Storage bucket.',
    { uri: 'gs://x/m' },
  ),
  one(
    'a signature of Azure that has run out',
    'storage-token-expired',
    'azure.core.exceptions.ClientAuthenticationError: Server failed to authenticate the request. Signature not valid in the specified time frame',
    { uri: 'https://acme.blob.core.windows.net/models/m' },
  ),
  one(
    'a bucket whose region KServe takes for a login, since its error holds the letters auth',
    'storage-region',
    "2026-10-01 10:00:06.001 1 kserve ERROR [storage_errors.py:raise_storage_error():40] S3 error for s3://models/resnet18: An error occurred (AuthorizationHeaderMalformed) when calling the ListObjects operation: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'\nRuntimeError: S3 authentication failed. Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true.",
    { summary: /another region/ },
  ),
  one(
    'a code of S3 in the words of KServe',
    'storage-token-expired',
    'RuntimeError: S3 error [ExpiredToken]: The provided token has expired.',
  ),
  one(
    'a gated model in the words of KServe',
    'storage-hf-access',
    'RuntimeError: HuggingFace authentication failed. Set HF_TOKEN or request access to the gated repository.',
    { uri: hf },
  ),
  one(
    'a download that is not there, in the words of KServe',
    'storage-not-found',
    "RuntimeError: HTTP resource not found at 'https://acme.example/m.zip'.",
    { uri: 'https://acme.example/m.zip' },
  ),
  one(
    'a folder of a claim that is not there, in an init container',
    'storage-not-found',
    'Exception: Cannot locate source uri /mnt/pvc/resnet18 for PVC',
    { uri: 'pvc://models/resnet18' },
  ),
  one(
    'a clock whose signature has expired',
    'storage-clock',
    clientError(
      'SignatureDoesNotMatch',
      'ListObjects',
      'Signature expired: 20261001T100000Z is now earlier than 20261001T110000Z',
    ),
    { summary: /clock/ },
  ),
  one('a disk of the node that is full', 'storage-no-space', 'OSError: [Errno 28] No space left on device'),
  one('a URI that nobody can fetch', 'storage-type-unknown', 'Exception: Cannot recognize storage type for ftp://x/y', {
    uri: 'ftp://x/y',
  }),
];

import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import { fromS3, previousLog, type Case } from './case.ts';

const fetching = (message: string, over: { exitCode?: number; reason?: string } = {}): DiagnosisEvidence =>
  a.evidence({
    isvc: a.service(fromS3),
    pods: [
      a.pod(
        a.onNode(
          [a.waiting('PodInitializing')],
          [a.crashing(over.exitCode ?? 1, over.reason ?? 'Error', message, 'storage-initializer')],
        ),
        { uri: 's3', spec: { nodeName: 'one' } },
      ),
    ],
  });
const initializing =
  "2026-10-01 10:00:05.001 1 kserve INFO [initializer-entrypoint:<module>():16] Initializing, args: (src_uri, dest_path): [('s3://models/resnet18', '/mnt/models')]\n";
const storageError = (text: string): DiagnosisEvidence =>
  fetching(
    `${initializing}2026-10-01 10:00:06.001 1 kserve ERROR [initializer-entrypoint:<module>():28] Storage initialization failed: ${text}\n`,
  );

export const arriving: readonly Case[] = [
  {
    name: 'no such bucket',
    evidence: storageError("S3 bucket 'models' does not exist."),
    code: 'storage-not-found',
    summary: 'There is no model at s3://models/resnet18.',
  },
  {
    name: 'nothing under the prefix',
    evidence: storageError('Failed to fetch model. No model found in s3://models/resnet18.'),
    code: 'storage-not-found',
    summary: 'There is no model at s3://models/resnet18.',
  },
  {
    name: 'no credentials',
    evidence: storageError(
      'S3 authentication failed. Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true.',
    ),
    code: 'storage-unauthorized',
    summary:
      'The server of s3://models/resnet18 does not accept the credentials of the storage initializer, or there are none.',
  },
  {
    name: 'credentials that may not read it',
    evidence: storageError("Access denied to S3 resource 'models'. Verify permissions."),
    code: 'storage-access-denied',
    summary: 'The storage initializer may not read s3://models/resnet18.',
  },
  {
    name: 'no way to the server',
    evidence: storageError("Failed to connect to S3 endpoint 'models'."),
    code: 'storage-unreachable',
    summary: 'The storage initializer does not reach the server of s3://models/resnet18.',
  },
  {
    name: 'a certificate of an own authority',
    evidence: storageError(
      'S3 error: SSL validation failed for https://minio.minio.svc:9000/models [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)',
    ),
    code: 'storage-certificate',
    summary: 'The storage initializer does not trust the certificate of the server of s3://models/resnet18.',
  },
  {
    name: 'more than its memory',
    evidence: fetching('', { exitCode: 137, reason: 'OOMKilled' }),
    code: 'storage-out-of-memory',
    summary:
      'The storage initializer of resnet18 was ended for using more than its 1.0 GiB of memory while it fetched s3://models/resnet18.',
  },
  {
    name: 'a failure of an unknown kind',
    evidence: fetching(`${initializing}Segmentation fault (core dumped)\n`, { exitCode: 139 }),
    code: 'storage-failed',
    summary: 'The storage initializer of resnet18 could not fetch s3://models/resnet18 (exit code 139).',
  },
  {
    name: 'a namespace that the webhook leaves alone',
    evidence: a.evidence({
      namespace: { metadata: { name: 'ml', labels: { 'control-plane': 'kserve-controller-manager' } } },
      pods: [a.pod(a.onNode([a.crashing(1)]), { uri: 'none', spec: { nodeName: 'one' } })],
      logs: previousLog('--ts-config file not found: /mnt/models/config/config.properties\n'),
    }),
    code: 'namespace-control-plane',
    summary:
      "The namespace ml has the label control-plane, so that KServe's webhook gives its pods no model: /mnt/models of resnet18 is empty.",
  },
  {
    name: 'a webhook that does not mutate pods',
    evidence: a.evidence({
      namespace: { metadata: { name: 'ml' } },
      pods: [a.pod(a.onNode([a.crashing(1)]), { uri: 'none', spec: { nodeName: 'one' } })],
    }),
    code: 'model-not-injected',
    summary: "KServe's pod webhook did not give the pod of resnet18 its model: /mnt/models is empty.",
  },
];

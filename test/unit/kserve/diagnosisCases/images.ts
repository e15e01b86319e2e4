import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import { fromS3, type Case } from './case.ts';

const image = 'pytorch/torchserve-kfs:0.9.0';
const pulling = (message: string, reason = 'ImagePullBackOff'): DiagnosisEvidence =>
  a.evidence({ pods: [a.pod(a.onNode([a.waiting(reason, message)]), { spec: { nodeName: 'one' } })] });
const backOff = (answer: string): DiagnosisEvidence =>
  pulling(
    `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "docker.io/${image}": ${answer}`,
  );

export const images: readonly Case[] = [
  {
    name: 'no such tag',
    evidence: backOff(`failed to resolve reference "docker.io/${image}": docker.io/${image}: not found`),
    code: 'image-not-found',
    summary: `The image ${image} of the container kserve-container does not exist in its registry.`,
  },
  {
    name: 'no such repository, as Docker Hub puts it',
    evidence: backOff(
      `failed to resolve reference "docker.io/${image}": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ),
    code: 'image-unauthorized',
    summary: `The image ${image} of the container kserve-container is not given out: its registry wants a login, or does not know it.`,
  },
  {
    name: 'no way to the registry, in the midst of a login',
    evidence: backOff(
      'failed to resolve reference: failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token": dial tcp: lookup auth.docker.io on 10.96.0.10:53: no such host',
    ),
    code: 'image-registry-unreachable',
    summary: `The image ${image} of the container kserve-container cannot be fetched: the node does not reach its registry.`,
  },
  {
    name: 'too many pulls',
    evidence: backOff(
      'failed to copy: httpReadSeeker: failed open: unexpected status code 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
    ),
    code: 'image-rate-limit',
    summary: `The image ${image} of the container kserve-container was asked for too often: its registry limits how often it answers.`,
  },
  {
    name: 'another processor',
    evidence: backOff('no match for platform in manifest: not found'),
    code: 'image-platform',
    summary: `The image ${image} of the container kserve-container does not exist for the node's processor.`,
  },
  {
    name: 'a name that is none',
    evidence: pulling(
      'Failed to apply default image tag "pytorch/torchserve kfs": couldn\'t parse image name "pytorch/torchserve kfs": invalid reference format',
      'InvalidImageName',
    ),
    code: 'image-name-invalid',
    summary: `The image ${image} of the container kserve-container is no valid name of an image.`,
  },
  {
    name: 'an image that has to be there already',
    evidence: pulling(`Container image "${image}" is not present with pull policy of Never`, 'ErrImageNeverPull'),
    code: 'image-not-present',
    summary: `The image ${image} of the container kserve-container is not on the node, and must not be pulled (imagePullPolicy: Never).`,
  },
  {
    name: 'the storage initializer of a cluster without internet; an older kubelet tells why in the event only',
    evidence: a.evidence({
      isvc: a.service(fromS3),
      pods: [
        a.pod(
          a.onNode(
            [a.waiting('PodInitializing')],
            [
              a.waiting(
                'ImagePullBackOff',
                'Back-off pulling image "kserve/storage-initializer:v0.20.0"',
                'storage-initializer',
              ),
            ],
          ),
          { uri: 's3', spec: { nodeName: 'one' } },
        ),
      ],
      events: [
        a.event(
          'Failed',
          'Failed to pull image "kserve/storage-initializer:v0.20.0": rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "docker.io/kserve/storage-initializer:v0.20.0": failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp 3.94.224.37:443: i/o timeout',
        ),
      ],
    }),
    code: 'image-registry-unreachable',
    summary:
      'The image kserve/storage-initializer:v0.20.0 of the container storage-initializer cannot be fetched: the node does not reach its registry.',
  },
  {
    name: 'an image that runs as root',
    evidence: pulling(
      'container has runAsNonRoot and image will run as root (pod: "resnet18-predictor_ml(7a1c3c52)", container: kserve-container)',
      'CreateContainerConfigError',
    ),
    code: 'runs-as-root',
    summary:
      'The image of the container kserve-container of resnet18 would run as root, which its securityContext (runAsNonRoot) forbids.',
  },
];

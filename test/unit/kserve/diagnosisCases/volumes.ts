import * as a from '../objects.ts';
import type { Case } from './case.ts';

export const volumes: readonly Case[] = [
  {
    name: 'the claim is in use on another node',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), { spec: { nodeName: 'two' } })],
      events: [
        a.event(
          'FailedAttachVolume',
          'Multi-Attach error for volume "pvc-0d9c" Volume is already used by pod(s) model-deck-upload-x7k2p',
        ),
      ],
    }),
    code: 'multi-attach',
    summary:
      'The volume pvc-0d9c of the claim models can be attached to one node only (ReadWriteOnce), and is in use by the pod model-deck-upload-x7k2p on another node.',
  },
  {
    name: 'the folder is not on the claim',
    evidence: a.evidence({
      pods: [
        a.pod(
          a.onNode([
            a.waiting(
              'CreateContainerConfigError',
              'failed to create subPath directory for volumeMount "kserve-pvc-source" of container "kserve-container"',
            ),
          ]),
          { spec: { nodeName: 'one' } },
        ),
      ],
    }),
    code: 'model-folder-missing',
    summary: 'The folder of pvc://models/resnet18 is not on the claim, or is no folder.',
  },
  {
    name: 'a Secret is missing',
    evidence: a.evidence({
      pods: [
        a.pod(a.onNode([a.waiting('CreateContainerConfigError', 'secret "s3creds" not found')]), {
          spec: { nodeName: 'one' },
        }),
      ],
    }),
    code: 'secret-missing',
    summary: 'The Secret s3creds that the pod of resnet18 needs does not exist in the namespace ml.',
  },
  {
    name: 'a ConfigMap is missing',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), { spec: { nodeName: 'one' } })],
      events: [a.event('FailedMount', 'MountVolume.SetUp failed for volume "ca" : configmap "odh-ca" not found')],
    }),
    code: 'config-map-missing',
    summary: 'The ConfigMap odh-ca that the pod of resnet18 needs does not exist in the namespace ml.',
  },
  {
    name: 'a key of a Secret is missing',
    evidence: a.evidence({
      pods: [
        a.pod(
          a.onNode([
            a.waiting('CreateContainerConfigError', "couldn't find key AWS_ACCESS_KEY_ID in Secret ml/s3creds"),
          ]),
          {
            spec: { nodeName: 'one' },
          },
        ),
      ],
    }),
    code: 'key-missing',
    summary: 'The Secret s3creds that the pod of resnet18 needs has no key AWS_ACCESS_KEY_ID.',
  },
  {
    name: 'the NFS server does not answer',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.waiting('ContainerCreating')]), { spec: { nodeName: 'one' } })],
      events: [
        a.event(
          'FailedMount',
          'MountVolume.SetUp failed for volume "nfs-models" : mount failed: exit status 32\nMounting command: mount\nOutput: mount.nfs: Connection timed out\n',
        ),
      ],
    }),
    code: 'mount-failed',
    summary:
      'The volume nfs-models of resnet18 cannot be mounted: mount failed: exit status 32 Mounting command: mount Output: mount.nfs: Connection timed out.',
  },
];

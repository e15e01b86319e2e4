import * as a from '../objects.ts';
import { claimEvent, type Case } from './case.ts';

const nodes = [
  a.node('one', { cpu: '2', memory: '3905100Ki' }),
  a.node('two', { cpu: '2', memory: '4Gi' }),
  a.node('three', { cpu: '2', memory: '4Gi' }),
];

export const placing: readonly Case[] = [
  {
    name: 'the claim is missing',
    evidence: a.evidence({
      claims: [],
      pods: [
        a.pod(
          a.unschedulable(
            '0/1 nodes are available: persistentvolumeclaim "models" not found. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
          ),
        ),
      ],
    }),
    code: 'claim-missing',
    summary: 'The PersistentVolumeClaim models that resnet18 reads its model from does not exist in the namespace ml.',
  },
  {
    name: 'the claim is missing, as Kubernetes before 1.22 says it in an event',
    evidence: a.evidence({
      claims: [],
      pods: [a.pod()],
      events: [a.event('FailedScheduling', '0/3 nodes are available: 3 persistentvolumeclaim "models" not found.')],
    }),
    code: 'claim-missing',
    summary: 'The PersistentVolumeClaim models that resnet18 reads its model from does not exist in the namespace ml.',
  },
  {
    name: 'nobody makes a volume for the claim',
    evidence: a.evidence({
      claims: [a.claim('Pending', { storageClassName: '' })],
      pods: [
        a.pod(
          a.unschedulable(
            '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
          ),
        ),
      ],
      events: [
        claimEvent('FailedBinding', 'no persistent volumes available for this claim and no storage class is set'),
      ],
    }),
    code: 'no-provisioner',
    summary:
      'The PersistentVolumeClaim models has no volume: it names no StorageClass, the cluster has no default one, and no volume fits it.',
  },
  {
    name: "the claim's StorageClass does not exist",
    evidence: a.evidence({
      claims: [a.claim('Pending', { storageClassName: 'fast' })],
      pods: [a.pod(a.unschedulable('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'))],
      events: [claimEvent('ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found')],
    }),
    code: 'storage-class-missing',
    summary: 'The PersistentVolumeClaim models has no volume: its StorageClass fast does not exist.',
  },
  {
    name: 'the provisioner fails',
    evidence: a.evidence({
      claims: [a.claim('Pending')],
      pods: [a.pod(a.unschedulable('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'))],
      events: [
        claimEvent(
          'ProvisioningFailed',
          'failed to provision volume with StorageClass "standard": rpc error: code = ResourceExhausted desc = not enough free space in pool',
        ),
      ],
    }),
    code: 'claim-provisioning-failed',
    summary:
      'The PersistentVolumeClaim models has no volume: the provisioner of standard failed (not enough free space in pool).',
  },
  {
    name: 'the provisioner has not answered yet',
    evidence: a.evidence({
      claims: [a.claim('Pending')],
      pods: [a.pod(a.unschedulable('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'))],
      events: [
        claimEvent(
          'ExternalProvisioning',
          "Waiting for a volume to be created either by the external provisioner 'k8s.io/minikube-hostpath' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
        ),
      ],
    }),
    code: 'claim-provisioning',
    summary:
      'The PersistentVolumeClaim models has no volume: the provisioner k8s.io/minikube-hostpath has not made it yet.',
  },
  {
    name: 'the claim waits for a pod, and none comes',
    evidence: a.evidence({
      claims: [a.claim('Pending')],
      events: [claimEvent('WaitForFirstConsumer', 'waiting for first consumer to be created before binding')],
    }),
    code: 'claim-waits-for-pod',
    summary:
      'The PersistentVolumeClaim models gets its volume with the first pod that mounts it, and there is none yet.',
  },
  {
    name: 'no local volume is left for the class',
    evidence: a.evidence({
      claims: [a.claim('Pending', { storageClassName: 'local' })],
      pods: [
        a.pod(a.unschedulable("0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.")),
      ],
      events: [claimEvent('WaitForFirstConsumer', 'waiting for first consumer to be created before binding')],
    }),
    code: 'claim-pending',
    summary: 'The PersistentVolumeClaim models has no volume: none of the StorageClass local fits it.',
  },
  {
    name: 'the volume is on another node',
    evidence: a.evidence({
      pods: [
        a.pod(
          a.unschedulable(
            "0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) didn't match PersistentVolume's node affinity. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
          ),
        ),
      ],
    }),
    code: 'volume-node-conflict',
    summary:
      'No node can take the pod of resnet18: of 2, 1 has been cordoned, 1 has no access to the volume, which is on another node or in another zone.',
  },
  {
    name: 'the volume is on another node, as Kubernetes before 1.34 says it',
    evidence: a.evidence({
      pods: [a.pod(a.unschedulable('0/1 nodes are available: 1 node(s) had volume node affinity conflict.'))],
    }),
    code: 'volume-node-conflict',
    summary:
      'No node can take the pod of resnet18: the only one has no access to the volume, which is on another node or in another zone.',
  },
  {
    name: 'too little memory anywhere',
    evidence: a.evidence({
      nodes,
      pods: [
        a.pod(
          a.unschedulable(
            '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
          ),
        ),
      ],
    }),
    code: 'insufficient-memory',
    summary:
      'No node can take the pod of resnet18: of 3, 1 has a taint that the pod does not tolerate {node-role.kubernetes.io/control-plane}, 2 have too little memory (it asks for 8.0 GiB; the largest node has 4.0 GiB).',
    remedy: /^Ask for less memory/,
  },
  {
    name: 'no GPU',
    evidence: a.evidence({ pods: [a.pod(a.unschedulable('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.'))] }),
    code: 'insufficient-nvidia.com/gpu',
    summary: 'No node can take the pod of resnet18: the only one has too little nvidia.com/gpu.',
    remedy: /device plugin/,
  },
  {
    name: 'a taint of Kubernetes 1.34',
    evidence: a.evidence({
      pods: [a.pod(a.unschedulable('0/1 nodes are available: 1 node(s) had untolerated taint(s).'))],
    }),
    code: 'taint',
    summary: 'No node can take the pod of resnet18: the only one has a taint that the pod does not tolerate.',
  },
  {
    name: 'a full disk keeps the pod away',
    evidence: a.evidence({
      pods: [
        a.pod(
          a.unschedulable(
            '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
          ),
        ),
      ],
    }),
    code: 'pressure',
    summary: 'No node can take the pod of resnet18: the only one has disk pressure.',
  },
  {
    name: 'no node has the labels',
    evidence: a.evidence({
      pods: [a.pod(a.unschedulable("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."))],
    }),
    code: 'node-selector',
    summary:
      "No node can take the pod of resnet18: of 2, 2 have other labels than the pod's nodeSelector or affinity asks for.",
  },
  {
    name: 'no node at all',
    evidence: a.evidence({ pods: [a.pod(a.unschedulable('no nodes available to schedule pods'))] }),
    code: 'no-nodes',
    summary: 'The pod of resnet18 cannot be placed: the cluster has no node.',
  },
  {
    name: 'the node is lost',
    evidence: a.evidence({
      nodes: [a.node('one', {}, false)],
      pods: [a.pod(a.onNode([a.running(false)]), { spec: { nodeName: 'one' } })],
    }),
    code: 'node-not-ready',
    summary: 'The node one of resnet18 does not answer.',
  },
  {
    name: 'the node is lost, for who may not read nodes',
    evidence: a.evidence({
      pods: [a.pod(a.onNode([a.running(false)]), { spec: { nodeName: 'one' } })],
      events: [a.event('NodeNotReady', 'Node is not ready')],
    }),
    code: 'node-not-ready',
    summary: 'The node one of resnet18 does not answer.',
  },
  {
    name: 'evicted for memory',
    evidence: a.evidence({
      pods: [
        a.pod(
          {
            phase: 'Failed',
            reason: 'Evicted',
            message:
              'The node was low on resource: memory. Threshold quantity: 100Mi, available: 88Mi. Container kserve-container was using 3Gi, request is 1Gi, has larger consumption of memory. ',
          },
          { spec: { nodeName: 'one' } },
        ),
      ],
    }),
    code: 'evicted-memory',
    summary:
      'The node one ran low on memory and evicted the pod of resnet18 (kserve-container used 3Gi, and had asked for 1Gi).',
  },
];

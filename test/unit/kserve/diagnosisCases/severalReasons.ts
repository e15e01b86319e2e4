import type { Node, Pod } from '../../../../src/kserve/resources/core.ts';
import type { DiagnosisEvidence } from '../../../../src/kserve/index.ts';
import * as a from '../objects.ts';
import type { Case } from './case.ts';

const gpu = 'nvidia.com/gpu';
const asksGpu: Pod['spec'] = {
  containers: [{ name: 'kserve-container', resources: { requests: { [gpu]: '1' }, limits: { [gpu]: '1' } } }],
};
const unplaced = (message: string, over: Partial<DiagnosisEvidence> = {}, spec: object = {}): DiagnosisEvidence =>
  a.evidence({ pods: [a.pod(a.unschedulable(message), { spec: { ...asksGpu, ...spec } })], ...over });

const node = (
  name: string,
  gpus: string,
  over: { spec?: Node['spec']; labels?: Record<string, string> } = {},
): Node => {
  const made = a.node(name, { cpu: '8', memory: '64Gi', [gpu]: gpus });
  return { ...made, metadata: { ...made.metadata, labels: over.labels ?? {} }, ...(over.spec && { spec: over.spec }) };
};
const tainted = { taints: [{ key: 'team', value: 'vision', effect: 'NoSchedule' }] };

export const severalReasons: readonly Case[] = [
  {
    name: 'the GPU node is only tainted, which its taint tells',
    evidence: unplaced(
      `0/4 nodes are available: 1 node(s) had untolerated taint {${gpu}: present}, 3 Insufficient ${gpu}. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.`,
    ),
    code: 'taint',
    summary: /1 has a taint that the pod does not tolerate \{nvidia\.com\/gpu: present\}, 3 have too little/,
    remedy: /^Add the toleration for key nvidia\.com\/gpu, value present/,
  },
  {
    name: 'the GPU node is only tainted, as Kubernetes before 1.24 says it, with a comma in the reason',
    evidence: unplaced(
      `0/4 nodes are available: 1 node(s) had taint {${gpu}: present}, that the pod didn't tolerate, 3 Insufficient ${gpu}.`,
    ),
    code: 'taint',
    summary: /1 has a taint .*3 have too little/,
    remedy: /^Add the toleration for key nvidia\.com\/gpu/,
  },
  {
    name: 'the nodes tell that the tainted one has the GPU, whatever its taint is called',
    evidence: unplaced(
      `0/2 nodes are available: 1 node(s) had untolerated taint {team: vision}, 1 Insufficient ${gpu}.`,
      {
        nodes: [node('plain', '0'), node('big', '4', { spec: tainted })],
      },
    ),
    code: 'taint',
    summary: /of 2, /,
    remedy: /key team, value vision .*the node big would do otherwise/,
  },
  {
    name: 'the nodes tell that the tainted one has no GPU either',
    evidence: unplaced(
      `0/2 nodes are available: 1 node(s) had untolerated taint {team: vision}, 1 Insufficient ${gpu}.`,
      {
        nodes: [node('plain', '0'), node('other', '0', { spec: tainted })],
      },
    ),
    code: 'insufficient-nvidia.com/gpu',
    summary: /too little nvidia\.com\/gpu/,
    remedy: /^Ask for fewer nvidia\.com\/gpu, or add a node with them \(and its device plugin\)\.$/,
  },
  {
    name: 'a node that would do is only full, beside one that is tainted',
    evidence: unplaced(
      `0/2 nodes are available: 1 node(s) had untolerated taint {team: vision}, 1 Insufficient ${gpu}.`,
      {
        nodes: [node('used', '4'), node('big', '4', { spec: tainted })],
      },
    ),
    code: 'insufficient-nvidia.com/gpu',
    summary: /too little nvidia\.com\/gpu/,
  },
  {
    name: 'the GPU node is cordoned, which the nodes tell',
    evidence: unplaced(`0/2 nodes are available: 1 node(s) were unschedulable, 1 Insufficient ${gpu}.`, {
      nodes: [node('plain', '0'), node('big', '4', { spec: { unschedulable: true } })],
    }),
    code: 'cordoned',
    summary: /1 has been cordoned/,
    remedy: /^Uncordon the node big/,
  },
  {
    name: 'the GPU node has other labels, which the nodes tell',
    evidence: unplaced(
      `0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 Insufficient ${gpu}.`,
      { nodes: [node('plain', '0', { labels: { pool: 'gpu' } }), node('big', '4')] },
      { nodeSelector: { pool: 'gpu' } },
    ),
    code: 'node-selector',
    summary: /other labels/,
    remedy: /label the node big, which would do otherwise, with pool=gpu/,
  },
  {
    name: 'nobody tells whether the tainted node has a GPU: both ways on are said',
    evidence: unplaced(
      `0/2 nodes are available: 1 node(s) had untolerated taint {team: vision}, 1 Insufficient ${gpu}.`,
    ),
    code: 'insufficient-nvidia.com/gpu',
    summary: /too little/,
    remedy:
      /^Ask for fewer .*; or, if the node that is excluded otherwise would do, add the toleration for key team, value vision/,
  },
  {
    name: 'the control plane is no node to tolerate',
    evidence: unplaced(
      `0/2 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 Insufficient ${gpu}.`,
    ),
    code: 'insufficient-nvidia.com/gpu',
    summary: /too little/,
    remedy: /^Ask for fewer nvidia\.com\/gpu, or add a node with them \(and its device plugin\)\.$/,
  },
  {
    name: 'predicates, as Kubernetes 1.9 says it',
    evidence: unplaced(
      'No nodes are available that match all of the predicates: Insufficient memory (2), PodToleratesNodeTaints (1).',
    ),
    code: 'insufficient-memory',
    summary: /of 3, 2 have too little memory, 1 has a taint that the pod does not tolerate/,
    remedy: /add the toleration/,
  },
  {
    name: 'a node selector, as Kubernetes before 1.19 says it',
    evidence: unplaced("0/3 nodes are available: 3 node(s) didn't match node selector."),
    code: 'node-selector',
    summary: /3 have other labels/,
  },
  {
    name: 'a taint whose value is called not-ready',
    evidence: unplaced('0/1 nodes are available: 1 node(s) had untolerated taint {state: not-ready}.'),
    code: 'taint',
    summary: /\{state: not-ready\}/,
  },
  {
    name: 'the autoscaler is adding a node',
    evidence: unplaced(`0/1 nodes are available: 1 Insufficient ${gpu}.`, {
      events: [
        a.event('NotTriggerScaleUp', "pod didn't trigger scale-up", undefined, '2026-10-01T10:00:05Z'),
        a.event(
          'TriggeredScaleUp',
          'pod triggered scale-up: [{pool 0->1 (max: 3)}]',
          undefined,
          '2026-10-01T10:00:15Z',
        ),
      ],
    }),
    code: 'insufficient-nvidia.com/gpu',
    summary: /too little/,
    remedy: /^Wait: the autoscaler is adding a node for it\./,
  },
  {
    name: 'the scheduler makes room on a node',
    evidence: a.evidence({
      pods: [
        a.pod({
          ...a.unschedulable('0/1 nodes are available: 1 Insufficient memory.'),
          nominatedNodeName: 'one',
        }),
      ],
    }),
    code: 'insufficient-memory',
    summary: /too little memory/,
    remedy: /^Wait: the scheduler makes room for it on the node one\./,
  },
  {
    name: 'too many pods on every node',
    evidence: unplaced('0/2 nodes are available: 2 Too many pods.'),
    code: 'too-many-pods',
    summary: /2 have no room for another pod/,
  },
  {
    name: 'a claim that only one pod may mount',
    evidence: unplaced(
      '0/2 nodes are available: 2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode already in-use by another pod.',
    ),
    code: 'claim-in-use',
    summary: /only one pod may mount/,
  },
  {
    name: 'as many volumes as fit',
    evidence: unplaced('0/1 nodes are available: 1 node(s) exceed max volume count.'),
    code: 'volume-limit',
    summary: /as many volumes/,
  },
  {
    name: 'no storage left for the volume',
    evidence: unplaced('0/1 nodes are available: 1 node(s) did not have enough free storage.'),
    code: 'no-storage',
    summary: /too little storage/,
  },
  {
    name: 'no node is ready',
    evidence: unplaced('0/2 nodes are available: 2 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.'),
    code: 'nodes-not-ready',
    summary: /not become ready/,
  },
  {
    name: 'rules of affinity',
    evidence: unplaced("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."),
    code: 'pod-affinity',
    summary: /affinity or spread rules/,
  },
  {
    name: 'a host port in use',
    evidence: unplaced("0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports."),
    code: 'host-port',
    summary: /host port in use/,
  },
  {
    name: 'a reason of a scheduler plugin that nobody knows',
    evidence: unplaced('0/1 nodes are available: 1 node(s) are asleep.'),
    code: 'unschedulable',
    summary: 'No node can take the pod of resnet18: the only one: node(s) are asleep.',
  },
  {
    name: 'the claim is being deleted',
    evidence: unplaced('0/1 nodes are available: persistentvolumeclaim "models" is being deleted.'),
    code: 'claim-deleted',
    summary: /is being deleted/,
  },
  {
    name: 'a volume is not bound on the chosen node in time',
    evidence: unplaced('running PreBind plugin "VolumeBinding": binding volumes: timed out waiting for the condition'),
    code: 'volume-binding',
    summary: /could not be bound on the node that the scheduler chose: timed out waiting for the condition/,
  },
  {
    name: 'a volume cannot be made on the chosen node',
    evidence: unplaced('running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "models"'),
    code: 'volume-binding',
    summary: /provisioning failed/,
  },
  {
    name: 'the pod waits in a Kueue queue',
    evidence: a.evidence({
      pods: [
        a.pod(
          {
            phase: 'Pending',
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'SchedulingGated',
                message: 'Scheduling is blocked due to non-empty scheduling gates',
              },
            ],
          },
          {
            spec: { schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] },
            metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'team-a', component: 'predictor' } },
          },
        ),
      ],
    }),
    code: 'queued',
    summary: 'The pod of resnet18 waits in the Kueue queue team-a until its quota has room.',
    remedy: /localqueue team-a/,
  },
  {
    name: 'another gate holds the pod back',
    evidence: a.evidence({
      pods: [a.pod({ phase: 'Pending' }, { spec: { schedulingGates: [{ name: 'acme.example/licence' }] } })],
    }),
    code: 'scheduling-gated',
    summary: /the gate acme\.example\/licence/,
  },
];

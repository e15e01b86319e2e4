import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { statusError } from '../../../../src/cluster/clusterErrors.ts';
import type { ErrorCategory } from '../../../../src/foundation/error.ts';
import type { KubeEvent, PersistentVolumeClaim, Pod, PodStatus } from '../../../../src/kserve/resources/core.ts';
import { sweepUploadPods } from '../../../../src/stores/index.ts';
import { newOwner, retireOwner } from '../../../../src/stores/claim/owner.ts';
import { uploadPodKeys, uploadPodManifest } from '../../../../src/stores/claim/podManifest.ts';
import { createError } from '../../../../src/stores/claim/podTrouble.ts';
import { FakeCluster } from './fakeCluster.ts';
import { openStore } from './fixtures.ts';

const place = { context: 'fake', namespace: 'ml', claim: 'models', uid: 1000 };
const owner = newOwner();
const manifest = (change: Partial<Parameters<typeof uploadPodManifest>[0]> = {}): Pod =>
  uploadPodManifest({ name: 'upload-1', place, image: 'tools:1', owner, lifetime: 900, readOnly: false, ...change });

describe('the upload pod', () => {
  it('passes the pod security standard "restricted", and asks for little', () => {
    const { spec } = manifest();
    const [container] = spec?.containers ?? [];
    assert.deepEqual(spec?.['securityContext'], {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    assert.deepEqual(container?.['securityContext'], {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.equal(spec?.['automountServiceAccountToken'], false);
    assert.equal(spec?.['restartPolicy'], 'Never');
    assert.equal(spec?.['activeDeadlineSeconds'], 900);
    assert.ok(container?.resources?.limits?.['cpu'] && container.resources.limits['memory']);
    assert.equal(container?.['workingDir'], '/claim');
  });

  it('asks for what the setting says', () => {
    const resources = { requests: { cpu: '50m' }, limits: { memory: '128Mi' } };
    assert.deepEqual(manifest({ resources }).spec?.containers[0]?.resources, resources);
  });

  it('lets the cluster choose the user when it is told to', () => {
    const context = manifest({ place: { ...place, uid: undefined } }).spec?.['securityContext'];
    assert.deepEqual(Object.keys(context ?? {}), ['runAsNonRoot', 'fsGroupChangePolicy', 'seccompProfile']);
  });

  it('is named as ours, with its owner and its deadline', () => {
    const { labels, annotations } = manifest().metadata;
    assert.equal(labels?.['app.kubernetes.io/managed-by'], 'model-deck');
    assert.equal(labels?.['model-deck.dev/purpose'], 'upload');
    assert.equal(labels?.['model-deck.dev/owner'], owner);
    const left = Date.parse(annotations?.['model-deck.dev/deadline'] ?? '') - Date.now();
    assert.ok(left > 800_000 && left <= 900_000);
  });

  it('waits until it is told to end, and leaves no process', async () => {
    const tools = await mkdtemp(path.join(tmpdir(), 'model-deck-sleep-'));
    // It says that it is there, and that it was told to go.
    const sleep = `#!/bin/sh\ntrap 'echo told; exit' TERM\necho asleep "$@"\nread -r never < ${tools}/never\n`;
    await writeFile(path.join(tools, 'sleep'), sleep, { mode: 0o755 });
    spawnSync('mkfifo', [path.join(tools, 'never')]);
    const [command = '', ...args] = (manifest().spec?.containers[0]?.['command'] ?? []) as string[];
    const child = spawn(command, args, { env: { PATH: `${tools}:${process.env['PATH']}` }, stdio: 'pipe' });
    const said: string[] = [];
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      if (said.push(chunk.toString().trim()) === 1) child.kill('SIGTERM');
    }
    assert.deepEqual(said, ['asleep 3600', 'told']);
    assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 0);
    await rm(tools, { recursive: true });
  });
});

describe('an upload pod that does not run', () => {
  const waiting = (reason: string, message: string): PodStatus => ({
    phase: 'Pending',
    containerStatuses: [{ name: 'upload', state: { waiting: { reason, message } } }],
  });
  const unscheduled = (message: string): PodStatus => ({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  });
  const event = (
    reason: string,
    message: string,
    { kind = 'Pod', at = '2026-01-01T00:00:00Z' }: { kind?: string; at?: string } = {},
  ): KubeEvent => ({ metadata: { name: reason }, reason, message, lastTimestamp: at, involvedObject: { kind } });
  const creating = waiting('ContainerCreating', '');
  const later = { at: '2026-01-01T00:01:00Z' };
  const ofClaim = { kind: 'PersistentVolumeClaim' };
  const pendingClaim = { metadata: { name: 'models' }, status: { phase: 'Pending' as const } };
  const cases: readonly {
    readonly name: string;
    readonly category: ErrorCategory;
    readonly message: RegExp;
    readonly remedy?: RegExp;
    readonly status: PodStatus;
    readonly events?: readonly KubeEvent[];
    readonly claim?: PersistentVolumeClaim;
  }[] = [
    {
      name: 'the image does not exist',
      category: 'not-found',
      message: /registry\.example\/tools:1 .*does not exist/,
      remedy: /modelDeck\.upload\.image/,
      status: waiting('ErrImagePull', 'rpc error: registry.example/tools:1: not found'),
    },
    {
      name: 'the registry is out of reach',
      category: 'not-found',
      message: /the node does not reach its registry/,
      remedy: /modelDeck\.upload\.image/,
      status: waiting('ImagePullBackOff', 'Back-off pulling image'),
      events: [event('Failed', 'Failed to pull image "registry.example/tools:1": dial tcp 10.0.0.1:443: i/o timeout')],
    },
    {
      name: 'the image has no shell',
      category: 'missing-tool',
      message: /lacks what an upload needs: sh\.$/,
      remedy: /modelDeck\.upload\.image/,
      status: {
        phase: 'Failed',
        containerStatuses: [
          {
            name: 'upload',
            state: {
              terminated: {
                exitCode: 128,
                reason: 'StartError',
                message: 'exec: "sh": executable file not found in $PATH: unknown',
              },
            },
          },
        ],
      },
    },
    {
      name: 'the image runs as root',
      category: 'permission',
      message: /would run as root/,
      remedy: /modelDeck\.upload\.runAsUser/,
      status: waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
    },
    {
      name: 'the container cannot be made',
      category: 'server',
      message: /cannot be started: no such runtime/,
      status: waiting('CreateContainerError', 'no such runtime'),
    },
    {
      name: 'it was evicted',
      category: 'no-space',
      message: /ran low on resource|ran low on memory and evicted the pod of the upload to models/,
      status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
    },
    {
      name: 'it ended by itself',
      category: 'server',
      message: /ended before it ran \(without a reason\)/,
      status: { phase: 'Succeeded' },
    },
    {
      name: 'no node has room',
      category: 'no-space',
      message: /No node can take the pod of the upload to models: of 3, 3 have too little cpu/,
      remedy: /modelDeck\.upload\.resources/,
      status: unscheduled('0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available.'),
    },
    {
      name: 'the claim went away meanwhile',
      category: 'not-found',
      message: /claim/i,
      status: unscheduled('0/1 nodes are available: persistentvolumeclaim "models" not found. preemption: none.'),
    },
    {
      name: 'the claim has no volume',
      category: 'not-found',
      message: /PersistentVolumeClaim models has no volume: none fits it/,
      status: unscheduled(
        '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: none.',
      ),
      claim: pendingClaim,
    },
    {
      name: "the claim's storage class does not exist",
      category: 'not-found',
      message: /models has no volume: its StorageClass fast does not exist/,
      status: unscheduled(
        '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: none.',
      ),
      events: [event('ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found', ofClaim)],
      claim: pendingClaim,
    },
    {
      name: 'the volume is where it cannot run',
      category: 'conflict',
      message: /no access to the volume, which is on another node/,
      status: unscheduled('0/2 nodes are available: 2 node(s) had volume node affinity conflict.'),
    },
    {
      name: 'the node that has the claim is full',
      category: 'no-space',
      message: /too little cpu/,
      status: unscheduled(
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector.",
      ),
    },
    {
      name: 'the volume is attached elsewhere',
      category: 'conflict',
      message: /can be attached to one node only \(ReadWriteOnce\)/,
      status: creating,
      events: [
        event('FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) cats-1'),
      ],
    },
    {
      name: 'the volume cannot be mounted',
      category: 'server',
      message: /volume pv of the upload to models cannot be mounted: mount failed: exit status 32/,
      status: creating,
      events: [event('FailedMount', 'MountVolume.SetUp failed for volume "pv" : mount failed: exit status 32')],
    },
    {
      name: 'words that nobody knows',
      category: 'server',
      message: /No node takes the upload pod \(the moon is full\)/,
      status: unscheduled('the moon is full.'),
    },
    {
      name: 'the sandbox cannot be made',
      category: 'server',
      message: /cannot give the pod of the upload to models a network: network plugin is not ready/,
      status: creating,
      events: [event('FailedCreatePodSandBox', 'network plugin is not ready')],
    },
    {
      name: 'nothing is heard, as what was heard is over',
      category: 'timeout',
      message: /has not run in ml within 0 s \(Pending\)/,
      status: creating,
      events: [
        event('FailedMount', 'MountVolume.SetUp failed for volume "pv" : not yet'),
        event('Pulling', 'Pulling image', later),
      ],
    },
  ];
  for (const { name, category, message, remedy = /./, status, events = [], claim } of cases) {
    it(`says why: ${name}`, async () => {
      await using cluster = await FakeCluster.open();
      cluster.podStatus = () => status;
      cluster.events = events;
      if (claim) cluster.claim = claim;
      const store = openStore(cluster, { pace: { podStart: 400, trouble: 0.001 } });
      await assert.rejects(store.list(), { category, message, remedy });
      assert.equal(cluster.pods.size, 0);
    });
  }

  it('is waited for while its trouble may pass', async () => {
    await using cluster = await FakeCluster.open();
    let looks = 0;
    const get = cluster.get.bind(cluster);
    cluster.get = async (type, name, task) => {
      const pod = cluster.pods.get(name.name);
      if (pod && ++looks > 4) {
        const state = { running: {} };
        cluster.pods.set(name.name, {
          ...pod,
          status: { phase: 'Running', containerStatuses: [{ name: 'upload', state }] },
        });
      }
      return get(type, name, task);
    };
    cluster.podStatus = () => unscheduled('pod has unbound immediate PersistentVolumeClaims');
    assert.deepEqual(await openStore(cluster, { pace: { trouble: 1 } }).list(), []);
    assert.equal(looks, 5);
  });

  const refusal = (code: number, message: string): unknown =>
    statusError(
      { doing: 'create the Pod x in ml', context: new FakeCluster('').context },
      { kind: 'Status', code, message },
    );
  const refusals: readonly [number, string, ErrorCategory, RegExp, RegExp][] = [
    [
      403,
      'pods "x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=3, limited: pods=3',
      'forbidden',
      /The quota compute of the namespace ml is used up/,
      /quota raised/,
    ],
    [
      403,
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      'permission',
      /Pod security "restricted:latest" of the namespace ml does not admit the pod/,
      /modelDeck\.upload\.runAsUser/,
    ],
    [
      403,
      'pods is forbidden: User "ada" cannot create resource "pods" in API group "" in the namespace "ml"',
      'forbidden',
      /ada may not create pods in the namespace ml/,
      /verbs create, get, list and delete on pods, and create and get on pods\/exec/,
    ],
    [
      403,
      'pods "x" is forbidden: maximum memory usage per Container is 1Mi, but limit is 256Mi',
      'forbidden',
      /A LimitRange of the namespace ml allows at most/,
      /modelDeck\.upload\.resources/,
    ],
    [500, 'failed calling webhook "x.y": connection refused', 'forbidden', /The webhook x\.y does not answer/, /./],
    [404, 'namespaces "ml" not found', 'invalid-input', /ml does not take the upload pod: .*not found/, /namespace/],
    [403, 'the cluster is closed today', 'forbidden', /ml does not take the upload pod: the cluster is closed/, /./],
  ];
  for (const [code, message, category, summary, remedy] of refusals) {
    it(`says what the API server has against it: ${message.slice(0, 60)}`, () => {
      const error = createError(refusal(code, message), place) as Error & { category: string; remedy: string };
      assert.match(error.message, summary);
      assert.equal(error.category, category);
      assert.match(error.remedy, remedy);
    });
  }

  it('leaves other failures as they are', () => {
    const busy = refusal(503, 'the server is currently unable to handle the request');
    assert.equal(createError(busy, place), busy);
  });
});

describe('sweeping upload pods', () => {
  it('deletes what a crash has left, and nothing that is in use', async () => {
    await using cluster = await FakeCluster.open();
    const gone = newOwner();
    retireOwner(gone);
    const stranger = '0123456789ab-17-01234567';
    const put = (name: string, change: { owner: string; lifetime?: number; phase?: 'Failed' | 'Succeeded' }): void => {
      const pod = manifest({ name, ...change, lifetime: change.lifetime ?? 900 });
      cluster.pods.set(name, { ...pod, status: { phase: change.phase ?? 'Running' } });
    };
    put('mine', { owner });
    put('of-another-computer', { owner: stranger });
    put('its-clock-is-a-little-late', { owner: stranger, lifetime: -100 });
    put('window-gone', { owner: gone });
    put('expired', { owner: stranger, lifetime: -3600 });
    put('ended', { owner: stranger, phase: 'Failed' });
    put('done', { owner, phase: 'Succeeded' });
    cluster.pods.set('not-ours', { metadata: { name: 'not-ours', labels: { [uploadPodKeys.owner]: gone } } });
    const swept = await sweepUploadPods(cluster, 'ml');
    assert.deepEqual([...swept].sort(), ['done', 'ended', 'expired', 'window-gone']);
    assert.deepEqual(
      [...cluster.pods.keys()],
      ['mine', 'of-another-computer', 'its-clock-is-a-little-late', 'not-ours'],
    );
  });

  it('is done before each pod, and does not stand in its way', async () => {
    await using cluster = await FakeCluster.open();
    const gone = newOwner();
    retireOwner(gone);
    cluster.pods.set('left', { ...manifest({ name: 'left', owner: gone }), status: { phase: 'Running' } });
    await openStore(cluster).list();
    assert.equal(cluster.pods.size, 0);
    cluster.beforeRequest = (verb) => {
      if (verb === 'list') throw new Error('pods may not be listed');
    };
    assert.deepEqual(await openStore(cluster).list(), []);
  });
});

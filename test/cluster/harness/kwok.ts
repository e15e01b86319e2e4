import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dump, load } from 'js-yaml';
import type { ApiClient } from './apiClient.ts';
import { applyDefinitions } from './applyManifests.ts';
import type { Binaries } from './binaries.ts';
import type { Authority } from './certificates.ts';
import type { Manifest } from './kserveManifests.ts';
import type { ProcessKeeper } from './processKeeper.ts';

/** Nodes of the test cluster: two, so that a volume can be on the wrong one. */
export const nodeNames = ['node-a', 'node-b'] as const;

export interface KwokParts {
  readonly binaries: Binaries;
  readonly authority: Authority;
  readonly keeper: ProcessKeeper;
  readonly api: ApiClient;
  readonly kubeconfig: string;
  /** Where it is the kubelet of all nodes, on 127.0.0.1. */
  readonly port: number;
}

/**
 * kwok keeps the nodes alive, and serves exec, logs and port-forward of the pods by the objects that `kubelet/` makes. What
 * becomes of a pod is not its business here: its stages know no processes and no failures.
 */
export async function startKwok(parts: KwokParts): Promise<void> {
  const { binaries, keeper, authority, api, port } = parts;
  const definitions = await Promise.all(
    binaries.kwokCrds.map(async (file) => load(await readFile(file, 'utf8')) as Manifest),
  );
  await applyDefinitions(api, definitions);
  const config = path.join(keeper.folder, 'kwok.yaml');
  await writeFile(config, [initializeNode, heartbeat, untouchedPods].map((stage) => dump(stage)).join('---\n'));
  keeper.start('kwok', binaries.kwok, [
    `--kubeconfig=${parts.kubeconfig}`,
    '--manage-all-nodes=true',
    '--cidr=10.0.0.0/24',
    '--node-ip=127.0.0.1',
    `--node-port=${port}`,
    `--server-address=127.0.0.1:${port}`,
    `--tls-cert-file=${authority.server.cert}`,
    `--tls-private-key-file=${authority.server.key}`,
    '--node-lease-duration-seconds=40',
    '--enable-crds=Exec,Logs,PortForward',
    `--config=${config}`,
  ]);
  // Created, not applied: an apply would leave the status out.
  for (const name of nodeNames) await api.post('/api/v1/nodes', node(name));
  await nodesReady(api);
}

function node(name: string): object {
  const room = { cpu: '64', memory: '256Gi', pods: '1000' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    status: { capacity: room, allocatable: room },
  };
}

interface NodeList {
  readonly items: readonly {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

async function nodesReady(api: ApiClient): Promise<void> {
  for (const end = Date.now() + 60_000; ; await delay(100)) {
    const { items } = await api.get<NodeList>('/api/v1/nodes');
    const ready = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    );
    if (ready.length === nodeNames.length) return;
    if (Date.now() > end) throw new Error('The nodes were not ready within a minute.');
  }
}

const conditions = `
conditions:
{{ range NodeConditions }}
- lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $since | Quote }}
  message: {{ .message | Quote }}
  reason: {{ .reason | Quote }}
  status: {{ .status | Quote }}
  type: {{ .type | Quote }}
{{ end }}`;
const times = `{{ $now := Now }}{{ $since := or .metadata.creationTimestamp $now }}`;
const isReady = '.status.conditions.[] | select( .type == "Ready" ) | .status';

const initializeNode = stage('node-initialize', 'Node', {
  selector: { matchExpressions: [{ key: isReady, operator: 'NotIn', values: ['True'] }] },
  next: {
    statusTemplate: `${times}${conditions}
addresses:
- address: {{ NodeIP | Quote }}
  type: InternalIP
- address: {{ NodeName | Quote }}
  type: Hostname
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ NodePort }}
nodeInfo:
  architecture: amd64
  bootID: ""
  containerRuntimeVersion: {{ printf "kwok-%s" Version }}
  kernelVersion: {{ printf "kwok-%s" Version }}
  kubeProxyVersion: ""
  kubeletVersion: {{ printf "kwok-%s" Version }}
  machineID: ""
  operatingSystem: linux
  osImage: ""
  systemUUID: ""
phase: Running
`,
  },
});

const heartbeat = stage('node-heartbeat', 'Node', {
  selector: { matchExpressions: [{ key: isReady, operator: 'In', values: ['True'] }] },
  delay: { durationMilliseconds: 600_000, jitterDurationMilliseconds: 610_000 },
  next: { statusTemplate: `${times}${conditions}\n` },
});

/** Without a stage for pods kwok would take its own, which make every pod run at once. */
const untouchedPods = stage('pod-untouched', 'Pod', {
  selector: { matchAnnotations: { 'model-deck-test/nobody': 'has this' } },
  next: {},
});

function stage(name: string, kind: string, spec: object): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: { resourceRef: { apiGroup: 'v1', kind }, ...spec },
  };
}

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before } from 'node:test';
import { namespaces, pods, type Pod } from '../../../../src/kserve/resources/core.ts';
import { inferenceServices, type InferenceService } from '../../../../src/kserve/resources/inferenceService.ts';
import { clusterServingRuntimes } from '../../../../src/kserve/resources/servingRuntime.ts';
import type { StoredModel } from '../../../../src/stores/modelStore.ts';
import type { DeployRequest } from '../../../../src/targets/target.ts';
import { KServeNamespace } from '../../../../src/targets/kserve/kserveTarget.ts';
import { FakeCluster } from './fakeCluster.ts';

/** For tests that wait for what a cluster does: see `waitingTimes`. */
export const shortWaits = { lookMs: 10, examineMs: 20, staleMs: 20, silenceMs: 50 };

/** Gives times of ours other values while the tests of the suite run. */
export function useTimes<T extends object>(times: T, changed: Partial<T>): void {
  const usual = { ...times };
  before(() => Object.assign(times, changed));
  after(() => Object.assign(times, usual));
}

export function storedModel(version: string): StoredModel {
  return {
    storeId: 'claim:minikube/ml/models',
    name: 'cats',
    version,
    storageUri: `pvc://models/cats/${version}`,
    size: 10,
    sha256: version[0]?.repeat(64) ?? '',
  };
}

export function order(version = '1.0', more: Partial<DeployRequest> = {}): DeployRequest {
  return { name: 'cats', model: storedModel(version), protocol: 'v1', ...more };
}

export const torchServe = {
  metadata: { name: 'kserve-torchserve' },
  spec: {
    supportedModelFormats: [{ name: 'pytorch', version: '1', autoSelect: true, priority: 2 }],
    protocolVersions: ['v1', 'v2'],
    containers: [{ name: 'kserve-container', image: 'example/server:1' }],
  },
};

/** What the controllers and the kubelet do about an InferenceService, as far as the test lets them. */
export class FakeKServe {
  /** How far a new pod comes. */
  podsBecome: 'ready' | 'running' | 'creating' | 'pulling' | 'pending' | 'none' = 'ready';
  /** Of new pods. */
  image: string | undefined;
  private count = 0;

  constructor(private readonly cluster: FakeCluster) {
    cluster.put(namespaces, { metadata: { name: 'ml' } }, 'installer');
    cluster.put(clusterServingRuntimes, torchServe, 'installer');
    cluster.onWrite = (type, object) => {
      if (type.plural === inferenceServices.plural) this.reconcile(object as InferenceService);
    };
    cluster.onRemove = (type, object) => {
      if (type.plural === inferenceServices.plural) for (const pod of this.podsOf(object.metadata.name)) this.end(pod);
    };
  }

  podsOf(name: string): readonly Pod[] {
    return this.cluster.all(pods).filter((pod) => pod.metadata.labels?.['serving.kserve.io/inferenceservice'] === name);
  }

  /** Lets a pod come further. */
  become(pod: Pod, how: FakeKServe['podsBecome'], image?: string): void {
    this.cluster.put(pods, { ...pod, ...podParts(how, image) }, 'kubelet');
    if (how === 'ready') this.rollOut(pod);
  }

  end(pod: Pod): void {
    this.cluster.drop(pods, pod.metadata.name);
  }

  private reconcile(service: InferenceService): void {
    const { name, annotations = {} } = service.metadata;
    const own = this.podsOf(name);
    if (annotations['serving.kserve.io/stop'] === 'true') {
      own.forEach((pod) => this.end(pod));
      return;
    }
    const version = JSON.stringify([service.spec.predictor.model?.storageUri, annotations]);
    if (own.some((pod) => pod.metadata.annotations?.['version'] === version) || this.podsBecome === 'none') return;
    this.count += 1;
    const pod: Pod = {
      metadata: {
        name: `${name}-predictor-${this.count}`,
        namespace: 'ml',
        labels: { 'serving.kserve.io/inferenceservice': name, component: 'predictor' },
        annotations: { ...annotations, version },
        creationTimestamp: new Date(Date.now() + this.count).toISOString(),
      },
    };
    this.become(pod, this.podsBecome, this.image);
  }

  private rollOut(pod: Pod): void {
    const name = pod.metadata.labels?.['serving.kserve.io/inferenceservice'] ?? '';
    for (const other of this.podsOf(name)) if (other.metadata.name !== pod.metadata.name) this.end(other);
    const conditions = [{ type: 'Ready', status: 'True' }];
    this.cluster.set(inferenceServices, name, {
      status: { conditions, deploymentMode: 'Standard', url: `http://${name}-ml.example.com` },
    });
  }
}

function podParts(how: FakeKServe['podsBecome'], image = 'example/server:1'): Pick<Pod, 'spec' | 'status'> {
  const isRunning = how === 'ready' || how === 'running';
  const waiting =
    how === 'creating'
      ? { reason: 'ContainerCreating' }
      : { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": not found` };
  return {
    spec: {
      ...(how !== 'pending' && { nodeName: 'node-1' }),
      containers: [{ name: 'kserve-container', image, ports: [{ containerPort: 8080 }] }],
    },
    status: {
      phase: isRunning ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: how === 'ready' ? 'True' : 'False' }],
      containerStatuses:
        how === 'pending'
          ? []
          : [{ name: 'kserve-container', ready: how === 'ready', state: isRunning ? { running: {} } : { waiting } }],
    },
  };
}

/** The namespace `ml` of a new cluster with KServe, whose pods answer at an address. */
export function fakeNamespace(forwardUrl: string): {
  readonly cluster: FakeCluster;
  readonly kserve: FakeKServe;
  readonly target: KServeNamespace;
} {
  const cluster = new FakeCluster();
  cluster.forwardUrl = forwardUrl;
  const kserve = new FakeKServe(cluster);
  const place = { connection: cluster.connection, namespace: 'ml', extensionVersion: '9.9.9', log: () => undefined };
  return { cluster, kserve, target: new KServeNamespace(place) };
}

/** A model server on loopback whose answers the test sets. */
export async function fakeServer(
  answer: (path: string) => { readonly status?: number; readonly body: unknown },
): Promise<{ readonly url: string; readonly asked: string[]; readonly close: () => void }> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const { status = 200, body } = answer(request.url ?? '');
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
